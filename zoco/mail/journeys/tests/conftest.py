"""A journey that tags, waits and tags again, and people to go on it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from zoco.channels.models import Account, SendingDomain
from zoco.channels.services import account_save
from zoco.mail.editing.models import Letter
from zoco.mail.editing.services import Words, edition_write, letter_write
from zoco.mail.journeys.hearing import SUBSCRIBER
from zoco.mail.journeys.models import Journey
from zoco.mail.journeys.services import journey_draw, journey_let, journey_publish
from zoco.mail.tests.test_letters import FOOTER
from zoco.people.identities import identity_read
from zoco.people.models import Person
from zoco.people.writing import Incoming, people_write
from zoco.testing.channels import fake_channel

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
GRAPH: dict[str, Any] = {
    "start": "hello",
    "steps": {
        "hello": {"kind": "tag", "settings": {"name": "hello"}, "next": {"": "wait"}},
        "wait": {"kind": "wait", "settings": {"count": 2, "unit": "days"}, "next": {"": "bye"}},
        "bye": {"kind": "tag", "settings": {"name": "bye"}},
    },
}
Made = Callable[..., Journey]


@pytest.fixture(autouse=True)
def _unheard() -> Iterator[None]:
    """Let no test after these hear of facts that their journeys asked for."""
    SUBSCRIBER.forget()
    yield
    SUBSCRIBER.reset()


@pytest.fixture
def people() -> list[Person]:
    """Return five people."""
    rows = [Incoming((identity_read("email", f"p{n}@shop.example"),)) for n in range(5)]
    return [each.person for each in people_write(rows, at=NOW) if each.person]


@pytest.fixture
def made() -> Made:
    """Return what makes a journey and lets it run."""

    def make(graph: dict[str, Any] = GRAPH, entries: list[Any] | None = None, **fields: Any) -> Journey:
        fields = {"name": "Welcome", "created_at": NOW, "held_out": 0, **fields}
        journey = Journey.objects.create(**fields)
        journey_draw(journey=journey, graph=graph, entries=entries or [])
        journey_publish(journey=journey, is_moving=False, at=NOW)
        return journey_let(journey=journey, state=Journey.State.RUNNING, at=NOW)

    return make


@pytest.fixture
def letter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Letter]:
    """Return a letter that a fake channel takes into the file `fake`."""
    with fake_channel() as channel:
        monkeypatch.setattr(type(channel), "identity", ("email", ""))
        monkeypatch.setattr(type(channel), "means", "email")
        account = account_save(
            account=Account(adapter="fake", name="fake"),
            settings={"file": str(tmp_path / "fake"), "answer": "take"},
            secrets={"word": "honeycomb"},
        )
        Account.objects.filter(pk=account.pk).update(
            options={**account.options, "from_address": "news@shop.example"}
        )
        SendingDomain.objects.create(name="shop.example", checked_at=NOW, findings=[])
        account.refresh_from_db()
        made = Letter(name="Basket", purpose="transactional", account=account)
        letter_write(letter=made, at=NOW)
        blocks = [{"type": "heading", "value": {"text": "Still {{ data.left }} jars"}}, FOOTER]
        words = Words("{{ data.left }} jars", blocks=blocks)
        edition_write(letter=made, language="en", words=words, at=NOW)
        yield made
