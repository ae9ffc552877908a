"""On a person's page: whether somebody may be written to now, for what, and because of what."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zoco.consent.answers import SAID, Answer
from zoco.consent.asking import Known, Request, Wish, answered, known_of
from zoco.consent.hours import zone_named
from zoco.consent.models import Choice, Purpose, Topic
from zoco.consent.naming import means_name
from zoco.consent.proofs import proof_named, proofs_said
from zoco.consent.public.wishing import wishes_said
from zoco.consent.screens.decided import held
from zoco.ledger.pictures import formats, moments
from zoco.people.models import Identity, Person
from zoco.people.panels import PANELS

CHOICES_SHOWN = 20
TOPICS_SHOWN = 20
ADDRESSES_SHOWN = 5
ADDRESSES_HELD = 20
KINDS = (Identity.Kind.EMAIL, Identity.Kind.PHONE)
PROOF_LONGEST = 200


@PANELS.plug
class PermissionPanel:
    """An answer for each address and purpose, and what the person chose, newest first."""

    key = "permission"
    label = gettext_lazy("May be written to")
    permission = "zoco_consent.view_choice"
    template = "zoco/consent/panel.html"

    def values(self, person: Person, *, at: datetime) -> Mapping[str, object]:
        """Ask for each e-mail address, as whoever sends would; what answers go by is read once for all."""
        zone = person.zone or moments.zone().key
        topics = {each.key: each.said("label") for each in Topic.objects.all()[:TOPICS_SHOWN]}
        rows = person.identities.filter(kind=Identity.Kind.EMAIL).order_by("id")[:ADDRESSES_SHOWN]
        asked = [(each.value, _requests(person, each, topics)) for each in rows]
        known = known_of([request for _value, requests in asked for request in requests], at=at)
        chosen = list(Choice.objects.filter(person=person).order_by("-at", "-id")[:CHOICES_SHOWN])
        said = proofs_said(chosen, lambda each: _moment(each, zone))
        return {
            "zone": zone,
            "addresses": [(value, _answers(requests, known, topics, at, zone)) for value, requests in asked],
            "wishes": wishes_said(known.wishes.get(person.pk, Wish()), person, at=at),
            "choices": [_chosen(each, topics, zone, said.get(each.pk, "")) for each in chosen],
        }


@PANELS.plug
class SuppressedPanel:
    """Which addresses are suppressed, what decided it, and one button that lets them go."""

    key = "suppressed"
    label = gettext_lazy("Suppressed addresses")
    permission = "zoco_consent.view_suppression"
    template = "zoco/consent/panel_held.html"

    def values(self, person: Person, *, at: datetime) -> Mapping[str, object]:
        """Look at each e-mail address and phone."""
        rows = list(person.identities.filter(kind__in=KINDS).order_by("id")[:ADDRESSES_HELD])
        lines = held([each.place for each in rows])
        addresses = [
            {"kind": each.kind, "value": each.value, "rows": lines[each.place]}
            for each in rows
            if each.place in lines
        ]
        return {"person": person.pk, "addresses": addresses}


def _requests(person: Person, address: Identity, topics: Mapping[str, str]) -> list[Request]:
    """Return what is asked for an address: marketing by topic, then what is needed more and more."""
    asked = [(Purpose.MARKETING, topic) for topic in topics] or [(Purpose.MARKETING, "")]
    return [
        Request(person.pk, address.place, "email", purpose, topic)
        for purpose, topic in (*asked, (Purpose.SERVICE, ""), (Purpose.TRANSACTIONAL, ""))
    ]


def _answers(
    requests: Sequence[Request], known: Known, topics: Mapping[str, str], at: datetime, zone: str
) -> list[dict[str, str]]:
    found = []
    for request in requests:
        answer = answered(request, known, at=at, zone=zone)
        label, topic = str(Purpose(request.purpose).label), topics.get(request.topic, "")
        what = _("%(purpose)s: %(topic)s") % {"purpose": label, "topic": topic} if topic else label
        why = str(SAID[answer.because])
        found.append({"what": what, "answer": _said(answer, zone), "grade": _grade(answer), "why": why})
    return found


def _said(answer: Answer, zone: str) -> str:
    if answer.is_yes:
        return _("Yes")
    if answer.until is None:
        return _("No")
    return _("Not before %(moment)s") % {"moment": _moment(answer.until, zone)}


def _moment(at: datetime, zone: str) -> str:
    return formats.moment(at.astimezone(zone_named(zone)))


def _grade(answer: Answer) -> str:
    return "good" if answer.is_yes else "bad" if answer.is_no else "warn"


def _chosen(choice: Choice, topics: Mapping[str, str], zone: str, said: str) -> dict[str, Any]:
    topic, means = topics.get(choice.topic, choice.topic), means_name(choice.adapter)
    parts = [str(Purpose(choice.purpose).label), topic, means]
    named = proof_named(choice.proof, lambda each: _moment(each, zone))
    proof = said or " · ".join(f"{name}: {value}" for name, value in named)
    return {
        "at": _moment(choice.at, zone),
        "what": " · ".join(each for each in parts if each),
        "state": choice.get_state_display(),
        "proof": proof if len(proof) <= PROOF_LONGEST else f"{proof[:PROOF_LONGEST]} …",
    }
