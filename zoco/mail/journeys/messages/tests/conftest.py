"""A chat that takes messages into a file, and a journey that sends one by it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from zoco.channels.contract import Limits
from zoco.channels.models import Account
from zoco.channels.services import account_save
from zoco.mail.journeys.tests.conftest import NOW, _unheard, letter, made
from zoco.people.identities import identity_read
from zoco.people.models import Person
from zoco.people.writing import Incoming, people_write
from zoco.testing.channels import FakeChannel, fake_channel

__all__ = ["_unheard", "letter", "made"]
MOST = 300
Step = Callable[..., dict[str, Any]]


class Chat(FakeChannel):
    """People are known to it by their handle; a text has a bound."""

    key = "chat"
    label = "Chat"
    identity = ("social", "chat")
    limits = Limits(characters=MOST)


@pytest.fixture
def chat(tmp_path: Path, db: None) -> Iterator[Account]:
    """Return an account of it, which takes messages into the file `chat`."""
    with fake_channel(Chat()):
        yield account_save(
            account=Account(adapter="chat", name="Our chat"),
            settings={"file": str(tmp_path / "chat"), "answer": "take"},
            secrets={"word": "honeycomb"},
        )


@pytest.fixture
def people(db: None) -> list[Person]:
    """Return three people with an address and a handle of the chat, and one with an address alone."""
    found = []
    for n, (name, language) in enumerate([("Ana", "es-MX"), ("Olga", "ru"), ("Bo", "en"), ("Kim", "en")]):
        named = [identity_read("email", f"p{n}@shop.example")]
        if n < 3:
            named.append(identity_read("social", f"p{n}", space="chat"))
        (written,) = people_write([Incoming(tuple(named))], at=NOW)
        assert written.person is not None
        Person.objects.filter(pk=written.person.pk).update(given_name=name, language=language)
        written.person.refresh_from_db()
        found.append(written.person)
    return found


@pytest.fixture
def step(chat: Account) -> Step:
    """Return what gives a step that sends a message by the chat."""

    def give(text: str = "Your parcel is on its way.", **settings: Any) -> dict[str, Any]:
        texts = [{"language": "en", "text": text}]
        said = {"account": chat.pk, "purpose": "transactional", "topic": "", "texts": texts, **settings}
        return {"kind": "message", "settings": said, "next": {}}

    return give


def alone(step: dict[str, Any]) -> dict[str, Any]:
    """Return a drawing of one step."""
    return {"start": "s1", "steps": {"s1": step}}
