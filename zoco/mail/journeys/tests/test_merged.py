"""People who turn out to be one are on each journey once, however many they were."""

import pytest

from zoco.mail.journeys import running
from zoco.mail.journeys.entering import enter
from zoco.mail.journeys.merging import JourneyMerger
from zoco.mail.journeys.models import Traveller
from zoco.mail.journeys.tests.conftest import NOW, Made
from zoco.mail.journeys.tests.test_running import DAY, tagged
from zoco.people.models import Person

pytestmark = pytest.mark.django_db


def test_three_who_are_one_go_on_once(made: Made, people: list[Person]) -> None:
    journey, merger = made(), JourneyMerger()
    for each in people[:3]:
        enter(journey=journey, person=each, by="hand", now=NOW)
    before = list(Traveller.objects.order_by("pk").values())

    kept = [merger.merge(each.pk, people[2].pk) for each in people[:2]]
    running.due_run(now=NOW)
    assert tagged("hello") == {people[2].pk}
    assert Traveller.objects.filter(person=people[2], state=Traveller.State.GOING).count() == 1
    for each, state in reversed(list(zip(people[:2], kept, strict=True))):
        merger.part(each.pk, people[2].pk, state)

    assert list(Traveller.objects.order_by("pk").values()) == before


def test_whoever_was_merged_is_on_a_journey_once_at_a_time(made: Made, people: list[Person]) -> None:
    journey = made(again_days=30)
    enter(journey=journey, person=people[0], by="hand", now=NOW - 90 * DAY)
    Traveller.objects.update(state=Traveller.State.DONE)
    enter(journey=journey, person=people[1], by="hand", now=NOW)
    JourneyMerger().merge(people[0].pk, people[1].pk)

    assert enter(journey=journey, person=people[1], by="hand", now=NOW + DAY) is None
    Traveller.objects.update(state=Traveller.State.DONE)
    assert enter(journey=journey, person=people[1], by="hand", now=NOW + 29 * DAY) is None
    assert enter(journey=journey, person=people[1], by="hand", now=NOW + 30 * DAY) is not None
