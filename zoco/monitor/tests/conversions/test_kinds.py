"""Touches that are posts, banners and coupons: what facts about them say, on both engines."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from zoco.kit.periods import Period
from zoco.ledger import expr
from zoco.ledger.schema import Fact
from zoco.ledger.scope import Facts
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.engines import ENGINES, both
from zoco.ledger.tests.reports.made import SITE, fact
from zoco.monitor.attribution import counting
from zoco.monitor.reports.conversions.defined import Definition
from zoco.monitor.reports.conversions.touches import paths
from zoco.monitor.tests.conversions.walked import ORDER, ORDERED
from zoco.stats.attribution import UNIT, Measure

PERIOD = Period.parse("2026-03-10..2026-03-20", "Europe/Madrid")
RULE = Definition((ORDERED,), 5)


def followed(local: str, visitor: int, kind: str, subject: str, name: str = "") -> Fact:
    name = name or {"banner": "ads.banner.clicked", "post": "social.post.clicked"}[kind]
    return fact(local, visitor, f"/{kind}", name=name, subject_kind=kind, subject=subject)


def bought(local: str, visitor: int, money: str, **more: Any) -> Fact:
    about = {"subject_kind": "order", "subject": f"N{visitor}"}
    return fact(
        local, visitor, "/till", name=ORDER, amount_site=Decimal(money), currency="EUR", **about, **more
    )


FACTS = [
    # visitor 1 follows a banner and a post, sees another banner, and buys with a coupon
    followed("2026-03-11 10:00:00", 1, "banner", "spring"),
    followed("2026-03-11 10:05:00", 1, "post", "hello"),
    followed("2026-03-11 10:06:00", 1, "banner", "autumn", "ads.banner.seen"),
    bought("2026-03-12 10:00:00", 1, "10.10", props={"coupon": "TEN"}),
    # visitor 2 enters a coupon, and buys without; the banner is too long ago
    followed("2026-03-09 10:00:00", 2, "banner", "spring"),
    followed("2026-03-16 10:00:00", 2, "coupon", "FIVE", "offers.coupon.entered"),
    bought("2026-03-16 10:10:00", 2, "20"),
    # visitor 3 follows a banner and buys nothing
    followed("2026-03-17 10:00:00", 3, "banner", "autumn"),
]
WALKED: dict[str, list[tuple[Any, ...]]] = {
    "banner": [(("autumn",), False, 0), (("spring",), True, Decimal("10.10")), ((), True, 20)],
    "post": [(("hello",), True, Decimal("10.10")), ((), True, 20)],
    "coupon": [(("FIVE",), True, 20), (("TEN",), True, Decimal("10.10"))],
}


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Store]]:
    with both(tmp_path_factory.mktemp("kinds"), FACTS) as opened:
        yield opened


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("by", WALKED)
def test_paths_are_of_what_was_followed_or_used(stores: dict[str, Store], engine: str, by: str) -> None:
    table = paths(Facts(SITE, PERIOD), RULE, by)

    rows = stores[engine].query(expr.to_sql(table, stores[engine].dialect)).to_pylist()

    found = [(tuple(row["path"]), row["is_converted"], row["value"]) for row in rows]
    assert sorted(found, key=str) == sorted(WALKED[by], key=str)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("by", WALKED)
def test_credits_add_up_to_the_orders(stores: dict[str, Store], engine: str, by: str) -> None:
    found = counting.paths_of(SITE, PERIOD, RULE, by, stores[engine])

    for key in counting.MODELS:
        kept = counting.credits_of(found, key, by, Measure.REVENUE)
        units = sum(line.get("units", 0) for line in kept["lines"])
        whole = units + kept["withheld"] + kept["undivided"] + kept["unassigned"]
        assert Decimal(whole) / UNIT == Decimal("30.10")
