"""People on journeys: each step once, held while it is paused, moved on by facts and clocks."""

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError

from zoco.ledger.models import OutboxRow
from zoco.ledger.outbox.sequencer import place
from zoco.ledger.outbox.subscribers import subscriber_tell
from zoco.ledger.services import record
from zoco.mail.journeys import running
from zoco.mail.journeys.entering import enter
from zoco.mail.journeys.hearing import SUBSCRIBER
from zoco.mail.journeys.kinds import KINDS
from zoco.mail.journeys.merging import JourneyMerger
from zoco.mail.journeys.models import Journey, StepDue, Traveller
from zoco.mail.journeys.services import journey_draw, journey_let, journey_publish, moves_of, step_again
from zoco.mail.journeys.tests.conftest import GRAPH, NOW, Made
from zoco.people.models import Person, Tag
from zoco.trials.assigning import is_held_out

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def tagged(name: str) -> set[int]:
    """Return who has a tag."""
    return set(Tag.objects.filter(name=name).values_list("tagged__person", flat=True)) - {None}


def told(name: str, person: Person, **more: Any) -> None:
    """Record a fact about somebody and tell journeys of it."""
    record(name=name, site=0, at=more.pop("at"), person=person.number, verdict="server", **more)
    place()
    SUBSCRIBER.forget()
    subscriber_tell(subscriber=SUBSCRIBER, now=NOW)  # type: ignore[arg-type]


def test_steps_are_done_in_order_each_once(made: Made, people: list[Person]) -> None:
    journey, ana = made(), people[0]

    enter(journey=journey, person=ana, by="hand", now=NOW)
    running.due_run(now=NOW)
    assert (tagged("hello"), tagged("bye")) == ({ana.pk}, set())

    running.due_run(now=NOW + 2 * DAY - timedelta(seconds=1))
    assert tagged("bye") == set()

    running.due_run(now=NOW + 2 * DAY)
    running.due_run(now=NOW + 3 * DAY)
    assert tagged("bye") == {ana.pk}
    rows = StepDue.objects.order_by("visit").values_list("step", "state", "tries")
    assert list(rows) == [("hello", "done", 1), ("wait", "done", 1), ("bye", "done", 1)]
    assert Traveller.objects.get().state == Traveller.State.DONE


def test_nobody_goes_twice_unless_it_is_said(made: Made, people: list[Person]) -> None:
    once, again = made(), made(again_days=30)

    for journey in (once, again):
        enter(journey=journey, person=people[0], by="hand", now=NOW)
    running.due_run(now=NOW)
    running.due_run(now=NOW + 2 * DAY)

    assert enter(journey=once, person=people[0], by="hand", now=NOW + 90 * DAY) is None
    assert enter(journey=again, person=people[0], by="hand", now=NOW + 29 * DAY) is None
    turn = enter(journey=again, person=people[0], by="hand", now=NOW + 30 * DAY)
    assert turn is not None
    assert turn.turn == 2


def test_paused_for_an_hour_nobody_leaves_and_nothing_happens(made: Made, people: list[Person]) -> None:
    journey = made()
    for each in people:
        enter(journey=journey, person=each, by="hand", now=NOW)
    journey_let(journey=journey, state=Journey.State.PAUSED, at=NOW)
    journey.refresh_from_db()

    for minutes in range(0, 60, 5):
        running.due_run(now=NOW + timedelta(minutes=minutes))
    assert enter(journey=journey, person=people[0], by="hand", now=NOW) is None  # is on it already

    assert tagged("hello") == set()
    assert Traveller.objects.filter(state=Traveller.State.GOING).count() == len(people)
    journey_let(journey=journey, state=Journey.State.RUNNING, at=NOW)
    running.due_run(now=NOW + timedelta(minutes=60))
    assert tagged("hello") == {each.pk for each in people}


