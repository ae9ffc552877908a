"""Whoever lets sendings begin and end is killed between any two statements: nothing happens twice."""

import os
import random
import signal
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from zoco.channels.bulk.models import Batch
from zoco.channels.bulk.reads import batch_counts
from zoco.channels.models import Account
from zoco.channels.tests.conftest import agreed
from zoco.channels.tests.mailbox import Mailbox
from zoco.mail.editing.models import Letter
from zoco.mail.sending.following import sendings_follow
from zoco.mail.sending.models import Sending
from zoco.mail.sending.services import sending_write
from zoco.mail.sending.tests.conftest import audience_of, start
from zoco.testing.channels import batches_sent

pytestmark = [
    pytest.mark.alone,
    pytest.mark.crash,
    pytest.mark.timeout(180),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
PEOPLE, LIVES = 8, 60
DIES = 0.08


def test_killed_between_statements_it_goes_on_and_nobody_gets_a_second_letter(
    account: Account, letter: Letter, server: Mailbox
) -> None:
    people = [agreed(f"p{n}") for n in range(PEOPLE)]
    made = Sending(name="May", letter=letter, audience=audience_of(people), account=account)
    sending = start(sending_write(sending=made, at=timezone.now()))

    deaths = _followed_until_well(1)
    batches_sent()
    deaths += _followed_until_well(2)

    sending.refresh_from_db()
    assert deaths > 2
    assert sending.state == "ended"
    assert sorted(to for _by, to in server.envelopes) == sorted(f"p{n}@shop.example" for n in range(PEOPLE))
    counts = batch_counts(Batch.objects.get())
    assert (counts.total, counts.sent) == (PEOPLE, PEOPLE)


def _followed_until_well(seed: int) -> int:
    """Let processes follow until three have lived to their end; returns how many died."""
    deaths, lived = 0, 0
    for life in range(LIVES):
        connections.close_all()
        child = os.fork()
        if not child:
            _follow(random.Random(f"{seed} {life}"))
        _pid, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status) or status == 0
        deaths, lived = deaths + os.WIFSIGNALED(status), lived + (status == 0)
        if lived == 3:
            return deaths
    raise AssertionError("None lived.")


def _follow(rng: random.Random) -> None:
    def deadly(run: Any, *more: Any) -> Any:
        if rng.random() < DIES:
            os.kill(os.getpid(), signal.SIGKILL)
        return run(*more)

    try:
        with connections["default"].execute_wrapper(deadly):
            sendings_follow(now=timezone.now())
    except BaseException:  # nothing of the test runs on in here
        os._exit(1)
    os._exit(0)
