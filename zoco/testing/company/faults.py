"""Faults in the company's life: each takes or adds facts while it lasts, and says what is true of it.

A fault works on facts as they are written, so that any stream of facts can be spoilt.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from zoco.kit.ids import hash63, uuid8
from zoco.ledger.schema import Fact

HOUR = 3_600_000_000


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault between two moments (UTC microseconds, half-open).

    `kind` is stop, tracker, falls, step (baskets and what follows), conversion, not_found, bots or spam; a
    part is named by `column` and `value` (of `path` a prefix). `share` is what is lost, or added against the
    people of the same hours.
    """

    kind: str
    begins: int
    ends: int
    column: str = ""
    value: str = ""
    share: float = 1.0

    def holds(self, at: int) -> bool:
        """Say whether it lasts at a moment."""
        return self.begins <= at < self.ends

    def concerns(self, fact: Fact, entries: dict[int, Fact]) -> bool:
        """Say whether a fact belongs to the part; where a visit came from stands on its first view only."""
        if not self.column:
            return True
        if self.column == "path":
            return fact.path.startswith(self.value)
        if self.column in {"channel", "source", "campaign"}:
            entry = entries.get(fact.visitor, fact)
            return str(getattr(entry, self.column)) == self.value
        return str(getattr(fact, self.column)) == self.value


def spoilt(facts: Iterable[Fact], fault: Fault, rng: np.random.Generator) -> list[Fact]:
    """Return the facts with the fault in them, in order of time; those of one visitor go or stay together."""
    kept: list[Fact] = []
    entries: dict[int, Fact] = {}
    people = 0
    salt = int(rng.integers(1 << 30))
    for fact in facts:
        if fact.name == "web.page.viewed" and fact.source + fact.channel:
            entries[fact.visitor] = fact
        is_within = fault.holds(fact.occurred_at)
        people += is_within and fact.verdict == "human" and fact.name == "web.page.viewed"
        if not (is_within and _is_lost(fact, fault, entries, salt)):
            kept.append(fact)
    if fault.kind in {"not_found", "bots", "spam"}:
        span = max(fault.begins, kept[0].occurred_at), min(fault.ends, kept[-1].occurred_at)
        kept += _wave(fault, span, max(int(people * fault.share), 1), kept[-1], rng)
        kept.sort(key=lambda fact: fact.occurred_at)
    return kept


def _is_lost(fact: Fact, fault: Fault, entries: dict[int, Fact], salt: int) -> bool:
    if fault.kind == "stop":
        return True
    if fact.verdict != "human":
        return False
    if fault.kind == "conversion" and not fact.name.startswith("shop.order"):
        return False
    if fault.kind == "step" and not fact.name.startswith(("shop.basket", "shop.checkout", "shop.order")):
        return False
    if fault.kind == "tracker" and fact.name != "web.page.viewed":
        return False
    if fault.kind not in {"conversion", "step", "tracker", "falls"} or not fault.concerns(fact, entries):
        return False
    return hash63(fact.visitor, salt) % 1_000 < fault.share * 1_000


def _wave(
    fault: Fault, span: tuple[int, int], count: int, like: Fact, rng: np.random.Generator
) -> list[Fact]:
    """Return the facts of a wave, spread over a span of moments."""
    begin, end = span
    if end <= begin:
        return []
    more: dict[str, Any] = {"name": "web.page.served", "status": 200, "verdict": "bot", "reason": fault.value}
    if fault.kind == "not_found":
        more = {"name": "web.error.served", "status": 404, "path": fault.value, "country": "ES"}
    elif fault.kind == "spam":
        more = {"name": "web.page.viewed", "verdict": "spam", "reason": fault.value}
        more |= {"referrer_host": fault.value, "country": "RO"}
    return [
        Fact(
            **{"path": "/es/", **more},
            id=uuid8(int(at), fault.kind.encode(), number),
            site=like.site,
            origin=like.origin,
            host=like.host,
            occurred_at=int(at),
            received_at=int(at),
            visitor=int(rng.integers(1, 1 << 62)),
        )
        for number, at in enumerate(np.sort(rng.integers(begin, end, count)))
    ]