def test_all_leave_a_journey_that_ends_at_once(
    made: Made, people: list[Person], django_assert_max_num_queries: Any
) -> None:
    journey = made()
    for each in people:
        enter(journey=journey, person=each, by="hand", now=NOW)
    running.due_run(now=NOW)

    with django_assert_max_num_queries(14):
        journey_let(journey=journey, state=Journey.State.ENDED, at=NOW + DAY)
    running.due_run(now=NOW + 9 * DAY)

    assert set(Traveller.objects.values_list("state", "because")) == {("left", "ended")}
    steps = StepDue.objects.values_list("step", "state", "reason").distinct()
    assert set(steps) == {("hello", "done", ""), ("wait", "done", "ended")}


def test_a_lease_that_ran_out_is_somebody_elses(made: Made, people: list[Person]) -> None:
    enter(journey=made(), person=people[0], by="hand", now=NOW)
    ((pk, tries),) = running._leased(NOW)
    assert running._leased(NOW) == []

    ((pk, later),) = running._leased(NOW + running.LEASE)
    running.step_run(pk=pk, tries=tries, now=NOW + running.LEASE, graphs={})
    assert tagged("hello") == set()  # whoever was slow does nothing more

    running.step_run(pk=pk, tries=later, now=NOW + running.LEASE, graphs={})
    assert tagged("hello") == {people[0].pk}
    assert StepDue.objects.filter(step="wait").count() == 1


