"""Batches: each message once, whoever dies; paused, stopped and finished by what its rows say."""

import os
import signal
import threading
from collections.abc import Iterator, Sequence
from datetime import time, timedelta
from pathlib import Path

import pytest
from django.db import connections
from django.utils import timezone

from zoco.channels.bulk.making import MAKERS
from zoco.channels.bulk.models import Batch
from zoco.channels.bulk.reads import batch_because, batch_counts, batch_pace
from zoco.channels.bulk.sender import Sending, batches_send
from zoco.channels.bulk.services import (
    RETRY,
    BatchWrong,
    batch_create,
    batch_fill,
    batch_resume,
    batch_start,
    batch_stop,
    batches_retry,
)
from zoco.channels.claiming import LEASE
from zoco.channels.concluding import lost_settle
from zoco.channels.contract import Content, Outcome, Outgoing, Refused
from zoco.channels.drafts import Claimed
from zoco.channels.models import Account, Message
from zoco.channels.services import account_save
from zoco.channels.tests.conftest import account_of, agreed
from zoco.consent.models import Choice, Reservation, Rule
from zoco.consent.services import choice_record
from zoco.people.models import Person
from zoco.testing.channels import FakeLine, taken

State = Message.State
LINES = 4


class Hello:
    """Says hello to everybody but those who are called nobody."""

    key = "hello"

    def open(self, batch: Batch) -> "Hello":
        return self

    def contents(self, claimed: Sequence[Claimed]) -> list[Content | Refused]:
        return [Refused("nobody") if each.to == "nobody" else Content("Hello", each.to) for each in claimed]


@pytest.fixture(autouse=True)
def maker() -> Iterator[Hello]:
    hello = Hello()
    MAKERS.add(hello)
    yield hello
    MAKERS.remove(hello.key)


def filled(account: Account, people: Sequence[Person], purpose: str = "transactional") -> Batch:
    now = timezone.now()
    batch = batch_create(maker="hello", account=account, purpose=purpose, topic="news", at=now)
    batch_fill(batch=batch, people=[each.pk for each in people], now=now)
    batch_start(batch=batch, at=now)
    return batch


def send(batch: Batch) -> Batch:
    batches_send(stop=threading.Event(), lines=LINES)
    batch.refresh_from_db()
    return batch


@pytest.mark.django_db
def test_each_gets_one_message_and_the_sum_is_the_total(account: Account, file: Path) -> None:
    people = [agreed(name) for name in ("ana", "bea", "carl", "nobody")]
    now = timezone.now()
    batch = batch_create(maker="hello", account=account, purpose="transactional", at=now)
    with pytest.raises(BatchWrong):
        batch_start(batch=batch, at=now)
    for end in (2, 4, 4):  # killed after two, and begun again
        batch_fill(batch=batch, people=[each.pk for each in people[:end]], now=now)
    batch_start(batch=batch, at=now)

    assert send(batch).state == "finished"

    assert sorted(each.to for each in taken(file)) == ["ana", "bea", "carl"]
    counts = batch_counts(batch)
    assert (counts.total, counts.sent, counts.failed, counts.ended) == (4, 3, 1, 4)
    assert (batch_pace(batch, now=timezone.now()).remaining, batches_send(stop=threading.Event())) == (0, 0)


@pytest.mark.django_db
def test_who_wants_nothing_more_gets_nothing_and_the_others_do(account: Account, file: Path) -> None:
    Rule.objects.create(purpose="marketing", most=0, opens_at=time(8), closes_at=time(8))
    ana, bea = agreed("ana"), agreed("bea")
    batch = filled(account, [ana, bea], "marketing")
    choice_record(person=ana.pk, state=Choice.State.WITHDRAWN, proof={}, at=timezone.now())

    assert send(batch).state == "finished"

    assert [each.to for each in taken(file)] == ["bea"]
    assert batch_because(batch) == {("refused", "withdrawn"): 1}


