"""A sender is killed again and again: nobody is skipped, none gets two, and few are uncertain."""

import os
import signal
import time

import pytest
from django.db import connections
from django.utils import timezone

from zoco.channels.bulk.models import Batch
from zoco.channels.bulk.reads import batch_counts
from zoco.channels.bulk.sending import batch_send
from zoco.channels.bulk.tests.conftest import begun, crowd, mail_account
from zoco.channels.bulk.tests.sink import kept_folder, receivers, sink
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


def killed(batch: Batch, *, sent: int) -> int:
    """Send in another process, kill it once so many were sent, and settle; returns how many are uncertain."""
    connections.close_all()
    child = os.fork()
    if not child:
        try:
            batch_send(batch=batch, lines=LINES)
        finally:
            os._exit(0)
    while Message.objects.filter(batch=batch, state=State.SENT).count() < sent:
        time.sleep(0.005)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    handed = Message.objects.filter(state=State.HANDED).count()
    Message.objects.filter(state__in=(State.CLAIMED, State.HANDED)).update(next_at=timezone.now())
    lost_settle(now=timezone.now(), most=LETTERS)
    return handed
