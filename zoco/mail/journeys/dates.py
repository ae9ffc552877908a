"""Entries by a date that is known of people: once a day and journey, on the clock of the installation.

Who was born on the 29th of February has his day on the 28th where there is none.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from zoco.channels.reads import zone_usual
from zoco.mail.journeys.entering import enter
from zoco.mail.journeys.models import Journey, Traveller
from zoco.mail.journeys.triggers import DATE
from zoco.people.models import AttributeValue, Person

CHUNK = 500


def dates_look(*, now: datetime) -> int:
    """Let people in whose day it is and who are not in yet; returns how many came."""
    clock = ZoneInfo(zone_usual())
    local = now.astimezone(clock)
    came = 0
    for journey in Journey.objects.filter(state=Journey.State.RUNNING).select_related("version"):
        for entry in journey.entries:
            if entry.get("kind") == DATE and local.hour >= entry["hour"]:
                came += _come(journey, entry, local.date(), now)
    return came


def _come(journey: Journey, entry: dict[str, Any], today: date, now: datetime) -> int:
    """Let them in; whoever came today by the same date does not come again, however often it is looked."""
    looked = f"{entry['key']}:{entry['days']}:{today.isoformat()}"
    name, by = f"{entry['key']}:{entry['days']}", f"date:{looked}"
    if journey.looked.get(name) == looked:
        return 0
    came = 0
    day = today - timedelta(days=entry["days"])
    here = set(Traveller.objects.filter(journey=journey, entered_by=by).values_list("person", flat=True))
    keys = [key for key in _people(entry, day) if key not in here]
    for start in range(0, len(keys), CHUNK):
        for person in Person.objects.filter(pk__in=keys[start : start + CHUNK], merged_into=None):
            data = {"day": day.isoformat()}
            came += enter(journey=journey, person=person, by=by, now=now, data=data) is not None
    journey.looked = {**journey.looked, name: looked}
    journey.save(update_fields=["looked"])
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
