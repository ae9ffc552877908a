"""A sender is killed again and again: nobody is skipped, none gets two, and few are uncertain."""

import os
import random
import signal
import time
from bisect import bisect_left
from collections import Counter

import pytest
from django.db import connections
from django.utils import timezone

from zoco.channels.bulk.models import Batch
from zoco.channels.bulk.reads import batch_counts
from zoco.channels.bulk.sending import batch_send
from zoco.channels.bulk.tests.conftest import begun, crowd, mail_account
from zoco.channels.bulk.tests.sink import kept_folder, receivers, sink
from zoco.channels.claiming import LEASE
from zoco.channels.concluding import lost_settle
from zoco.channels.models import Message

pytestmark = [
    pytest.mark.alone,
    pytest.mark.crash,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.usefixtures("maker"),
    pytest.mark.mail,
]
State = Message.State
LETTERS, LINES, KILLS = 400, 10, 4


def test_killed_senders_skip_nobody() -> None:
    with kept_folder() as kept, sink(kept=kept) as port:
        batch = begun(mail_account(port), crowd(LETTERS))
        unsure = [killed(batch, sent=LETTERS * (kill + 1) // (KILLS + 2)) for kill in range(KILLS)]
        batch_send(batch=batch, lines=LINES)
        got = receivers(kept)

    assert max(unsure) <= LINES
    counts = batch_counts(batch)
    assert counts.by_state.get(State.UNCERTAIN, 0) == sum(unsure) > 0
    assert counts.by_state[State.SENT] + sum(unsure) == counts.total == LETTERS
    assert len(got) == len(set(got)) >= counts.by_state[State.SENT]
    arrived = set(got)
    assert {each.to for each in Message.objects.filter(state=State.SENT)} <= arrived
    batch.refresh_from_db()
    assert batch.state == Batch.State.FINISHED


def test_two_senders_of_which_one_is_killed_send_to_none_twice() -> None:
    with kept_folder() as kept, sink(kept=kept) as port:
        batch = begun(mail_account(port), crowd(LETTERS))
        unsure = killed_among(batch, senders=2, kills=KILLS, letters=LETTERS)
        batch_send(batch=batch, lines=LINES)
        got = receivers(kept)

    assert max(unsure) <= LINES
    counts = batch_counts(batch)
    assert counts.by_state.get(State.UNCERTAIN, 0) == sum(unsure) > 0
    assert counts.by_state[State.SENT] + sum(unsure) == counts.total == LETTERS
    assert len(got) == len(set(got)) >= counts.by_state[State.SENT]
    assert {each.to for each in Message.objects.filter(state=State.SENT)} <= set(got)
    batch.refresh_from_db()
    assert batch.state == Batch.State.FINISHED


def killed_among(batch: Batch, *, senders: int, kills: int, letters: int) -> list[int]:
    """Send in several processes; again and again one of them is killed and another takes its place.

    They go on until nothing is left to claim. Returns how many are uncertain because of each kill.
    """
    rng, dead_at = random.Random(kills), []
    lives = [_sender(batch) for _ in range(senders)]
    for kill in range(kills):
        # Whoever is killed keeps what he had claimed: early, so that enough is left for those that go on.
        _wait_sent(batch, letters * (kill + 1) // (2 * (kills + 2)))
        chosen = rng.randrange(senders)
        os.kill(lives[chosen], signal.SIGKILL)
        os.waitpid(lives[chosen], 0)
        dead_at.append(timezone.now())
        lives[chosen] = _sender(batch)
    for life in lives:
        assert os.waitpid(life, 0)[1] == 0
    handed = Message.objects.filter(state=State.HANDED).values_list("next_at", flat=True)
    of_kill = Counter(bisect_left(dead_at, each - LEASE) for each in handed if each)
    Message.objects.filter(state__in=(State.CLAIMED, State.HANDED)).update(next_at=timezone.now())
    lost_settle(now=timezone.now(), most=letters)
    return [of_kill[kill] for kill in range(kills)]


def killed(batch: Batch, *, sent: int) -> int:
    """Send in another process, kill it once so many were sent, and settle; returns how many are uncertain."""
    child = _sender(batch)
    _wait_sent(batch, sent)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    handed = Message.objects.filter(state=State.HANDED).count()
    Message.objects.filter(state__in=(State.CLAIMED, State.HANDED)).update(next_at=timezone.now())
    lost_settle(now=timezone.now(), most=LETTERS)
    return handed


def _sender(batch: Batch) -> int:
    """Begin a process that sends what it finds; returns its id."""
    connections.close_all()
    child = os.fork()
    if not child:
        try:
            batch_send(batch=batch, lines=LINES)
        except BaseException:  # nothing of the test runs on in here
            os._exit(1)
        os._exit(0)
    return child


def _wait_sent(batch: Batch, sent: int) -> None:
    while Message.objects.filter(batch=batch, state=State.SENT).count() < sent:
        time.sleep(0.005)
