"""A journey that tags, waits and tags again, and people to go on it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from zoco.mail.journeys.hearing import SUBSCRIBER
from zoco.mail.journeys.models import Journey
from zoco.mail.journeys.services import journey_draw, journey_let, journey_publish
from zoco.people.identities import identity_read
from zoco.people.models import Person
from zoco.people.writing import Incoming, people_write

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
