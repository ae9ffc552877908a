"""Rates hold over processes that die and begin anew, by the clock of the mail server that they send to.

A letter says when it was made, right after its place was taken; so it is known how long it was under way at
most, and what a span of the server's may hold.
"""

import os
import signal
import time
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from email.message import EmailMessage

import pytest
from django.db import connections
from django.utils import timezone

from zoco.channels.bulk.models import Batch
from zoco.channels.bulk.sending import batch_send
from zoco.channels.bulk.tests.conftest import begun, crowd, mail_account, plugged
from zoco.channels.claiming import LEASE
from zoco.channels.concluding import lost_settle
from zoco.channels.contract import Content
from zoco.channels.drafts import Claimed
from zoco.channels.models import Message, Rate
from zoco.channels.tests.mailbox import Mailbox, mailbox
from zoco.people.models import Identity

pytestmark = [
    pytest.mark.alone,
    pytest.mark.crash,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
SPAN, MOST, MOST_EACH = 6, 60, 24
"""Seconds, and how many letters may leave in them: all together, and to each destination."""
PROCESSES, LINES, LETTERS = 3, 4, 72
PATIENCE_SECONDS = 60.0
DOMAINS = ("one.example", "two.example", "three.example")


class Timed:
    """Makes letters that say when their place was taken."""

    key = "plain"

    def open(self, batch: Batch) -> "Timed":
        """Return itself."""
        return self

    def contents(self, claimed: Sequence[Claimed]) -> list[Content]:
        """Return a line for each."""
        return [Content(f"{time.time():.6f}", "Hello") for _each in claimed]


@pytest.fixture
def timed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Timed]:
    with plugged(Timed(), monkeypatch) as made:
        yield made


def test_no_span_of_a_server_holds_more_than_the_rates_whoever_dies(timed: Timed) -> None:
    with mailbox() as server:
        account, people = mail_account(server.port), crowd(300)
        for number, domain in enumerate(DOMAINS):
            for pk in people[number :: len(DOMAINS)]:
                mine = Identity.objects.filter(person=pk, kind="email")
                mine.update(key=f"p{pk}@{domain}", value=f"p{pk}@{domain}")
        Rate.objects.create(account=account, most=MOST, per_seconds=SPAN)
        Rate.objects.create(account=account, domain="*", most=MOST_EACH, per_seconds=SPAN)
        batch = begun(account, people)

        lives = [_sender(batch) for _ in range(PROCESSES)]
        for part in (1, 2, 3):
            _wait(server, LETTERS * part // 4)
            dead = lives if part == 2 else lives[:1]
            _kill(dead)
            lives = [*lives[len(dead) :], *(_sender(batch) for _ in dead)]
        _wait(server, LETTERS)
        _kill(lives)
        got = [(at, *_told(letter)) for at, letter in zip(server.times, server.letters, strict=True)]

    late = max(at - made for at, made, _domain in got)
    assert late < SPAN - 1
    whole = [at for at, _made, _domain in got]
    assert _fullest(whole, SPAN - late) <= MOST
    for domain in DOMAINS:
        assert _fullest([at for at, _made, to in got if to == domain], SPAN - late) <= MOST_EACH
    _settled()
    assert len(got) <= len({each.to for each in Message.objects.exclude(state="waits")})
    assert len(got) == len({str(letter["To"]) for letter in server.letters})


def _fullest(moments: Sequence[float], seconds: float) -> int:
    """Return how many moments the fullest span holds."""
    held = sorted(moments)
    return max(bisect_right(held, at + seconds) - place for place, at in enumerate(held))


def _told(letter: EmailMessage) -> tuple[float, str]:
    return float(str(letter["Subject"])), str(letter["To"]).rpartition("@")[2].strip("<> ")


def _sender(batch: Batch) -> int:
    """Begin a process that sends for as long as it lives; returns its id."""
    connections.close_all()
    child = os.fork()
    if not child:
        try:
            while True:
                batch_send(batch=batch, lines=LINES)
                time.sleep(0.05)
        except BaseException:  # nothing of the test runs on in here
            os._exit(1)
    return child


def _wait(server: Mailbox, letters: int) -> None:
    """Wait until so many arrived."""
    until = time.monotonic() + PATIENCE_SECONDS
    while len(server.letters) < letters:
        assert time.monotonic() < until, f"{len(server.letters)} of {letters} arrived"
        time.sleep(0.02)


def _kill(lives: Sequence[int]) -> None:
    for life in lives:
        os.kill(life, signal.SIGKILL)
    for life in lives:
        assert os.WIFSIGNALED(os.waitpid(life, 0)[1])


def _settled() -> None:
    """Let what was under way when somebody died be known to be uncertain."""
    Message.objects.filter(state__in=("claimed", "handed")).update(next_at=timezone.now() - LEASE)
    lost_settle(now=timezone.now(), most=500)
