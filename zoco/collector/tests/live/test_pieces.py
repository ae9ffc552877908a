"""The reader, which remembers pieces of lines, writes what the named steps say, byte for byte."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from zoco.collector.live.here import Here
from zoco.collector.live.reader import Reader, Sender, hints_of
from zoco.collector.tests.live.conftest import AGENT, NOW, publish
from zoco.collector.tests.live.fuzzing import Mutations
from zoco.collector.tests.live.plain import plain_read
from zoco.ledger.schema import encoder
from zoco.sites import published

ID = "0199a000-0000-7000-8000-000000000001"
PAGE = {"url": "https://shop.example/a", "id": ID}


def compared(here: Here, reader: Reader, body: bytes, sender: Sender, now: int) -> int:
    """Read in both ways, hold one against the other, return how many lines there are."""
    read = reader.read(body, sender)
    facts, refused = plain_read(here, body, sender, now)
    for line, fact in zip(read.lines, facts, strict=True):
        if f'"id":"{fact.id}"' not in line:  # made by ourselves, another each time
            fact.id = json.loads(line)["id"]
        assert line.encode() == encoder.encode(fact) + b"\n", body
    assert read.sites == [fact.site for fact in facts]
    assert read.refused == refused, body
    return len(facts)


@pytest.fixture
def here(sites: Path) -> Here:
    found = Here(sites)
    found.look()
    return found


def test_mutated_requests_give_what_the_steps_say(tmp_path: Path) -> None:
    now = int(datetime.now(UTC).timestamp() * 1e6)
    publish(tmp_path / "sites.json", datetime.now(UTC).date())
    here, mutations, taken = Here(tmp_path / "sites.json"), Mutations(3), 0
    here.look()
    reader = Reader(here, lambda: now)

    for _ in range(5_000):
        body, headers = mutations.body(), mutations.headers()
        address = here.client(mutations.address(), mutations.forwarded())
        sender = Sender(address, headers["user-agent"], "es", hints_of(headers), headers["host"])
        taken += compared(here, reader, body or b"", sender, now)

    assert taken > 1_000


@pytest.mark.parametrize(
    "fact",
    [
        {},
        {"title": 'a "quoted" \\ title \u2028 ñ 漢 😀 \x7f', "screen": 800},
        {"title": "ana@mail.example", "url": "https://shop.example/ana@mail.example/4f5e6d7c8b9a0f1e2d3c"},
        {"url": "https://shop.example/a/eyJhbGciOiJI.eyJzdWIi.x"},
        {"url": "https://shop.example/;sid=abc?a=1#/b"},
        {"url": "https://www.SHOP.example:81/ñ %zz%41" + "x" * 2_000},
        {"url": "https://shop.example?utm_source=a%22b&gclid=x", "referrer": "https://www.google.es/?q=1"},
        {"url": "https://shop.example/?q=&SEARCH=Red+Ca%72s%20ana@b.example&q=x", "props": {"a": 1}},
        {"url": "https://shop.example/?q=" + "%C3%9F" * 300, "props": {"search": "mine"}},
        {"url": "https://shop.example/?q=cars", "type": "engagement", "ms": 5},
        {"referrer": "https://mail.example/" + "b/" * 900},
        {"type": "event", "event": "buy", "amount": "12.5", "currency": "EUR", "props": {"a": "é", "b": 1.5}},
        {"type": "event", "event": "buy", "amount": "-0.00", "currency": "EUR", "quantity": 2**53},
        {"type": "event", "event": "buy", "amount": "12.5", "currency": "USD"},
        {"type": "engagement", "ms": 5, "scroll": 7, "props": {"scroll": 1, "x": True}},
        {"type": "engagement"},
        {"props": {"plan": "pro"}, "driven": True},
        {"age": 86_400_000},
    ],
)
@pytest.mark.parametrize(
    "sender",
    [
        Sender("81.0.32.7", AGENT, "es"),
        Sender("::ffff:81.0.32.7", "Googlebot/2.1 (+http://www.google.com/bot.html)"),
        Sender(
            "", 'x"\\\u00e9' * 300, hints={"sec-ch-ua-platform": '"Windows"', "sec-ch-ua": '"a";v="1"' * 99}
        ),
        Sender("unknown", ""),
    ],
)
@pytest.mark.parametrize("at", [NOW, NOW - 12 * 3_600_000_000])
def test_each_kind_of_fact_is_what_the_steps_say(
    here: Here, fact: dict[str, Any], sender: Sender, at: int
) -> None:
    reader, body = Reader(here, lambda: at), json.dumps(PAGE | fact).encode()
    for _ in range(2):  # worked out, then remembered
        assert compared(here, reader, body, sender, at) == 1


def test_what_is_published_anew_counts_at_once(sites: Path, here: Here) -> None:
    reader, body = Reader(here, lambda: NOW), json.dumps(PAGE).encode()
    [before] = reader.read(body, Sender("81.0.32.7", AGENT)).lines
    told = published.read(sites)
    shop, news = told.sites
    salts = dict.fromkeys(shop.salts, "ff" * 16)
    shop = type(shop)(**{name: getattr(shop, name) for name in shop.__struct_fields__} | {"salts": salts})
    published.write(sites, type(told)(sites=(shop, news)))

    here._looked_at = float("-inf")
    here.look()

    [after] = reader.read(body, Sender("81.0.32.7", AGENT)).lines
    assert json.loads(before)["visitor"] != json.loads(after)["visitor"]
    assert compared(here, reader, body, Sender("81.0.32.7", AGENT), NOW) == 1


def test_what_is_long_is_not_remembered(here: Here) -> None:
    reader = Reader(here, lambda: NOW)
    long = {
        "url": f"https://shop.example/{'a/' * 400}",
        "referrer": f"https://mail.example/{'b/' * 400}",
    }

    reader.read(json.dumps(PAGE | long).encode(), Sender("81.0.32.7", AGENT * 10))

    assert not reader._pages
    assert not reader._origins
    assert not reader._browsers
