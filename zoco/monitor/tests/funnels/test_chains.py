"""How far everybody comes, held against every way tried by itself, on both engines."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product

import pytest

from zoco.kit.ids import uuid8
from zoco.kit.periods import Period, micros
from zoco.ledger import expr
from zoco.ledger.asking.goals import Goal
from zoco.ledger.schema import Fact
from zoco.ledger.scope import Facts
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.engines import both
from zoco.ledger.tests.reports.made import PAGE, SITE
from zoco.monitor.reports.funnels.chains import Funnel, everybody
from zoco.monitor.tests.funnels.counted import Way, counted

ORDER = "shop.order.placed"
STEPS = (Goal("Shelf", "page", "/a"), Goal("Again", "page", "/*"), Goal("Order", "event", event=ORDER))
PATHS = ("/a", "/b")
BEGINS = micros(datetime(2026, 3, 28, 10, tzinfo=UTC))
PERIOD = Period.parse("2026-03-28..2026-03-29", "UTC")
END = micros(datetime(2026, 3, 30, tzinfo=UTC))
MINUTE = 60_000_000


def made(seed: int, visitors: int) -> list[Fact]:
    """Make facts of which many happen at the same moment, over four days."""
    rng = random.Random(seed)
    found = []
    for n in range(visitors * 6):
        at = BEGINS + rng.choice([rng.randrange(90), rng.randrange(3 * 1440)]) * MINUTE
        name = rng.choice([PAGE, PAGE, ORDER])
        path = rng.choice(PATHS) if name == PAGE else ""
        visitor = rng.randrange(visitors + 1)
        found.append(
            Fact(
                id=uuid8(at, n, b"made"), occurred_at=at, visitor=visitor, path=path, name=name,
                site=SITE.id, origin="log", status=200, device=rng.choice(["phone", "desktop"]),
            )
        )  # fmt: skip
    return found


def is_step(fact: Fact, number: int) -> bool:
    return (
        (fact.name == PAGE and fact.path == "/a", fact.name == PAGE, fact.name == ORDER)[number]
    )  # fmt: skip


FACTS = made(1, 60)


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Store]]:
    with both(tmp_path_factory.mktemp("made"), FACTS) as opened:
        yield opened


@pytest.mark.parametrize(
    ("is_each", "is_strict", "minutes"), list(product([False, True], [False, True], [5, 40, 2_000]))
)
def test_everybody_comes_as_far_as_any_way_leads(
    stores: dict[str, Store], is_each: bool, is_strict: bool, minutes: int
) -> None:
    funnel = Funnel("Shop", STEPS, minutes * 60, is_each, is_strict)
    expected = counted(FACTS, funnel, is_step, END)

    for store in stores.values():
        asked = everybody(Facts(SITE, PERIOD), funnel)
        rows = store.query(expr.to_sql(asked, store.dialect)).to_pylist()

        found = {
            row["who"]: Way(
                row["came"], row["began"], row["last"], tuple(row[f"lasted_{n}"] for n in (1, 2, 3))
            )
            for row in rows
        }
        assert found == expected
    assert {each.came for each in expected.values()} >= {1, 2}
