"""Which letters a report is about: of a sending by arm, of a letter by way, of all by letter or audience."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zoco.channels.models import Message
from zoco.mail.counting.scope import Only, Scope
from zoco.mail.editing.models import Letter
from zoco.mail.editing.prints import Copy, Print
from zoco.mail.sending.models import ARMS, REST, Leg, Sending

SENDINGS_MOST = 1_000
"""Of more sendings in a time the latest are counted; the page says so."""
WAYS = (Copy.Way.PROGRAM, Copy.Way.JOURNEY)
_Named = tuple[str, tuple[str, int] | None]


@dataclass(frozen=True, slots=True)
class Part:
    """One row of a report: what it is called, the page with more of it, and which letters it is."""

    label: str
    scope: Scope
    place: tuple[str, int] | None = None
    arm: str = ""
    """The arm of a test that it is, where it is one."""

    @property
    def url(self) -> str:
        """Where more of it is."""
        if self.place is None:
            return ""
        name, key = self.place
        return reverse(name, args=[key] if key else [])


class _Line(NamedTuple):
    """What of a leg says where it counts."""

    batch_id: int | None
    letter: int
    letter_name: str
    sending: int
    sending_name: str
    is_again: bool
    audience: int | None
    audience_name: str


def of_legs(legs: Iterable[Leg | _Line]) -> Scope:
    """Return the letters of legs."""
    batches = tuple(leg.batch_id for leg in legs if leg.batch_id is not None)
    return Scope(batches)


def of_prints(prints: Iterable[Print], *ways: Copy.Way) -> Scope:
    """Return the letters that left one by one."""
    copies = Copy.objects.filter(print__in=[each.pk for each in prints], way__in=ways or WAYS)
    numbers = tuple(each.number for each in prints)
    return Scope(numbers, Message.objects.filter(uid__in=copies.values("message")))


def both(legs: Iterable[_Line], prints: Iterable[Print]) -> Scope:
    """Return letters on all their ways."""
    many, printed = of_legs(legs), list(prints)
    if not printed:
        return many
    single = of_prints(printed)
    copies = Copy.objects.filter(print__in=[each.pk for each in printed], way__in=WAYS)
    messages = Message.objects.filter(Q(batch__in=many.batches) | Q(uid__in=copies.values("message")))
    return Scope((*many.batches, *single.batches), messages)


def sending_parts(sending: Sending, *, arm: str = "") -> tuple[Scope, list[Part]]:
    """Return a sending, and its arms where something was tried; or one arm alone."""
    legs = list(sending.legs.defer("people", "editions").order_by("arm"))
    chosen = [leg for leg in legs if arm in ("", leg.arm)]
    arms = [Part(arm_label(leg), of_legs([leg]), arm=leg.arm) for leg in chosen if leg.batch_id is not None]
    return of_legs(chosen), arms if len(legs) > 1 else []


def arm_label(leg: Leg) -> str:
    """Name the arm of a leg."""
    return arm_named(leg.arm)


def arm_named(arm: str) -> str:
    """Name an arm of a test."""
    return pgettext("arm of a test", "everybody else") if arm == REST else arm.upper()


def letter_parts(letter: Letter, *, since: datetime, arm: str = "") -> tuple[Scope, list[Part]]:
    """Return a letter since a moment on all its ways (sendings, programs, journeys), or an arm of tests."""
    legs = _legs(since, arm, letter=letter)
    by_sending: dict[_Named, list[_Line]] = defaultdict(list)
    for leg in legs:
        by_sending[_name("sending", leg)].append(leg)
    prints = list(letter.prints.defer("draft").order_by("pk")) if not arm else []
    parts = [Part(name, of_legs(mine), place) for (name, place), mine in by_sending.items()]
    for way in WAYS if prints else ():
        scope = _since(of_prints(prints, way), since)
        if scope.messages.exists():
            label = _("By programs") if way == Copy.Way.PROGRAM else _("On journeys")
            parts.append(Part(label, scope, ("zoco_journeys", 0) if way == Copy.Way.JOURNEY else None))
    return _since(both(legs, prints), since), parts


def is_cut(whole: Scope) -> bool:
    """Return whether there may be more sendings than are counted."""
    return len(whole.many) >= SENDINGS_MOST


def parts_of(parts: Sequence[Part], only: Only) -> list[Part]:
    """Return parts with some of their letters only."""
    return [replace(each, scope=replace(each.scope, only=only)) for each in parts]


def all_parts(by: str, *, since: datetime, arm: str = "") -> tuple[Scope, list[Part]]:
    """Return all letters since a moment, or those of an arm, by `letter`, `sending` or `audience`."""
    legs = _legs(since, arm)
    single = Print.objects.filter(copies__at__gte=since, copies__way__in=WAYS)
    prints = list(single.defer("draft").distinct()) if not arm else []
    whole = _since(both(legs, prints), since)
    found: dict[_Named, tuple[list[_Line], list[Print]]] = defaultdict(lambda: ([], []))
    for leg in legs:
        found[_name(by, leg)][0].append(leg)
    names = {each.pk: each.name for each in Letter.objects.filter(prints__in=prints)}
    for each in prints:
        place = ("zoco_letter_report", each.letter_id)
        named = (names[each.letter_id], place) if by == "letter" else (_("Letters to one person"), None)
        found[named][1].append(each)
    parts = [Part(label, _since(both(*mine), since), place) for (label, place), mine in found.items()]
    return whole, parts


def _name(by: str, leg: _Line) -> _Named:
    """Return what a leg counts under, and the page with more of that."""
    if by == "letter":
        return leg.letter_name, ("zoco_letter_report", leg.letter)
    if by == "audience":
        if leg.is_again:
            return _("Who did not open before"), None
        if leg.audience is None:
            return _("an audience that is gone"), None
        return leg.audience_name, ("zoco_audience", leg.audience)
    return leg.sending_name, ("zoco_sending_report", leg.sending)


def _legs(since: datetime, arm: str, **which: object) -> list[_Line]:
    """Return the legs that began to leave since a moment, the latest first, so many at most."""
    rows = Leg.objects.filter(batch__created_at__gte=since, **which).order_by("-pk")
    if arm:
        # Everybody else is an arm only where something was tried.
        rows = rows.filter(arm=arm, sending__legs__arm=ARMS[0])
    columns = (
        "batch_id", "letter", "letter__name", "sending", "sending__name", "sending__is_again",
        "sending__audience", "sending__audience__name",
    )  # fmt: skip
    return [_Line(*each) for each in rows.values_list(*columns)[:SENDINGS_MOST]]


def _since(scope: Scope, since: datetime) -> Scope:
    """Return what of it was written since; batches are made before their messages, and begun since."""
    if scope.chosen is None:
        return scope
    return replace(scope, chosen=scope.chosen.filter(created_at__gte=since))
