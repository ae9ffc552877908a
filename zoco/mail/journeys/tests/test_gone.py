"""What a journey names and is gone stops people at its step, and nobody anywhere else."""

from datetime import timedelta

import pytest

from zoco.mail.editing.models import Letter
from zoco.mail.editing.services import letter_archive
from zoco.mail.journeys import running
from zoco.mail.journeys.entering import enter
from zoco.mail.journeys.models import StepDue, Traveller
from zoco.mail.journeys.tests.conftest import GRAPH, NOW, Made
from zoco.mail.journeys.tests.test_running import DAY, tagged, told
from zoco.people.models import Audience, Person

pytestmark = pytest.mark.django_db


def test_a_letter_that_was_put_away_keeps_nobody_from_any_journey(
    letter: Letter, made: Made, people: list[Person]
) -> None:
    entries = [{"kind": "fact", "fact": "shop.order.placed"}]
    step = {"kind": "letter", "settings": {"letter": letter.pk}}
    made({"start": "s1", "steps": {"s1": step}}, entries=entries)
    made(entries=entries)
    letter_archive(letter=letter, is_archived=True, at=NOW)

    told("shop.order.placed", people[0], at=NOW)
    running.due_run(now=NOW)

    assert (Traveller.objects.count(), tagged("hello")) == (2, {people[0].pk})
    row = StepDue.objects.get(step="s1")
    assert (row.state, row.failures, row.due_at) == ("due", 0, NOW + timedelta(hours=1))
    assert row.reason == "The letter is put away, or says nothing in any language."


def test_what_a_step_asks_for_and_is_gone_stops_people_there(made: Made, people: list[Person]) -> None:
    fair = Audience.objects.create(name="Fair", kind="static", created_at=NOW)
    asked = {"kind": "branch", "settings": {"of": "audience", "key": fair.pk}, "next": {"no": "bye"}}
    hello = {**GRAPH["steps"]["hello"], "next": {"": "ask"}}
    steps = {"hello": hello, "ask": asked, "bye": GRAPH["steps"]["bye"]}
    journey = made({"start": "hello", "steps": steps})
    fair.delete()

    enter(journey=journey, person=people[0], by="hand", now=NOW)
    for days in range(10):
        running.due_run(now=NOW + days * DAY)

    assert (tagged("hello"), tagged("bye")) == ({people[0].pk}, set())
    row = StepDue.objects.get(step="ask")
    assert (row.state, row.failures) == ("failed", 6)
    assert row.reason == "StepWrong: The audience of a branch is not there any more; choose another."
