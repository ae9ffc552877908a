"""Requests to /e, mutated at random: what is taken must be sound, what is not must be told and counted."""

import json
import random
from collections.abc import Iterator
from typing import Any

from zoco.collector.live import wire
from zoco.collector.live.servers.waiting import WaitingCollector
from zoco.collector.tests.live.conftest import AGENT
from zoco.ledger.schema import decoder

HOSTS = ("shop.example", "www.shop.example", "news.example", "other.example", "", "[::1]", "a b", "xn--")
AGENTS = (AGENT, "", "Googlebot/2.1 (+http://www.google.com/bot.html)", "\u0000\uffff", "A" * 3_000)
NAMES = ("utm_source", "q")
QUERIES = ("a", "%00", "😀")
PATHS = (*("",) * 9, "\0", "%00", "/\0/a")
ODD: tuple[Any, ...] = (
    *(None, True, -1, 0, 1, 1.5, 2**63, 1e308),
    *("", "é", "\ud800", "\x00", "12.5", "EUR", "a" * 9_000),
    *([], {}, ["a"], {"a": {"b": 1}}, {"a": "b", "c": 1}, {"lcp": 1.5, "cls": 0}, {"n": [{"a": [None]}]}),
    *({f"p{n}": "x" * 90 for n in range(300)}, 404, 599),
)
STATUSES = frozenset({204, 400, 413, 503})
FIELDS = (*wire.Sent.__struct_fields__, "unknown")


class Mutations:
    """Makes requests at random, always the same of a seed."""

    def __init__(self, seed: int) -> None:
        self.rnd = random.Random(seed)

    def body(self) -> bytes | None:
        """Return a body, None for one that is too long."""
        if self.rnd.random() < 0.01:
            return None
        facts: Any = [self._fact() for _ in range(self.rnd.choice((1, 1, 1, 2, 5)))]
        if self.rnd.random() < 0.3:
            facts = facts[0]
        raw = bytearray(json.dumps(facts).encode())
        if self.rnd.random() < 0.3:
            for _ in range(self.rnd.randint(1, 4)):
                self._scratch(raw)
        return bytes(raw)

    def _scratch(self, raw: bytearray) -> None:
        at = self.rnd.randrange(len(raw) + 1)
        what = self.rnd.random()
        if what < 0.4 and at < len(raw):
            raw[at] = self.rnd.randrange(256)
        elif what < 0.7:
            del raw[at : at + self.rnd.randint(1, 30)]
        else:
            raw[at:at] = self.rnd.choice((b"\x00", b'"', b"{", b"]", b"\\u0000", b"\xff", b",", b"9" * 40))

    def _fact(self) -> dict[str, Any]:
        rnd = self.rnd
        host = rnd.choice(HOSTS[:3] if rnd.random() < 0.8 else HOSTS)
        fact: dict[str, Any] = {
            "url": f"https://{host}/p{rnd.randrange(9)}{rnd.choice(PATHS)}?{rnd.choice(NAMES)}={rnd.choice(QUERIES)}",
            "type": rnd.choice(("view", "engagement", "event", "vitals")),
        }
        if fact["type"] == "event":
            names = ("buy", "buy", "", "x" * 70, "shop.basket.added", "shop.checkout.begun")
            fact |= {"event": rnd.choice(names), "props": {"a": rnd.choice(ODD)}}
            is_sound = rnd.random() < 0.9
            fact |= {"subject": "HNY-500"} if (fact["event"] == "shop.basket.added") == is_sound else {}
        elif fact["type"] == "vitals":
            name = rnd.choice(("lcp", "cls", "inp", "ttfb"))
            fact["props"] = {
                name if rnd.random() < 0.95 else "x": 3.5 if rnd.random() < 0.9 else rnd.choice(ODD)
            }
        if rnd.random() < 0.4:
            for name in rnd.sample(FIELDS, rnd.randint(1, 3)):
                fact[name] = rnd.choice(ODD)
        return fact

    def address(self) -> str:
        """Return the peer."""
        return self.rnd.choice(("81.0.32.7", "10.0.0.1", "::1", "", "nonsense", "fe80::1%eth0"))

    def forwarded(self) -> list[str]:
        """Return the values of X-Forwarded-For."""
        return self.rnd.choice(([], [], ["1.2.3.4"], ["unknown, ,::"], [",".join(["9.9.9.9"] * 50)]))

    def headers(self) -> dict[str, str]:
        """Return the headers that a fact is made of."""
        hints = ('"Windows"', "", '"', "²", '"a";v="1"' * 50)
        return {
            "user-agent": self.rnd.choice(AGENTS),
            "accept-language": self.rnd.choice(("es", "*", "", ";;;,", "x" * 500)),
            "host": self.rnd.choice(HOSTS),
            **{
                name: self.rnd.choice(hints)
                for name in self.rnd.sample(("sec-ch-ua", "sec-ch-ua-platform"), 1)
            },
        }


class Fuzz:
    """Mutates requests, sends them, and holds every answer against what was sent. Raises AssertionError."""

    def __init__(self, seed: int, collector: WaitingCollector, written: list[bytes]) -> None:
        self.mutations = Mutations(seed)
        self.collector = collector
        self.written = written
        self.taken = self.refused = self.sent = 0

    def one(self) -> None:
        """Send one request."""
        make = self.mutations
        body = make.body()
        before = len(self.written)
        answer = self.collector.answer("POST", body, make.address(), make.headers(), make.forwarded())
        lines = b"".join(self.written[before:]).splitlines()
        facts = [fact for fact in map(decoder.decode, lines) if not fact.name.startswith("collector.")]
        assert answer.status in STATUSES, (answer, body)
        told: dict[str, Any] = {"written": len(facts), "refused": []}
        if answer.body:
            told = json.loads(answer.body)
        assert told["written"] == len(facts), (answer, body)
        assert (answer.status == 204) == (not told["refused"]), (answer, body)
        self._count(body, len(facts), told["refused"])
        for fact in facts:
            assert fact.site in (7, 8), body
            assert fact.host in ("shop.example", "www.shop.example", "news.example"), body
            assert fact.occurred_at <= fact.received_at, body
            assert fact.visitor >= 0, body
            assert len(fact.path) <= 1_024, body
            assert "\0" not in fact.path, body
        del self.written[before:]

    def counted(self) -> int:
        """Return how many refusals the collector counted."""
        return sum(self.collector.taking.tallies.refused_all.values())

    def _count(self, body: bytes | None, facts: int, refused: list[dict[str, Any]]) -> None:
        self.sent += 1
        self.taken += facts
        self.refused += len(refused)
        assert facts + len(refused) >= 1, body
        assert all(each["message"] for each in refused), body


class Spool:
    """Takes lines as a spool's writer does, and keeps them in memory."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []

    def append_lines(self, lines: bytes) -> None:
        """Keep lines."""
        self.lines.append(lines)


def run(collector: WaitingCollector, spool: Spool, seed: int, times: int) -> Iterator[Fuzz]:
    """Send so many requests; gives the state after each ten thousand and at the end."""
    fuzz = Fuzz(seed, collector, spool.lines)
    for number in range(1, times + 1):
        fuzz.one()
        if number % 10_000 == 0 or number == times:
            assert fuzz.counted() == fuzz.refused, "a refusal was not counted"
            yield fuzz