def test_what_fails_is_tried_again_and_then_shown(
    made: Made, people: list[Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    journey = made()
    enter(journey=journey, person=people[0], by="hand", now=NOW)

    def broken(_visit: object) -> None:
        raise RuntimeError("out of order")

    monkeypatch.setattr(KINDS.get("tag"), "work", broken)
    for days in range(10):
        running.due_run(now=NOW + days * DAY)

    row = StepDue.objects.get()
    assert (row.state, row.failures, row.reason) == ("failed", 6, "RuntimeError: out of order")
    monkeypatch.undo()
    assert step_again(journey=journey, step="hello", at=NOW) == 1
    running.due_run(now=NOW)
    assert tagged("hello") == {people[0].pk}


def test_each_step_is_done_at_its_own_time_and_none_begins_after_a_stop(
    made: Made, people: list[Person]
) -> None:
    journey, stop = made(), threading.Event()
    for each in people:
        enter(journey=journey, person=each, by="hand", now=NOW)
    times: list[datetime] = []

    def clock() -> datetime:
        times.append(NOW + len(times) * timedelta(minutes=1))
        if len(times) == 3:  # one to lease by, and two for steps
            stop.set()
        return times[-1]

    assert running.due_run(now=NOW, clock=clock, stop=stop) == 2

    done = StepDue.objects.filter(state="done").order_by("pk").values_list("done_at", flat=True)
    assert list(done) == times[1:]
    assert StepDue.objects.filter(step="hello", state="due", leased_until=None).count() == len(people) - 2
    assert running.due_run(now=NOW, stop=stop) == 0
    assert running.due_run(now=NOW) == len(people) - 2


WAITING = {
    "start": "wait",
    "steps": {
        "wait": {
            "kind": "fact",
            "settings": {"fact": "shop.order.placed", "count": 3, "unit": "days"},
            "next": {"yes": "thanks", "no": "remind"},
        },
        "thanks": {"kind": "tag", "settings": {"name": "thanks"}},
        "remind": {"kind": "tag", "settings": {"name": "remind"}},
    },
}


def test_a_fact_ends_the_wait_and_its_time_does_so_too(made: Made, people: list[Person]) -> None:
    journey = made(WAITING)
    for each in people[:3]:
        enter(journey=journey, person=each, by="hand", now=NOW)

    told("shop.order.placed", people[0], at=NOW + DAY)
    told("shop.order.placed", people[1], at=NOW - DAY)  # before he came
    running.due_run(now=NOW + DAY)
    assert (tagged("thanks"), tagged("remind")) == ({people[0].pk}, set())

    running.due_run(now=NOW + 3 * DAY)
    assert tagged("remind") == {people[1].pk, people[2].pk}


def test_facts_let_in_whom_they_fit(made: Made, people: list[Person]) -> None:
    where = [{"field": "amount", "how": "at_least", "value": 50}]
    made(entries=[{"kind": "fact", "fact": "shop.order.placed", "where": where}])

    told("shop.order.placed", people[0], at=NOW, amount=49, currency="EUR")
    told("shop.order.placed", people[1], at=NOW, amount=50, currency="EUR", props={"number": "A1"})
    told("shop.order.refunded", people[2], at=NOW, amount=70, currency="EUR")

    traveller = Traveller.objects.get()
    assert (traveller.person, traveller.data["amount"], traveller.data["number"]) == (people[1], 50, "A1")


def test_whoever_is_held_out_gets_nothing_and_counts(made: Made, people: list[Person]) -> None:
    journey = made(held_out=50, goal="shop.order.placed")

    for each in people:
        enter(journey=journey, person=each, by="hand", now=NOW)
    held = set(Traveller.objects.filter(state="held_out").values_list("person", flat=True))
    assert held == {each.pk for each in people if is_held_out(journey.trial, each.number, 0.5)}
    for each in people:
        told("shop.order.placed", each, at=NOW + DAY)
    running.due_run(now=NOW + DAY)

    assert Traveller.objects.filter(goal_at=NOW + DAY).count() == len(people)
    assert tagged("hello") == set()  # they had left at the goal
    assert OutboxRow.objects.filter(name="trials.arm.shown").count() == len(people)


def test_a_new_version_takes_along_whoever_can(made: Made, people: list[Person]) -> None:
    journey = made()
    enter(journey=journey, person=people[0], by="hand", now=NOW)
    running.due_run(now=NOW)  # stands at "wait"
    enter(journey=journey, person=people[1], by="hand", now=NOW)  # stands at "hello"
    graph = {
        "start": "wait",
        "steps": {"wait": GRAPH["steps"]["wait"], "bye": {"kind": "tag", "settings": {"name": "other"}}},
    }

    journey = journey_draw(journey=journey, graph=graph, entries=[])
    moves = moves_of(journey=journey)
    assert (moves.can_move, moves.stay) == (1, 1)
    journey_publish(journey=journey, is_moving=True, at=NOW)
    for days in (0, 2):
        running.due_run(now=NOW + days * DAY)

    assert (tagged("other"), tagged("bye")) == ({people[0].pk}, {people[1].pk})


def test_two_who_are_one_go_on_once(made: Made, people: list[Person]) -> None:
    journey = made()
    for each in people[:2]:
        enter(journey=journey, person=each, by="hand", now=NOW)
    before = list(Traveller.objects.order_by("pk").values())

    kept = JourneyMerger().merge(people[0].pk, people[1].pk)
    running.due_run(now=NOW)
    assert tagged("hello") == {people[1].pk}
    Tag.objects.all().delete()
    JourneyMerger().part(people[0].pk, people[1].pk, kept)

    assert list(Traveller.objects.order_by("pk").values()) == before
    running.due_run(now=NOW)
    assert tagged("hello") == {people[0].pk}


def test_who_is_forgotten_takes_his_steps_along(made: Made, people: list[Person]) -> None:
    enter(journey=made(), person=people[0], by="hand", now=NOW)
    leased = running._leased(NOW)

    people[0].delete()
    running.step_run(pk=leased[0][0], tries=1, now=NOW, graphs={})

    assert not StepDue.objects.exists()


def test_facts_are_loaded_also_while_the_database_rests(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    made(goal="shop.order.placed")
    SUBSCRIBER.forget()
    assert SUBSCRIBER.names == ("shop.order.placed",)

    def broken() -> set[str]:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr("zoco.mail.journeys.hearing.wanted", broken)
    SUBSCRIBER.forget()
    assert SUBSCRIBER.names == ("shop.order.placed",)
