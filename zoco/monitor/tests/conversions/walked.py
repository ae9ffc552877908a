"""A made-up shop with orders, refunds and people, and its conversions and paths counted the long way."""

import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from zoco.kit.ids import uuid8
from zoco.kit.periods import Period, micros
from zoco.ledger.asking.goals import Goal
from zoco.ledger.schema import Fact
from zoco.ledger.store.settle import session_number
from zoco.ledger.tests.reports.made import PAGE, SITE
from zoco.monitor.reports.conversions.defined import Definition

ORDER, REFUND, JOINED = "shop.order.placed", "shop.order.refunded", "people.visitor.joined"
ORDERED = Goal("Order", "event", event=ORDER)
CONTACT = Goal("Contact", "page", "/contact")
SEEN = Goal("Seen", "page", "/**")
GOALS = (ORDERED, CONTACT)
CHANNELS = ("direct", "email", "organic_search", "paid_search", "display")
DAY, MINUTE = 86_400_000_000, 60_000_000
BEGINS = micros(datetime(2026, 3, 1, tzinfo=UTC))
PERIOD = Period.parse("2026-03-10..2026-03-20", "UTC")
BY_PERSON, BY_BROWSER = Definition(GOALS, 5), Definition(GOALS, 5, is_by_person=False)


@dataclass(frozen=True, slots=True)
class Walk:
    """One path: see `touches.paths`."""

    who: int
    path: tuple[str, ...]
    at: tuple[int, ...]
    ended_at: int
    is_converted: bool
    value: Decimal


def made(seed: int, visitors: int) -> list[Fact]:
    """Make facts of a month: visits through channels, pages, orders and what is given back of them."""
    rng = random.Random(seed)
    found: list[Fact] = []

    def add(at: int, **more: object) -> None:
        given = {"site": SITE.id, "origin": "log"} | more
        number = len(found)
        found.append(Fact(id=uuid8(at, number, b"walked"), occurred_at=at, **given))  # type: ignore[arg-type]

    for who in range(1, visitors + 1):
        known = who if who % 3 else 0
        for _visit in range(rng.randrange(1, 6)):
            at = BEGINS + rng.randrange(28) * DAY + rng.randrange(20) * 60 * MINUTE
            channel = rng.choice(CHANNELS)
            mine = {"visitor": who, "known": known}
            add(at, name=PAGE, path="/", status=200, channel=channel, source=channel, **mine)
            if rng.random() < 0.3:
                add(at + MINUTE, name=PAGE, path="/contact", status=200, **mine)
            if rng.random() < 0.4:
                _order(rng, add, at + 2 * MINUTE, f"A{len(found)}", mine)
        if known and who % 2:
            # two browsers of one person
            add(BEGINS + rng.randrange(28) * DAY, name=JOINED, person=1_000 + who // 4, known=known, status=0)
    _order(rng, add, BEGINS + 12 * DAY, "nobody", {"visitor": 0})
    return found


def _order(rng: random.Random, add, at: int, number: str, mine: dict[str, int]) -> None:  # type: ignore[no-untyped-def]
    amount = Decimal(rng.randrange(100, 20_000)) / 100
    about = {"subject_kind": "order", "subject": number}
    add(at, name=ORDER, amount_site=amount, currency="EUR", **about, **mine)
    if rng.random() < 0.2:
        back = -(amount / rng.choice([1, 3])).quantize(Decimal("0.01"))
        add(at + 3 * DAY, name=REFUND, amount_site=back, currency="EUR", verdict="server", **about)


def walks(facts: list[Fact], definition: Definition, label: str = "channel") -> list[Walk]:
    """Return every path, by looking at everybody by himself."""
    joined = _joined(facts) if definition.is_by_person else {}
    visits = _visits(facts, joined, label)
    back: dict[str, Decimal] = defaultdict(Decimal)
    for each in facts:
        if each.amount_site < 0:
            back[each.subject] += each.amount_site
    found: list[Walk] = []
    last: dict[int, int] = defaultdict(int)
    for each in facts:
        is_one = each.name == ORDER or (each.name == PAGE and each.path == "/contact")
        if is_one and PERIOD.start <= each.occurred_at < PERIOD.end:
            who, at = _whose(each, joined), each.occurred_at
            last[who] = max(last[who], at)
            since = at - definition.lookback_seconds * 1_000_000
            met = [(t, name) for t, _s, name in visits.get(who, ()) if since <= t <= at] if who else []
            value = each.amount_site + (back[each.subject] if each.subject else Decimal(0))
            found.append(_walk(who, met, at, True, value))
    for who, all_met in visits.items():
        rest = [(t, name) for t, _s, name in all_met if t > last[who] and _is_seen(t, definition)]
        if rest and rest[-1][0] >= PERIOD.start:
            near = [each for each in rest if each[0] >= rest[-1][0] - definition.lookback_seconds * 1_000_000]
            found.append(_walk(who if last[who] else 0, near, 0, False, Decimal(0)))
    return found


def _is_seen(at: int, definition: Definition) -> bool:
    return PERIOD.start - definition.lookback_seconds * 1_000_000 <= at < PERIOD.end


def _walk(who: int, met: list[tuple[int, str]], at: int, is_one: bool, value: Decimal) -> Walk:
    moments = tuple(t for t, _name in met) if is_one or who else ()
    return Walk(who, tuple(name for _t, name in met), moments if is_one else (), at, is_one, value)


def _joined(facts: list[Fact]) -> dict[int, int]:
    return {each.known: each.person for each in facts if each.name == JOINED}


def _whose(fact: Fact, joined: dict[int, int]) -> int:
    person = fact.person or joined.get(fact.known, 0)
    return -person if person else fact.known or fact.visitor


def _visits(facts: list[Fact], joined: dict[int, int], label: str) -> dict[int, list[tuple[int, int, str]]]:
    """Return everybody's visits in order; a gap of more than half an hour parts two."""
    found: dict[int, list[tuple[int, int, str]]] = defaultdict(list)
    before: dict[int, int] = {}
    rows = sorted((f for f in facts if f.visitor), key=lambda each: (each.occurred_at, str(each.id)))
    for each in rows:
        if each.occurred_at - before.get(each.visitor, 0) > 30 * MINUTE:
            who = _whose(each, joined)
            found[who].append(
                (each.occurred_at, session_number(UUID(str(each.id)).int), getattr(each, label))
            )
        before[each.visitor] = each.occurred_at
    return {who: sorted(each) for who, each in found.items()}
