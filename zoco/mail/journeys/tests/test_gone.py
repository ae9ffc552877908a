"""What a journey names and is gone stops people at its step, and nobody anywhere else."""

from datetime import timedelta
from typing import Any

import pytest

from zoco.mail.editing.models import Letter
from zoco.mail.editing.services import letter_archive
from zoco.mail.journeys import running
from zoco.mail.journeys.entering import enter
from zoco.mail.journeys.kinds import KINDS, Visit
from zoco.mail.journeys.models import StepDue, Traveller
from zoco.mail.journeys.services import journey_draw, journey_publish
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


def test_who_is_moved_while_a_step_is_done_goes_on_where_that_led(
    made: Made, people: list[Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    journey = made()
    enter(journey=journey, person=people[0], by="hand", now=NOW)
    steps = {"hello": {**GRAPH["steps"]["hello"], "next": {"": "new"}}, "new": GRAPH["steps"]["bye"]}
    kind, work = type(KINDS.get("tag")), type(KINDS.get("tag")).work

    def slow(self: Any, visit: Visit) -> Any:
        """Let a version be published meanwhile."""
        if visit.row.step == "hello":
            journey_draw(journey=journey, graph={"start": "hello", "steps": steps}, entries=[])
            journey_publish(journey=journey, is_moving=True, at=NOW)
        return work(self, visit)

    monkeypatch.setattr(kind, "work", slow)
    for days in (0, 2):
        running.due_run(now=NOW + days * DAY)

    assert tagged("bye") == {people[0].pk}
    assert Traveller.objects.get().state == Traveller.State.DONE
    assert set(StepDue.objects.values_list("step", "state", "failures")) == {
        (each, "done", 0) for each in ("hello", "wait", "bye")
    }
