"""Batches: each gets one, nobody is skipped, and whoever says stop is heard."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from zoco.channels.bulk import sending
from zoco.channels.bulk.making import MAKERS
from zoco.channels.bulk.models import Batch
from zoco.channels.bulk.reads import batch_counts
from zoco.channels.bulk.running import bulk_run
from zoco.channels.bulk.sending import batch_send
from zoco.channels.bulk.services import (
    BatchWrong,
    batch_create,
    batch_end,
    batch_fill,
    batch_pause,
    batch_resume,
    batch_start,
    batch_stop,
    rest_refuse,
)
from zoco.channels.bulk.tests.conftest import PlainMaker, begun, crowd, mail_account
from zoco.channels.bulk.tests.sink import kept_folder, receivers, sink
from zoco.channels.models import Account, Message
from zoco.channels.services import account_turn
from zoco.channels.tests.conftest import NOON
from zoco.channels.tests.mailbox import mailbox
from zoco.consent.models import Choice, Reservation, Suppression
from zoco.consent.public.wishing import pause_save
from zoco.consent.services import choice_record
from zoco.consent.suppressing import suppress
from zoco.kit.periodic import Steady, steadily
from zoco.ledger.models import OutboxRow
from zoco.people.identities import identity_read
from zoco.people.models import Person
from zoco.testing.channels import FakeLine, taken

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.usefixtures("maker"),
]
State = Message.State


def send(batch: Batch, **more: Any) -> int:
    return batch_send(batch=batch, lines=4, clock=lambda: NOON, **more)


def states(batch: Batch) -> dict[str, int]:
    return batch_counts(batch).by_state


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Lines that wait until the event is set."""
    event, was = threading.Event(), FakeLine.send
    monkeypatch.setattr(FakeLine, "send", lambda line, each: (event.wait(20), was(line, each))[1])
    yield event
    event.set()


def test_each_gets_one_and_one_wrong_person_stops_nobody(
    account: Account, file: Path, maker: PlainMaker
) -> None:
    people = crowd(30)
    maker.wrong = people[7]
    choice_record(person=people[3], state=Choice.State.WITHDRAWN, proof={"form": "x"}, at=NOON)
    batch = begun(account, [*people, *people])

    assert send(batch) == 28
    counts = batch_counts(batch)
    assert (counts.total, counts.waiting, counts.gone) == (30, 0, 0)
    assert counts.by_state == {State.SENT: 28, State.REFUSED: 1, State.FAILED: 1}
    assert counts.held == {"withdrawn": 1}
    assert len({each.to for each in taken(file)}) == len(taken(file)) == 28
    batch.refresh_from_db()
    assert (batch.state, batch.ended_at) == (Batch.State.FINISHED, NOON)
    assert Reservation.objects.filter(is_released=False).count() == 28
    assert OutboxRow.objects.filter(name="channels.message.sent").count() == 28


def test_filling_goes_on_after_a_death_and_ends_once(account: Account) -> None:
    people = crowd(6)
    batch = batch_create(maker="plain", account=account, purpose="marketing", at=NOON)

    def dying() -> Iterator[int]:
        yield from people[:4]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        batch_fill(batch=batch, people=dying(), now=NOON)
    with pytest.raises(BatchWrong):
        batch_start(batch=batch, at=NOON)
    assert batch_fill(batch=batch, people=people, now=NOON) == 6
    with pytest.raises(BatchWrong):
        batch_fill(batch=batch, people=people, now=NOON)


def test_what_is_due_later_goes_later(account: Account, file: Path) -> None:
    batch = batch_create(maker="plain", account=account, purpose="marketing", at=NOON)
    later = NOON + timedelta(hours=1)
    batch_fill(batch=batch, people=crowd(2), now=NOON, due_at=later)
    batch_start(batch=batch, at=NOON)

    assert send(batch) == 0
    assert batch_send(batch=batch, lines=2, clock=lambda: later) == 2


def test_a_pause_is_heard_at_once_and_what_is_left_goes_on(
    account: Account, file: Path, slow: threading.Event
) -> None:
    batch = begun(account, crowd(40))
    thread = _started(batch)
    _until(lambda: states(batch).get(State.HANDED) == 4)
    began = time.monotonic()
    batch_pause(batch=batch)
    slow.set()
    thread.join(10)

    assert time.monotonic() - began < 2
    assert states(batch) == {State.SENT: 4, State.WAITS: 36}
    assert set(Message.objects.filter(state=State.WAITS).values_list("tries", flat=True)) == {0}
    assert batch_resume(batch=batch)
    assert send(batch) == 36
    assert len({each.to for each in taken(file)}) == len(taken(file)) == 40


def test_a_stop_refuses_the_rest(account: Account, slow: threading.Event) -> None:
    batch = begun(account, crowd(20))
    thread = _started(batch)
    _until(lambda: states(batch).get(State.HANDED) == 4)
    batch_stop(batch=batch)
    while rest_refuse(batch=batch, now=NOON, most=7):
        pass
    assert not batch_end(batch=batch, now=NOON)
    slow.set()
    thread.join(10)

    assert states(batch) == {State.SENT: 4, State.REFUSED: 16}
    assert batch_counts(batch).held == {"stopped": 16}
    batch.refresh_from_db()
    assert (batch.state, batch.ended_at) == (Batch.State.STOPPED, NOON)
    assert not batch_resume(batch=batch)


