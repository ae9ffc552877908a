"""People who agreed, accounts by which they are written to, and a maker that says little."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeVar

import pytest

from zoco.channels.bulk.making import MAKERS, Maker, Making
from zoco.channels.bulk.models import Batch
from zoco.channels.bulk.services import batch_create, batch_fill, batch_start
from zoco.channels.contract import Content, Refused
from zoco.channels.drafts import Claimed
from zoco.channels.models import Account
from zoco.channels.services import account_save
from zoco.channels.tests.conftest import NOON, account, account_of, fake, file  # noqa: F401
from zoco.consent.models import Choice, Rule, Standing
from zoco.people.identities import identity_read
from zoco.people.writing import Incoming, people_write

Plugged = TypeVar("Plugged", bound=Maker)


class PlainMaker:
    """Greets each by name; the one that is called `wrong` cannot be greeted."""

    key = "plain"
    wrong = 0

    def open(self, batch: Batch) -> Making:
        """Return itself."""
        return self

    def contents(self, claimed: Sequence[Claimed]) -> Sequence[Content | Refused]:
        """Return a line for each."""
        if self.wrong in {each.person for each in claimed}:
            raise ValueError("no greeting")
        return [Content("Hello", f"Hello {each.to}", data={"to": each.to}) for each in claimed]


@pytest.fixture
def maker(monkeypatch: pytest.MonkeyPatch) -> Iterator[PlainMaker]:
    with plugged(PlainMaker(), monkeypatch) as found:
        yield found


@contextmanager
def plugged(maker: Plugged, monkeypatch: pytest.MonkeyPatch) -> Iterator[Plugged]:
    """Let a maker make letters of batches, which leave by servers on this machine."""
    monkeypatch.setenv("ZOCO_PRIVATE_NETWORKS", "127.0.0.0/8")
    MAKERS.add(maker)
    try:
        yield maker
    finally:
        MAKERS.remove(maker.key)


def crowd(count: int) -> list[int]:
    """Return people with an address and a handle who agreed, and may be written to at any hour."""
    Rule.objects.update_or_create(
        purpose="marketing", defaults={"most": 0, "opens_at": "00:00", "closes_at": "00:00"}
    )
    found = people_write(
        [
            Incoming(
                (
                    identity_read("email", f"p{n}@shop.example"),
                    identity_read("social", f"@p{n}", space="fake"),
                )
            )
            for n in range(count)
        ],
        at=NOON - timedelta(days=90),
    )
    people = [each.person.pk for each in found if each.person is not None]
    Standing.objects.bulk_create(
        [
            Standing(
                person_id=pk,
                purpose="marketing",
                topic="",
                adapter="",
                state=Choice.State.GIVEN,
                since=NOON - timedelta(days=80),
            )
            for pk in people
        ]
    )
    return people


def mail_account(port: int) -> Account:
    """Return an account that leads to a server on loopback."""
    held = Account.objects.filter(name="mail").first() or Account(adapter="email", name="mail")
    settings = {"from_address": "news@shop.example", "host": "127.0.0.1", "port": port, "tls": "plain"}
    return account_save(account=held, settings=settings, secrets={})


def begun(by: Account, people: Sequence[int]) -> Batch:
    """Return a batch to these people that is being sent."""
    batch = batch_create(maker="plain", account=by, purpose="marketing", at=NOON)
    batch_fill(batch=batch, people=people, now=NOON)
    batch_start(batch=batch, at=NOON)
    return batch
