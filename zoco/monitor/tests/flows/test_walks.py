"""Walks away from a fact, held against facts followed one by one, on both engines; many happen at once."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from zoco.kit.ids import uuid8
from zoco.kit.periods import Period, micros
from zoco.ledger import expr
from zoco.ledger.asking.goals import Goal, PropCondition
from zoco.ledger.schema import Fact
from zoco.ledger.scope import Facts
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.engines import ENGINES, both
from zoco.ledger.tests.reports.made import PAGE, SITE
from zoco.monitor.reports.flows.walks import Anchor, Walk, labelled, labels, walked
from zoco.monitor.tests.flows.counted import Step, counted

ORDER = "shop.order.placed"
BEGINS = micros(datetime(2026, 3, 28, 22, tzinfo=UTC))
SHORT, LONG = (Period.parse(f"2026-03-29..2026-03-{day}", "UTC") for day in (30, 31))
MINUTE = 60_000_000
SHELF = Anchor(Goal("/a", "page", "/a"))
BOUGHT = Anchor(Goal("Order", "event", event=ORDER), (PropCondition("n", "above", "1"),))


def made(seed: int, visitors: int) -> list[Fact]:
    """Make facts of three days, half of them in clusters of a few minutes with ties, and a last visit."""
    rng = random.Random(seed)
    found = []
    for n in range(visitors * 12):
        at = BEGINS + (rng.randrange(3 * 24) * 60 + rng.choice((0, 1, 1, 2, 9, 31))) * MINUTE
        name = rng.choice((PAGE, PAGE, PAGE, ORDER, "web.page.engaged"))
        path, visitor = rng.choice(("/a", "/b", "/c")), rng.randrange(visitors + 1)
        found.append(one(n, at, visitor, name, path, n % 4, rng.choice(("", "google", "letter"))))
    last = BEGINS + (3 * 1440 + 40) * MINUTE
    return [
        *found,
        one(-1, last, 901, PAGE, "/a", 0, ""),
        one(-2, last, 901, ORDER, "", 3, ""),
        one(-3, last - 1370 * MINUTE, 902, ORDER, "", 3, ""),
    ]


def one(n: int, at: int, visitor: int, name: str, path: str, number: int, source: str) -> Fact:
    return Fact(
        id=uuid8(at, n, b"flow"), occurred_at=at, visitor=visitor, name=name, path=path, source=source,
        site=SITE.id, origin="log", status=200, props={"n": number} if name == ORDER else {},
    )  # fmt: skip


FACTS = made(1, 70)


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Store]]:
    with both(tmp_path_factory.mktemp("flows"), FACTS) as opened:
        yield opened


def settled(store: Store) -> tuple[list[Fact], dict[str, int]]:
    """Return the facts with the source of their visit, and the session of each."""
    text = "VARCHAR" if store.dialect == "duckdb" else "String"
    rows = store.query(f"SELECT CAST(id AS {text}) AS fact, session, source FROM facts").to_pylist()
    source = {row["fact"]: row["source"] for row in rows}
    facts = [
        Fact(
            **{name: getattr(each, name) for name in each.__struct_fields__}
            | {"source": source[str(each.id)]}
        )
        for each in FACTS
    ]
    return facts, {row["fact"]: row["session"] for row in rows}


def is_entry(walk: Walk, fact: Fact) -> bool:
    if walk.anchor is SHELF:
        return fact.name == PAGE and fact.path == "/a"
    return fact.name == ORDER and fact.props["n"] > 1


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("anchor", [SHELF, BOUGHT])
@pytest.mark.parametrize(
    ("what", "is_by_visit", "days"),
    [("page", True, 7), ("fact", True, 7), ("page", False, 1), ("fact", False, 7), ("source", False, 1)],
)
@pytest.mark.parametrize("is_back", [False, True])
def test_every_walk_is_as_followed_by_hand(
    stores: dict[str, Store],
    engine: str,
    anchor: Anchor,
    what: str,
    is_by_visit: bool,
    days: int,
    is_back: bool,
) -> None:
    walk = Walk(anchor, what, is_back, is_by_visit, days, steps=4)
    period = SHORT if days == 1 else LONG
    facts, sessions = settled(stores[engine])

    asked = Facts(SITE, period)
    table = labelled(walked(asked, walk), "code", labels(asked, walk))
    found: dict[int, list[Step]] = {}
    for row in stores[engine].query(expr.to_sql(table, stores[engine].dialect)).to_pylist():
        found.setdefault(row["who"], []).append((row["number"], row["code"], row["is_end"]))

    bounds = (period.start, period.end)
    assert {who: sorted(steps) for who, steps in found.items()} == counted(
        facts, sessions, walk, lambda fact: is_entry(walk, fact), bounds
    )
    assert len(found) > 30
    ends = {step[1] for steps in found.values() for step in steps if step[2]}
    # A week is over for nobody by the newest fact.
    after = {"…open"} if days == 7 and not is_by_visit else {"…ended", "…open"}
    assert ends == ({"…began"} if is_back else after)