@pytest.mark.django_db
def test_who_leaves_while_his_message_waits_for_a_line_is_asked_again(
    account: Account, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Rule.objects.create(purpose="marketing", most=0, opens_at=time(8), closes_at=time(8))
    ana = agreed("ana")
    sending = Sending(filled(account, [ana], "marketing"), LINES)
    assert sending._claim()
    choice_record(person=ana.pk, state=Choice.State.WITHDRAWN, proof={}, at=timezone.now())
    monkeypatch.setattr("zoco.channels.bulk.sender.FRESH_SECONDS", -1.0)
    sending._stale_return()

    sending.run(threading.Event())

    assert (Message.objects.get().state, Message.objects.get().because) == (State.REFUSED, "withdrawn")
    assert (taken(file), Reservation.objects.filter(is_released=False).count()) == ([], 0)


@pytest.mark.django_db
def test_what_was_not_handed_over_when_a_batch_stops_is_refused(account: Account, file: Path) -> None:
    batch = filled(account, [agreed("ana"), agreed("bea")])

    assert batch_stop(batch=batch, at=timezone.now()) == 2

    assert send(batch).state == "stopped"
    assert (taken(file), batch_because(batch)) == ([], {("refused", "stopped"): 2})
    with pytest.raises(BatchWrong):
        batch_resume(batch=batch)


@pytest.mark.django_db
def test_account_that_cannot_be_reached_pauses_the_batch_and_burns_no_tries(db: None) -> None:
    people = [agreed(name) for name in ("ana", "bea", "carl")]
    settings = {"from_address": "news@shop.example", "host": "127.0.0.1", "port": 9, "tls": "plain"}
    mail = account_save(account=Account(adapter="email", name="mail"), settings=settings, secrets={})
    batch = filled(mail, people)

    assert send(batch).state == "paused"

    assert batch.reason
    assert set(Message.objects.values_list("state", "tries")) == {(State.WAITS, 0)}
    assert batches_retry(now=timezone.now()) == 0
    assert batches_retry(now=timezone.now() + RETRY) == 1


@pytest.mark.alone
@pytest.mark.crash
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_killed_sender_leaves_no_more_uncertain_than_it_has_lines(account: Account, file: Path) -> None:
    Rule.objects.create(purpose="marketing", most=0, opens_at=time(8), closes_at=time(8))
    batch = filled(account_of("fake", file), [agreed(f"p{n}") for n in range(120)], "marketing")
    deaths = 0
    for kill in (20, 25, 30, 0):
        connections.close_all()
        child = os.fork()
        if not child:
            _live(batch, kill)
        _pid, status = os.waitpid(child, 0)
        deaths += os.WIFSIGNALED(status)
        lost_settle(now=timezone.now() + LEASE + timedelta(seconds=1))
        Message.objects.filter(state=State.WAITS).update(next_at=timezone.now())

    batch.refresh_from_db()
    counts = batch_counts(batch)
    ids = [each.id for each in taken(file)]
    assert (deaths, batch.state, counts.total, counts.ended) == (3, "finished", 120, 120)
    assert 3 <= counts.uncertain <= 3 * LINES
    assert counts.sent == 120 - counts.uncertain
    assert len(ids) == len(set(ids))
    sent = Message.objects.filter(state=State.SENT).values_list("uid", flat=True)
    assert {str(uid) for uid in sent} <= set(ids)


def _live(batch: Batch, kill: int) -> None:
    """Send, and die when so many have arrived."""
    count = 0
    lock = threading.Lock()
    whole = FakeLine.send

    def deadly(line: FakeLine, outgoing: Outgoing) -> Outcome:
        nonlocal count
        outcome = whole(line, outgoing)
        with lock:
            count += 1
            if count == kill:
                os.kill(os.getpid(), signal.SIGKILL)
        return outcome

    FakeLine.send = deadly  # type: ignore[method-assign, assignment]
    try:
        batches_send(stop=threading.Event(), lines=LINES)
    finally:
        os._exit(0)
