"""Days that are known of people let them onto journeys."""

from datetime import timedelta
from typing import Any

import pytest

from zoco.mail.journeys.dates import dates_look
from zoco.mail.journeys.models import Journey, Traveller
from zoco.mail.journeys.services import journey_let
from zoco.mail.journeys.tests.conftest import NOW, Made
from zoco.people.models import Attribute, Person
from zoco.people.writing import people_indexed

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ENTRY: dict[str, Any] = {"kind": "date", "key": "birthday", "days": 0, "hour": 9}


def born(people: list[Person], *days: str) -> None:
    """Let people have these days."""
    Attribute.objects.create(key="birthday", label="Birthday", kind="day")
    for person, day in zip(people, days, strict=False):
        person.attributes = {"birthday": day}
        person.save()
        people_indexed([person])


def test_a_birthday_lets_in_once_a_year(made: Made, people: list[Person]) -> None:
    born(people, "1990-11-02", "1984-02-29", "2001-11-03")
    journey = made(entries=[ENTRY], again_days=300)

    for _ in range(2):
        assert dates_look(now=NOW) in {0, 1}
    assert [each.person for each in Traveller.objects.all()] == [people[0]]
    Traveller.objects.update(state="done")
    Journey.objects.filter(pk=journey.pk).update(looked={})
    assert dates_look(now=NOW) == 0
    assert dates_look(now=NOW.replace(year=2027, month=2, day=28)) == 1
    assert dates_look(now=NOW.replace(year=2027)) == 1


def came(journey: Journey) -> dict[int, str]:
    """Return who came, by which day."""
    rows = Traveller.objects.filter(journey=journey).values_list("person", "data__day")
    return dict(rows)


def test_people_come_by_their_day_while_the_journey_is_paused(made: Made, people: list[Person]) -> None:
    born(people, "1990-11-02")
    journey = made(entries=[ENTRY])
    journey_let(journey=journey, state=Journey.State.PAUSED, at=NOW)

    assert dates_look(now=NOW) == 1
    assert came(journey) == {people[0].pk: "2026-11-02"}


def test_days_that_were_missed_are_caught_up_with_each_person_once(made: Made, people: list[Person]) -> None:
    born(people, "1990-11-03", "1990-11-04", "1990-11-05", "1990-11-06", "1990-11-07")
    journey = made(entries=[ENTRY])
    before = NOW.replace(hour=7)
    assert dates_look(now=before) == 0

    assert dates_look(now=before + 5 * DAY) == 3  # at most three days, and today only from its hour on
    assert dates_look(now=NOW + 5 * DAY) == 1
    assert dates_look(now=NOW + 5 * DAY) == 0

    days = ("2026-11-04", "2026-11-05", "2026-11-06", "2026-11-07")
    assert came(journey) == {person.pk: day for person, day in zip(people[1:], days, strict=True)}


def test_a_day_before_the_journey_was_first_looked_at_lets_nobody_in(
    made: Made, people: list[Person]
) -> None:
    born(people, "1990-11-01")
    made(entries=[ENTRY])

    assert dates_look(now=NOW) == 0


def test_the_worker_that_died_before_the_first_hour_loses_no_day(made: Made, people: list[Person]) -> None:
    born(people, "1990-11-02")
    made(entries=[ENTRY])
    dates_look(now=NOW.replace(hour=1))

    assert dates_look(now=NOW.replace(hour=1) + DAY) == 1
