"""How often somebody wants to be written to, and until when not at all: chosen by the link of a letter."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zoco.consent.asking import Wish, wishes_of
from zoco.consent.hours import zone_named
from zoco.consent.models import Contact
from zoco.consent.public.leaving import standing_held
from zoco.consent.services import contact_lock
from zoco.ledger.pictures import formats, moments
from zoco.people.editing import Hand, told
from zoco.people.models import Edit, Person

OFTEN: dict[str, tuple[int | None, int | None]] = {"any": (None, None), "week": (1, 7), "month": (1, 30)}
PAUSE_DAYS = {"pause-30": 30, "pause-90": 90, "resume": 0}
OWN = "own"
"""How often, where it is none of what the page offers."""


@dataclass(frozen=True, slots=True)
class Wished:
    """What somebody wishes, as pages say it; `paused` is the day on which a break ends, "" without one."""

    often: str
    own: str
    paused: str


def wished(person: Person, *, at: datetime) -> Wished:
    """Return what somebody wishes now."""
    wish = wishes_of([person.pk]).get(person.pk, Wish())
    held = (wish.most, wish.days) if wish.most and wish.days else OFTEN["any"]
    often = next((key for key, pair in OFTEN.items() if pair == held), OWN)
    return Wished(often, often_said(wish) if often == OWN else "", _paused(wish, person, at))


def _paused(wish: Wish, person: Person, at: datetime) -> str:
    if wish.paused_until is None or wish.paused_until <= at:
        return ""
    zone = zone_named(person.zone or moments.zone().key)
    return formats.day(wish.paused_until.astimezone(zone).date())


def often_said(wish: Wish) -> str:
    """Say how many letters somebody wants at most, "" for as many as are written."""
    if not wish.most or not wish.days:
        return ""
    days = ngettext("%(days)s day", "%(days)s days", wish.days) % {"days": formats.count(wish.days)}
    letters = ngettext(
        "At most %(most)s letter in %(days)s", "At most %(most)s letters in %(days)s", wish.most
    )
    return letters % {"most": formats.count(wish.most), "days": days}


def wishes_said(wish: Wish, person: Person, *, at: datetime) -> list[str]:
    """Say all that somebody wishes, for those who write."""
    paused = _paused(wish, person, at)
    pause = _("No letters until %(day)s") % {"day": paused} if paused else ""
    return [each for each in (often_said(wish), pause) if each]


@transaction.atomic
def often_save(*, person: int, often: str, at: datetime) -> bool:
    """Let somebody be written to at most so often; returns whether that is anything new."""
    held = standing_held(person)
    if held is None or often not in OFTEN:
        return False
    most, days = OFTEN[often]
    had = contact_lock(held)
    return _saved(held, had, had._replace(most=most, days=days), at)


@transaction.atomic
def pause_save(*, person: int, days: int, at: datetime) -> bool:
    """Let somebody get nothing for so many days from now, or end that by 0; returns whether that is new."""
    held = standing_held(person)
    if held is None:
        return False
    until = at + timedelta(days=days) if days else None
    had = contact_lock(held)
    return _saved(held, had, had._replace(paused_until=until), at)


def _saved(person: int, had: Wish, wish: Wish, at: datetime) -> bool:
    """Write a wish down, and with the person what it was; what waits is asked about again by that change."""
    if wish == had:
        return False
    Contact.objects.filter(person=person).update(**wish._asdict())
    Person.objects.filter(pk=person).update(changed_at=at)
    before, after = _plain(had), _plain(wish)
    details = {
        f"wish.{name}": [before[name], value] for name, value in after.items() if before[name] != value
    }
    told(Person.objects.get(pk=person), Edit.What.CHANGED, details, Hand(at, name="preferences"))
    return True


def _plain(wish: Wish) -> dict[str, int | str | None]:
    until = wish.paused_until
    return {**wish._asdict(), "paused_until": until.isoformat() if until else None}
