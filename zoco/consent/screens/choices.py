"""The page of choices: what people chose, the newest first, with the proof of each."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.utils.translation import pgettext

from zoco.consent.models import Choice, Purpose, Topic
from zoco.consent.naming import means_name
from zoco.consent.proofs import proof_named, proofs_said
from zoco.consent.screens.forms import ChoicesForm
from zoco.consent.screens.opening import SEE_CHOICES, page
from zoco.kit.periods import micros, moment_at
from zoco.ledger.pictures import moments
from zoco.people.opening import for_whom

SIZE = 50
PLACE = re.compile(r"(\d{1,16})-(\d{1,18})", re.ASCII)
ICONS = {Choice.State.ASKED: "time", Choice.State.GIVEN: "check", Choice.State.WITHDRAWN: "cross"}


@for_whom(SEE_CHOICES)
def choices(request: HttpRequest) -> HttpResponse:
    """List choices with their proof."""
    form = ChoicesForm(request.GET)
    given = form.cleaned_data if form.is_valid() else {}
    rows = Choice.objects.select_related("person").order_by("-at", "-pk")
    for name in ("state", "topic"):
        if given.get(name):
            rows = rows.filter(**{name: given[name]})
    asked = {name: value for name, value in given.items() if value}
    listed, ways = _turned(rows, request.GET.get("before", ""), request.GET.get("after", ""))
    labels = {each.key: each.said("label") for each in Topic.objects.all()}
    said = proofs_said(listed, moments.said)
    return page(
        request, "choices", pgettext("consent", "Choices"), under="zoco_consent_choices",
        form=form, newer=_way(asked, ways[0]), older=_way(asked, ways[1]),
        lines=[_line(each, labels, said.get(each.pk, "")) for each in listed],
        is_empty=not asked and not listed,
    )  # fmt: skip


def _turned(rows: QuerySet[Choice], before: str, after: str) -> tuple[list[Choice], list[dict[str, str]]]:
    """Return a page, and what is asked for the newer and the older one; none is counted, none passed over.

    A page begins behind or before a place, a moment with a key: whose choice it was may be erased meanwhile.
    """
    if place := _place(after):
        at, pk = place
        newer = rows.filter(at__gte=at).exclude(at=at, pk__lte=pk).order_by("at", "pk")
        some = list(newer[: SIZE + 1])
        if len(some) > SIZE:
            shown = some[SIZE - 1 :: -1]
            return shown, [{"after": _named(shown[0])}, {"before": _named(shown[-1])}]
    place = _place(before)
    older = rows.filter(at__lte=place[0]).exclude(at=place[0], pk__gte=place[1]) if place else rows
    some = list(older[: SIZE + 1])
    if place and not some:
        return _turned(rows, "", "")
    shown = some[:SIZE]
    onward = {"before": _named(shown[-1])} if len(some) > SIZE else {}
    return shown, [{"after": _named(shown[0])} if place else {}, onward]


def _way(asked: Mapping[str, str], place: Mapping[str, str]) -> str:
    return f"?{urlencode({**asked, **place})}" if place else ""


def _named(choice: Choice) -> str:
    return f"{micros(choice.at)}-{choice.pk}"


def _place(named: str) -> tuple[datetime, int] | None:
    found = PLACE.fullmatch(named)
    return (moment_at(int(found[1])), int(found[2])) if found else None


def _line(choice: Choice, labels: dict[str, str], said: str) -> dict[str, Any]:
    topic, means = labels.get(choice.topic, choice.topic), means_name(choice.adapter)
    parts = [str(Purpose(choice.purpose).label), topic, means]
    state = Choice.State(choice.state)
    return {
        "choice": choice,
        "person": choice.person,
        "what": " · ".join(each for each in parts if each),
        "state": state.label,
        "icon": ICONS[state],
        "said": said,
        "proof": proof_named(choice.proof, moments.said),
    }
