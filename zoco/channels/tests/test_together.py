"""Four processes send by mail and another adapter at once, and die: nobody gets more than the cap allows.

The clock goes through the days on which clocks change; what arrived is counted where it arrived.
"""

import os
import random
import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connections

from zoco.channels.claiming import LEASE
from zoco.channels.concluding import lost_settle
from zoco.channels.contract import Content, Outcome, Outgoing
from zoco.channels.delivering import deliver
from zoco.channels.drafts import Draft
from zoco.channels.mailing.smtp import SmtpLine
from zoco.channels.models import Account, Message
from zoco.channels.services import account_save
from zoco.channels.tests.conftest import account_of, agreed
from zoco.channels.tests.mailbox import Mailbox, mailbox
from zoco.consent.models import Rule
from zoco.people.models import Person
from zoco.testing.channels import FakeLine, taken

pytestmark = [
    pytest.mark.alone,
    pytest.mark.timeout(300),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
PROCESSES, STEP, DAYS = 4, timedelta(hours=13), 16
DIES = 0.2
"""How often a process dies as soon as the other side has a message."""
WINDOW, MOST = timedelta(days=7), 2
ZONES = {
    "ana": "Europe/Madrid",
    "bea": "America/New_York",
    "carl": "Australia/Lord_Howe",
}
BEGINS = datetime(2026, 3, 24, 5, tzinfo=UTC)
"""Clocks go on in Europe (29 March) and back in Australia (5 April)."""
Send = Callable[[object, Outgoing], Outcome]


def test_cap_holds_over_adapters_processes_deaths_and_changes_of_clocks(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZOCO_PRIVATE_NETWORKS", "127.0.0.0/8")
    Rule.objects.create(purpose="marketing", most=MOST, days=7)
    people = {name: agreed(name) for name in ZONES}
    for name, zone in ZONES.items():
        Person.objects.filter(pk=people[name].pk).update(zone=zone)

    with mailbox() as post:
        accounts = [account_of("fake", file), mail_account(post)]
        deaths = _run(accounts, sorted(each.pk for each in people.values()))
        arrived = arrived_at(post, file)

    lost_settle(now=BEGINS + timedelta(days=DAYS) + LEASE)
    assert deaths == Message.objects.filter(state=Message.State.UNCERTAIN).count() > 0
    for name, zone in ZONES.items():
        moments = sorted(at for who, _key, at in arrived if who == name)
        assert all(later - first >= WINDOW for first, later in zip(moments, moments[MOST:], strict=False))
        assert len(moments) >= MOST * (DAYS // 7)
        assert {8 <= at.astimezone(ZoneInfo(zone)).hour < 21 for at in moments} == {True}
    keys = [key for _who, key, _at in arrived]
    assert len(keys) == len(set(keys))
    assert {key[0] for key in keys} == {"0", "1"}


def mail_account(post: Mailbox) -> Account:
    settings = {"from_address": "news@shop.example", "host": "127.0.0.1", "port": post.port, "tls": "plain"}
    return account_save(account=Account(adapter="email", name="mail"), settings=settings, secrets={})


def _run(accounts: list[Account], people: list[int]) -> int:
    """Let four processes go through the days; each that dies is begun again where it was."""
    deaths = 0
    for day in range(0, DAYS, 4):
        began = BEGINS + timedelta(days=day)
        lives = {_child(number, 0, began, accounts, people): (number, 1) for number in range(PROCESSES)}
        while lives:
            pid, status = os.wait()
            number, life = lives.pop(pid)
            if os.WIFSIGNALED(status):
                deaths += 1
                lives[_child(number, life, began, accounts, people)] = (number, life + 1)
            else:
                assert status == 0
    return deaths


def _child(number: int, life: int, began: datetime, accounts: list[Account], people: list[int]) -> int:
    connections.close_all()
    child = os.fork()
    if child:
        return child
    try:
        _live(number, life, began, accounts, people)
    except BaseException:  # nothing of the test runs on in here
        import traceback

        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _live(number: int, life: int, began: datetime, accounts: list[Account], people: list[int]) -> None:
    rng = random.Random(f"{number} {life} {began}")
    lines: tuple[Any, ...] = (FakeLine, SmtpLine)
    for line in lines:
        line.send = deadly(line.send, rng, at_once=life == 0)
    now = began
    while now < began + timedelta(days=4):
        for person in rng.sample(people, len(people)):
            which = rng.randrange(2)
            key = f"{which} {number} {person} {now:%d%H}"
            content = Content(key, now.isoformat(), data={"at": now.isoformat(), "key": key})
            deliver(Draft(key, accounts[which].pk, partial(_made, content), person, "marketing"), now=now)
        now += STEP


def _made(content: Content, _uid: str) -> Content:
    return content


def deadly(send: Send, rng: random.Random, *, at_once: bool) -> Send:
    """Die after some of the messages; `at_once`, after the first: whoever sends anything has died then."""

    def sent(line: object, outgoing: Outgoing) -> Outcome:
        outcome = send(line, outgoing)
        if at_once or rng.random() < DIES:
            os.kill(os.getpid(), signal.SIGKILL)
        return outcome

    return sent


def arrived_at(post: Mailbox, file: Path) -> list[tuple[str, str, datetime]]:
    """Return who got what, and when by the clock of the test, as both other sides have it."""
    found = [(each.to, each.data["key"], datetime.fromisoformat(each.data["at"])) for each in taken(file)]
    for letter, (_sender, to) in zip(post.letters, post.envelopes, strict=True):
        at = datetime.fromisoformat(letter.get_content().strip())
        found.append((to.partition("@")[0], str(letter["Subject"]), at))
    return found
