"""Entries by a date that is known of people: once a day and journey, on the clock of the installation.

A day on which nobody looked, as the worker was down, is caught up with for a while. Of a journey that is
paused people come, too, and wait at its first step.

Who was born on the 29th of February has his day on the 28th where there is none.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from zoco.channels.reads import zone_usual
from zoco.mail.journeys.entering import BY_LONGEST, enter
from zoco.mail.journeys.models import Journey, Traveller
from zoco.mail.journeys.triggers import DATE
from zoco.people.models import AttributeValue, Person

CHUNK = 500
CAUGHT_UP = 3
"""So many days that were missed are looked at afterwards."""


def dates_look(*, now: datetime) -> int:
    """Let people in whose day it is and who are not in yet; returns how many came."""
    local = now.astimezone(ZoneInfo(zone_usual()))
    came = 0
    is_open = Journey.objects.filter(state__in=(Journey.State.RUNNING, Journey.State.PAUSED))
    for journey in is_open.select_related("version"):
        for entry in journey.entries:
            if entry.get("kind") == DATE:
                for day in _days(journey, entry, local):
                    came += _come(journey, entry, day, now)
    return came


def looked_name(entry: dict[str, Any]) -> str:
    """Return the name under which a journey keeps when it was last looked whose date it is."""
    once = ":once" if entry["every"] == "once" else ""
    return f"{entry['key']}:{entry['days']}{once}"


def _days(journey: Journey, entry: dict[str, Any], local: datetime) -> list[date]:
    """Return the days whose hour is past and that nobody looked at yet, the earliest first."""
    today = local.date()
    last = today - timedelta(days=local.hour < entry["hour"])
    known = journey.looked.get(looked_name(entry))
    if known is None:  # nothing of before; what is lost from here on is caught up with
        _looked(journey, entry, today - timedelta(days=1))
        return [today] if last == today else []
    first = max(date.fromisoformat(known[-10:]) + timedelta(days=1), today - timedelta(days=CAUGHT_UP))
    return [first + timedelta(days=further) for further in range((last - first).days + 1)]


def _looked(journey: Journey, entry: dict[str, Any], day: date) -> None:
    name = looked_name(entry)
    journey.looked = {**journey.looked, name: f"{name}:{day.isoformat()}"}
    journey.save(update_fields=["looked"])


def _come(journey: Journey, entry: dict[str, Any], today: date, now: datetime) -> int:
    """Let them in; whoever came by the same date of the same day does not come again."""
    by = f"date:{looked_name(entry)}:{today.isoformat()}"[:BY_LONGEST]
    came = 0
    day = today - timedelta(days=entry["days"])
    here = set(Traveller.objects.filter(journey=journey, entered_by=by).values_list("person", flat=True))
    keys = [key for key in _people(entry, day) if key not in here]
    for start in range(0, len(keys), CHUNK):
        for person in Person.objects.filter(pk__in=keys[start : start + CHUNK], merged_into=None):
            data = {"day": day.isoformat()}
            came += enter(journey=journey, person=person, by=by, now=now, data=data) is not None
    _looked(journey, entry, today)
    return came


def _people(entry: dict[str, Any], day: date) -> Iterator[int]:
    rows = AttributeValue.objects.filter(attribute__key=entry["key"], number__isnull=False)
    if entry["every"] == "once":
        at = datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
        rows = rows.filter(number=at)
    for person, number in rows.order_by("person_id").values_list("person_id", "number").iterator():
        if entry["every"] == "once" or _is_day(number or 0.0, day):
            yield person


def _is_day(number: float, day: date) -> bool:
    known = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=number)).date()
    if (known.month, known.day) == (2, 29) and not _is_leap(day.year):
        return (day.month, day.day) == (2, 28)
    return (known.month, known.day) == (day.month, day.day)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
