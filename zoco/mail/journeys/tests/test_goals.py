"""A goal is what people do: it is seen alike of whoever is on the way and whoever is held out."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps

from zoco.mail.journeys import running
from zoco.mail.journeys.entering import enter
from zoco.mail.journeys.models import Journey, StepDue, Traveller
from zoco.mail.journeys.services import journey_let
from zoco.mail.journeys.tests.conftest import NOW, Made
from zoco.mail.journeys.tests.test_running import DAY, tagged, told
from zoco.people.models import Person

pytestmark = pytest.mark.django_db
ORDERED = "shop.order.placed"
COUNTING = {
    "start": "count",
    "steps": {
        "count": {"kind": "goal", "settings": {}, "next": {"": "wait"}},
        "wait": {"kind": "wait", "settings": {"count": 9, "unit": "days"}, "next": {"": "bye"}},
        "bye": {"kind": "tag", "settings": {"name": "bye"}},
    },
}


def test_a_step_that_counts_is_no_goal_and_at_the_real_one_people_leave(
    made: Made, people: list[Person]
) -> None:
    enter(journey=made(COUNTING, goal=ORDERED), person=people[0], by="hand", now=NOW)
    running.due_run(now=NOW)
    before = Traveller.objects.values_list("state", "goal_at").get()

    told(ORDERED, people[0], at=NOW + DAY)

    assert before == ("going", None)
    assert Traveller.objects.values_list("state", "because", "goal_at").get() == ("left", "goal", NOW + DAY)


def test_whoever_reaches_the_goal_of_a_paused_journey_leaves_when_it_goes_on(
    made: Made, people: list[Person]
) -> None:
    journey = made(goal=ORDERED)
    for each in people[:2]:
        enter(journey=journey, person=each, by="hand", now=NOW)
    journey_let(journey=journey, state=Journey.State.PAUSED, at=NOW)
    told(ORDERED, people[0], at=NOW + DAY)
    held = Traveller.objects.order_by("pk").values_list("state", "goal_at")
    assert list(held) == [("going", NOW + DAY), ("going", None)]

    journey_let(journey=journey, state=Journey.State.RUNNING, at=NOW + 2 * DAY)
    running.due_run(now=NOW + 2 * DAY)

    assert list(Traveller.objects.order_by("pk").values_list("state", "because", "ended_at")) == [
        ("left", "goal", NOW + 2 * DAY),
        ("going", "", None),
    ]
    assert tagged("hello") == {people[1].pk}
    assert StepDue.objects.filter(traveller__person=people[0]).values_list("state", "reason").get() == (
        "done", "goal",
    )  # fmt: skip


def test_goals_that_a_step_had_set_are_those_of_the_fact(made: Made, people: list[Person]) -> None:
    journey = made(COUNTING, goal=ORDERED, is_left_at_goal=False)
    for each in people[:3]:
        enter(journey=journey, person=each, by="hand", now=NOW)
    running.due_run(now=NOW)
    for person, days in zip(people, (1, 40), strict=False):
        seen = {ORDERED: (NOW + timedelta(days=days)).isoformat()}
        Traveller.objects.filter(person=person).update(seen=seen)
    Traveller.objects.update(goal_at=NOW)

    import_module("zoco.mail.migrations.0010_goals").goals_of_facts(apps, None)

    found = Traveller.objects.order_by("pk").values_list("goal_at", flat=True)
    assert list(found) == [NOW + DAY, None, None]
