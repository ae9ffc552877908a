"""The fake adapter with an account, and somebody who agreed to hear from us."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from zoco.channels.models import Account
from zoco.channels.services import account_save
from zoco.consent.models import Choice
from zoco.consent.services import choice_record
from zoco.people.identities import identity_read
from zoco.people.models import Person
from zoco.people.writing import Incoming, people_write
from zoco.testing.channels import FakeChannel, fake_channel

NOON = datetime(2026, 5, 17, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def fake() -> Iterator[FakeChannel]:
    with fake_channel() as channel:
        yield channel


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "fake"


@pytest.fixture
def account(db: None, file: Path) -> Account:
    return account_of("fake", file)


def account_of(name: str, file: Path, answer: str = "take") -> Account:
    account = Account.objects.filter(name=name).first() or Account(adapter="fake", name=name)
    return account_save(
        account=account, settings={"file": str(file), "answer": answer}, secrets={"word": "honeycomb"}
    )


@pytest.fixture
def ana(db: None) -> Person:
    return agreed("ana")


def agreed(name: str) -> Person:
    """Return somebody with an address and a handle who agreed to everything."""
    named = (
        identity_read("email", f"{name}@shop.example"),
        identity_read("social", f"@{name}", space="fake"),
    )
    (written,) = people_write([Incoming(named)], at=NOON - timedelta(days=90))
    assert written.person is not None
    choice_record(
        person=written.person.pk,
        state=Choice.State.GIVEN,
        proof={"form": "test"},
        at=NOON - timedelta(days=80),
    )
    return written.person