@pytest.mark.parametrize("how", ["withdrawn", "suppressed", "paused"])
def test_who_leaves_while_others_are_sent_to_gets_nothing(
    account: Account, file: Path, slow: threading.Event, how: str
) -> None:
    people = crowd(12)
    batch = begun(account, people)
    thread = _started(batch)
    _until(lambda: states(batch) == {State.HANDED: 4, State.CLAIMED: 8})
    if how == "withdrawn":
        choice_record(person=people[6], state=Choice.State.WITHDRAWN, proof={"form": "x"}, at=NOON)
    elif how == "paused":
        assert pause_save(person=people[6], days=30, at=NOON)
    else:
        named = identity_read("social", "@p6", space="fake")
        suppress(identity=named, why=Suppression.Why.BY_HAND, at=NOON)
    slow.set()
    thread.join(10)

    assert states(batch) == {State.SENT: 11, State.WAITS if how == "paused" else State.REFUSED: 1}
    assert "@p6" not in {each.to for each in taken(file)}


def test_a_claim_that_waited_is_asked_for_again(
    account: Account, slow: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "HORIZON_SECONDS", 0.0)
    batch = begun(account, crowd(6))
    thread = _started(batch)
    time.sleep(0.1)
    monkeypatch.setattr(sending, "HORIZON_SECONDS", 5.0)
    slow.set()
    thread.join(10)
    assert states(batch) == {State.SENT: 6}


def test_an_account_that_does_not_work_burns_nobody() -> None:
    account = mail_account(9)
    batch = begun(account, crowd(9))

    assert send(batch) == 0
    batch.refresh_from_db()
    assert "Connection refused" in batch.trouble
    assert batch.trouble_until is not None
    assert batch.trouble_until > NOON
    assert set(Message.objects.values_list("state", "tries")) == {(State.WAITS, 0)}
    assert not Reservation.objects.filter(is_released=False).exists()
    with mailbox() as post:
        mail_account(post.port)
        assert send(batch) == 9
    batch.refresh_from_db()
    assert (batch.state, batch.trouble) == (Batch.State.FINISHED, "")


def test_a_batch_says_why_it_cannot_begin(account: Account) -> None:
    batch = begun(account, crowd(1))
    account_turn(account=account, is_on=False)
    assert send(batch) == 0
    batch.refresh_from_db()
    assert batch.trouble == "The account is off."
    account_turn(account=account, is_on=True)
    maker = MAKERS.get("plain")
    MAKERS.remove("plain")
    assert send(batch) == 0
    MAKERS.add(maker)
    batch.refresh_from_db()
    assert "plain" in batch.trouble


def test_who_was_merged_gets_one(account: Account, file: Path) -> None:
    people = crowd(3)
    batch = begun(account, people)
    Message.objects.filter(person=people[1]).update(person=people[0])
    Person.objects.filter(pk=people[2]).delete()

    assert send(batch) == 1
    counts = batch_counts(batch)
    assert (counts.by_state, counts.held) == ({State.SENT: 1, State.REFUSED: 1}, {"twice": 1})
    assert (counts.total, counts.gone) == (3, 1)
    batch.refresh_from_db()
    assert batch.state == Batch.State.FINISHED


@pytest.mark.mail
@pytest.mark.parametrize(
    ("refusing", "state"), [("-f", State.FAILED), ("-r", State.WAITS), ("-q", State.WAITS)]
)
def test_a_server_that_refuses_at_rcpt(refusing: str, state: str) -> None:
    # 5xx, 4xx, and nothing at all.
    with sink(refusing, "RCPT") as port:
        batch = begun(mail_account(port), crowd(5))
        assert send(batch) == 0
    assert states(batch) == {state: 5}
    assert not Reservation.objects.filter(is_released=False).exists()


@pytest.mark.mail
def test_two_senders_at_once_send_to_none_twice() -> None:
    with kept_folder() as kept, sink(kept=kept) as port:
        batch = begun(mail_account(port), crowd(120))
        threads = [_started(batch) for _ in range(2)]
        for each in threads:
            each.join(60)
        while states(batch).get(State.WAITS) and send(batch):
            pass
        got = receivers(kept)
    assert states(batch) == {State.SENT: 120}
    assert len(got) == len(set(got)) == 120


def test_workers_send_what_is_due(account: Account) -> None:
    batch = begun(account, crowd(5))
    stopped = begun(account, [])
    stop = threading.Event()
    thread = threading.Thread(target=steadily, args=(Steady("bulk", bulk_run), stop))
    thread.start()
    try:
        _until(lambda: Batch.objects.filter(state=Batch.State.FINISHED).count() == 2)
    finally:
        stop.set()
        thread.join(10)
    assert states(batch) == {State.SENT: 5}
    assert states(stopped) == {}


def _started(batch: Batch) -> threading.Thread:
    def run() -> None:
        try:
            send(Batch.objects.get(pk=batch.pk))
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def _until(is_so: Any) -> None:
    until = datetime.now(UTC) + timedelta(seconds=15)
    while not is_so():
        assert datetime.now(UTC) < until
        time.sleep(0.02)
