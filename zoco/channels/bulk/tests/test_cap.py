"""Four processes send batches by mail and another adapter at once, and die: the cap of each person holds.

Batches become due through days on which clocks change; what arrived is counted where it arrived.
"""

import os
import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connections

from zoco.channels.bulk.models import Batch
from zoco.channels.bulk.running import batches_due
from zoco.channels.bulk.sending import batch_send
from zoco.channels.bulk.services import batch_create, batch_fill, batch_start
from zoco.channels.bulk.tests.conftest import plugged
from zoco.channels.claiming import LEASE
from zoco.channels.concluding import lost_settle
from zoco.channels.contract import Content
from zoco.channels.drafts import Claimed
from zoco.channels.mailing.smtp import SmtpLine
from zoco.channels.models import Account, Message
from zoco.channels.tests.conftest import account_of, agreed
from zoco.channels.tests.mailbox import mailbox
from zoco.channels.tests.test_together import (
    BEGINS,
    MOST,
    PROCESSES,
    WINDOW,
    ZONES,
    arrived_at,
    deadly,
    mail_account,
)  # fmt: skip
from zoco.consent.models import Rule
from zoco.people.models import Person
from zoco.testing.channels import FakeLine

pytestmark = [
    pytest.mark.alone,
    pytest.mark.timeout(300),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
FIRST = BEGINS + timedelta(days=3)
STEP, SPAN, SPANS = timedelta(hours=13), timedelta(days=5), 2


class Dated:
    """Makes messages that say when they were made, by the clock of the test."""

    key = "dated"
    now = FIRST

    def open(self, batch: Batch) -> "Dated":
        """Return itself."""
        return self

    def contents(self, claimed: Sequence[Claimed]) -> list[Content]:
        """Return a line for each."""
        at = self.now.isoformat()
        return [Content(each.key, at, data={"at": at, "key": each.key}) for each in claimed]


@pytest.fixture
def dated(monkeypatch: pytest.MonkeyPatch) -> Iterator[Dated]:
    with plugged(Dated(), monkeypatch) as made:
        yield made


def test_cap_holds_over_batches_processes_deaths_and_changes_of_clocks(dated: Dated, file: Path) -> None:
    Rule.objects.create(purpose="marketing", most=MOST, days=7)
    people = {name: agreed(name).pk for name in ZONES}
    for name, zone in ZONES.items():
        Person.objects.filter(pk=people[name]).update(zone=zone)

    with mailbox() as post:
        accounts = [account_of("fake", file), mail_account(post)]
        deaths = sum(_span(FIRST + n * SPAN, accounts, list(people.values()), dated) for n in range(SPANS))
        arrived = arrived_at(post, file)

    lost_settle(now=FIRST + SPANS * SPAN + LEASE)
    unsure = Message.objects.filter(state=Message.State.UNCERTAIN)
    assert deaths <= unsure.count() <= 2 * deaths > 0
    for name, zone in ZONES.items():
        moments = sorted(at for who, _key, at in arrived if who == name)
        assert all(later - first >= WINDOW for first, later in zip(moments, moments[MOST:], strict=False))
        tried = {key for who, key, _at in arrived if who == name}
        assert len(tried.union(unsure.filter(person=people[name]).values_list("key", flat=True))) > MOST
        assert {8 <= at.astimezone(ZoneInfo(zone)).hour < 21 for at in moments} == {True}
    keys = [key for _who, key, _at in arrived]
    assert len(keys) == len(set(keys))
    assert {Batch.objects.get(pk=key[1:].split(":")[0]).adapter for key in keys} == {"email", "fake"}


def _span(began: datetime, accounts: list[Account], people: list[int], dated: Dated) -> int:
    """Let four processes send batches that become due in some days; each that dies is begun again."""
    at, turn = began, 0
    while at < began + SPAN:
        batch = batch_create(maker="dated", account=accounts[turn % 2], purpose="marketing", at=began)
        batch_fill(batch=batch, people=people, now=began, due_at=at)
        batch_start(batch=batch, at=began)
        at, turn = at + STEP, turn + 1
    deaths = 0
    lives = {_child(number, 0, began, dated): (number, 0) for number in range(PROCESSES)}
    while lives:
        pid, status = os.wait()
        number, life = lives.pop(pid)
        if os.WIFSIGNALED(status):
            deaths += 1
            lives[_child(number, life + 1, began, dated)] = (number, life + 1)
        else:
            assert status == 0
    return deaths


def _child(number: int, life: int, began: datetime, dated: Dated) -> int:
    connections.close_all()
    child = os.fork()
    if child:
        return child
    try:
        _live(number, life, began, dated)
    except BaseException:  # nothing of the test runs on in here
        import traceback

        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _live(number: int, life: int, began: datetime, dated: Dated) -> None:
    rng = random.Random(f"{number} {life} {began}")
    lines: tuple[Any, ...] = (FakeLine, SmtpLine)
    for line in lines:
        line.send = deadly(line.send, rng, at_once=life == 0)
    dated.now = began
    while dated.now < began + SPAN:
        lost_settle(now=dated.now)
        due = batches_due(now=dated.now, without=[])
        for batch in rng.sample(due, len(due)):
            batch_send(batch=batch, lines=2, clock=lambda: dated.now)
        dated.now += STEP
