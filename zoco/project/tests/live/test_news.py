"""What the live stream tells, how often, and that no listener waits for another."""

import json
import socket
import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from zoco.kit import conf
from zoco.kit.ids import uuid7
from zoco.kit.periods import micros
from zoco.ledger.asking.now import people_now
from zoco.ledger.asking.question import Question
from zoco.ledger.schema import Fact, encoder
from zoco.ledger.spool import BulkSegment
from zoco.ledger.store import opening
from zoco.project.serving import live, watch
from zoco.project.tests.live.streams import Served
from zoco.sites.models import Site

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def told(answer: Any, key: str) -> dict[str, Any]:
    """Return the next message that says something of this kind."""
    while line := answer.readline():
        if line.startswith(b"data: {"):
            said: dict[str, dict[str, Any]] = json.loads(line[6:])
            if said[key]:
                return said[key]
    raise AssertionError("the stream has ended")


def add_view(visitor: int = 5) -> None:
    now = micros(datetime.now(UTC))
    site = Site.objects.get(slug="shop").pk
    fact = Fact(
        id=uuid7(now),
        site=site,
        name="web.page.viewed",
        origin="tracker",
        verdict="human",
        occurred_at=now,
        received_at=now,
        visitor=visitor,
        path="/",
    )
    with BulkSegment(conf.DATA() / "spool", "tests") as segment:
        segment.write(encoder.encode(fact) + b"\n")
    opening.store().drain()


def test_an_analyst_is_told_people_now_and_new_facts(served: Served, ana: Client) -> None:
    answer = served.ask(ana)
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert answer.headers["x-accel-buffering"] == "no"
    assert answer.headers["cache-control"] == "no-store"
    people = told(answer, "people")
    assert people["shop"]["en"] == "0 people now"
    assert set(people["shop"]) == {"en", "es", "ru", "zh-hans"}

    add_view()

    assert list(told(answer, "facts")) == ["shop"]
    assert told(answer, "people")["shop"]["en"] == "1 person now"


def test_the_end_of_the_server_ends_streams_at_once(served: Served, ana: Client) -> None:
    answers = [served.ask(ana) for _ in range(3)]
    assert [answer.status for answer in answers] == [200] * 3

    assert served.stop() < 1.5
    assert all(not answer.read().endswith(b"access\n\n") for answer in answers)


def test_who_reads_nothing_holds_up_nobody(
    served: Served, ana: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "EVERY_SECONDS", 0.0)
    monkeypatch.setattr(live, "STUCK_SECONDS", 0.5)
    much = {"en": "x" * 1_000_000}
    deaf, hearing = served.ask(ana), served.ask(ana)
    told(hearing, "people")
    listeners = set(served.live.watch._listeners)
    loop = served.server.servers[0].get_loop()

    for _ in range(12):
        for listener in listeners:
            loop.call_soon_threadsafe(listener.tell, watch.News(people={"shop": much}))
        assert told(hearing, "people") == {"shop": much}

    deadline = time.monotonic() + 10
    while len(served.live.watch) > 1 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(served.live.watch) == 1
    deaf.close()
    served.opened.pop(0).close()  # a server that stops waits for who is still there


def test_one_process_asks_once_for_all_and_not_at_all_when_nobody_listens(
    served: Served, ana: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def counted(question: Question, *, now: datetime) -> int:
        asked.append(question.site.slug)
        return people_now(question, now=now)

    monkeypatch.setattr(watch, "people_now", counted)
    add_view()
    assert asked == []

    answers = [served.ask(ana) for _ in range(5)]
    assert {told(answer, "people")["shop"]["en"] for answer in answers} == {"1 person now"}
    assert asked == ["shop"]

    for connection in served.opened:
        connection.sock.shutdown(socket.SHUT_RDWR) if connection.sock else None
    for answer in answers:
        with suppress(OSError):
            answer.close()
    deadline = time.monotonic() + 5
    while served.live.watch._task is not None and time.monotonic() < deadline:
        time.sleep(0.05)
    assert served.live.watch._task is None


@pytest.mark.alone
def test_news_of_a_site_waits_five_seconds(served: Served, ana: Client) -> None:
    answer = served.ask(ana)
    told(answer, "people")
    add_view()
    told(answer, "facts")
    began = time.monotonic()

    add_view(6)
    told(answer, "facts")

    assert 4.0 <= time.monotonic() - began <= 12.0
