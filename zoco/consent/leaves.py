"""A rule of audiences: may these people be written to, for a purpose, about a topic?

It is what `asking.may_contact` says of consent and suppression, for many people at once. Caps and hours
are asked when something is sent: they change by the minute.
"""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pyroaring import BitMap

from zoco.consent.asking import weighed
from zoco.consent.models import Choice, Purpose, Standing, Suppression, Topic
from zoco.consent.suppressing import NOT_EVEN_NEEDED, Place, hashes_of
from zoco.people.audiences.bitmaps import of_rows
from zoco.people.audiences.leaves import LEAVES, Asked, FormLeaf, Found, Json, LeafForm
from zoco.people.models import Identity

ADAPTER = "email"
AT_ONCE = 10_000


def _topics() -> list[tuple[str, Any]]:
    known = [(each.key, each.said("label")) for each in Topic.objects.all()]
    return [*known, ("", _("No topic: only those who agreed to all letters"))]


def _first_topic() -> str:
    """Return what a new rule is about: most people agree by topic, and few to all letters."""
    return Topic.objects.values_list("key", flat=True).first() or ""


class ConsentForm(LeafForm):
    """For what, and about what."""

    purpose = forms.ChoiceField(label=gettext_lazy("For"), choices=Purpose.choices, initial=Purpose.MARKETING)
    topic = forms.ChoiceField(
        label=gettext_lazy("About"), choices=_topics, initial=_first_topic, required=False
    )


@LEAVES.plug
class ConsentLeaf(FormLeaf):
    """Whoever may get a letter: the address that it would go to is not suppressed, and who has it agreed
    where that is needed.
    """

    key = "consent"
    label = gettext_lazy("May get letters")
    form = ConsentForm

    def found(self, rule: Json, asked: Asked) -> Found:
        """Find them by what stands, then leave out whose address is suppressed."""
        addressed = of_rows(Identity.objects.filter(kind=Identity.Kind.EMAIL))
        may = addressed & self._agreed(rule["purpose"], rule.get("topic", ""), addressed)
        return Found(may - _suppressed(may, rule["purpose"]))

    def _agreed(self, purpose: str, topic: str, addressed: BitMap) -> BitMap:
        if purpose == Purpose.TRANSACTIONAL:
            return addressed
        rows = Standing.objects.filter(
            purpose=purpose, topic__in=("", topic), adapter__in=("", ADAPTER)
        )  # fmt: skip
        given = of_rows(rows.filter(state=Choice.State.GIVEN))
        withdrawn = of_rows(rows.filter(state=Choice.State.WITHDRAWN))
        both = _weighed(rows, given & withdrawn)
        is_needed = purpose == Purpose.SERVICE
        return ((addressed if is_needed else given) - withdrawn) | both

    def said(self, rule: Json) -> str:
        """Say it."""
        topic = Topic.objects.filter(key=rule.get("topic", "")).values_list("label", flat=True).first()
        named = {"purpose": Purpose(rule["purpose"]).label, "topic": topic or rule.get("topic", "")}
        if rule.get("topic"):
            return _("may get letters: %(purpose)s, about %(topic)s") % named
        return _("may get letters: %(purpose)s") % named


def _weighed(rows: Any, people: BitMap) -> BitMap:
    """Return those who agreed and refused and of whom, in the end, consent holds."""
    of: dict[int, list[Standing]] = {}
    for some in _parts(people):
        for each in rows.filter(person__in=some):
            of.setdefault(each.person_id, []).append(each)
    return BitMap(key for key, standings in of.items() if weighed(standings, is_needed=False).is_yes)


def _suppressed(people: BitMap, purpose: str) -> BitMap:
    """Return those whose address is suppressed: of several the one that whoever sends takes, and no other.

    Of each address only a hash is known.
    """
    whys = Suppression.objects.all()
    if purpose == Purpose.TRANSACTIONAL:
        whys = whys.filter(why__in=NOT_EVEN_NEEDED)
    hashes = set(whys.values_list("hash", flat=True))
    if not hashes:
        return BitMap()
    rows = Identity.objects.filter(kind=Identity.Kind.EMAIL).order_by()
    known = rows.values_list("person_id", "space", "key").iterator(chunk_size=AT_ONCE)
    some = BitMap()
    while part := list(islice(known, AT_ONCE)):
        owners = {
            (Identity.Kind.EMAIL.value, space, key): person for person, space, key in part if person in people
        }
        some.update(owners[place] for mark, place in hashes_of(owners).items() if mark in hashes)
    used = _used(some)
    held = {place for mark, place in hashes_of(used.values()).items() if mark in hashes}
    return BitMap(person for person, place in used.items() if place in held)


def _used(people: BitMap) -> dict[int, Place]:
    """Return the address of each to which letters go, found as `channels` finds it."""
    found: dict[int, Place] = {}
    for some in _parts(people):
        rows = Identity.objects.filter(kind=Identity.Kind.EMAIL, person__in=some).order_by("-is_main", "pk")
        for each in rows:
            found.setdefault(each.person_id, each.place)
    return found


def _parts(people: BitMap) -> Iterable[list[int]]:
    keys = list(people)
    return (keys[start : start + 500] for start in range(0, len(keys), 500))
