"""Reports agree on conversions under filters by a goal, also of facts that belong to no visit."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from zoco.ledger.asking import converting, goals
from zoco.ledger.asking.answer import Answer
from zoco.ledger.asking.ask import ask
from zoco.ledger.asking.goals import Goal, PropCondition
from zoco.ledger.asking.question import Question
from zoco.ledger.report import report_named
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.engines import ENGINES, both
from zoco.ledger.tests.reports.made import fact
from zoco.monitor.reports.conversions import defined
from zoco.monitor.reports.conversions.defined import Definition
from zoco.monitor.reports.funnels import drawn
from zoco.monitor.reports.funnels.chains import Funnel
from zoco.monitor.tests.test_tracked import event
from zoco.sites import reads as sites
from zoco.sites.models import Site

NOW = datetime(2026, 4, 10, tzinfo=UTC)
SPRING: dict[str, Any] = {
    "source": "google", "medium": "cpc", "campaign": "spring", "channel": "paid_search", "region": "MD",
}  # fmt: skip
ORDER, SIGN = Goal("Order", "event", event="shop.order.placed"), Goal("Sign", "event", event="sign up")
PAID = Goal("Paid", "revenue")
GOLD = Goal("Gold", "event", event="shop.order.placed", conditions=(PropCondition("plan", "is", "gold"),))
FUNNEL = Funnel("Order first", (ORDER, SIGN), 3_600)


def order(local: str, visitor: int, number: str, amount: int, **more: Any) -> Any:
    more |= {"subject_kind": "order", "subject": number, "amount_site": Decimal(amount), "currency": "EUR"}
    return fact(local, visitor, "", name="shop.order.placed", origin="tracker", **more)


FACTS = [
    # one visit of the campaign: signs up twice, orders; another that signs up; one that only looks
    fact("2026-03-28 10:00:00", 1, "/", **SPRING),
    event("2026-03-28 10:03:00", 1, "sign up", **SPRING),
    event("2026-03-28 10:04:00", 1, "sign up", **SPRING),
    order("2026-03-28 10:06:00", 1, "o1", 100, **SPRING),
    fact("2026-03-29 09:00:00", 3, "/", **SPRING),
    event("2026-03-29 09:01:00", 3, "sign up", **SPRING),
    fact("2026-03-30 09:10:00", 4, "/x", channel="direct", region="MD"),
    # a server tells of an order of somebody without a browser, and of what was given back of the first
    order("2026-03-29 13:05:00", 0, "o3", 30, person=900, props={"plan": "gold"}),
    order("2026-03-29 14:00:00", 0, "o1", -40),
]


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Store]]:
    with both(tmp_path_factory.mktemp("agreeing"), FACTS) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _defined(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let two of the goals, which one fact meets both, be the conversions of the site."""
    monkeypatch.setattr(goals, "_providers", [lambda _site: (ORDER, SIGN, PAID, GOLD)])
    monkeypatch.setattr(converting, "_providers", [lambda _site: (ORDER, PAID)])
    monkeypatch.setattr(defined, "_providers", [lambda _site: Definition((ORDER, PAID), 5)])


def answered(store: Store, key: str, **address: str) -> Answer:
    report = report_named(key)
    asked = {"period": "2026-03-27..2026-03-31", **address}
    return ask(report, Question.from_address(asked, report=report, now=NOW), store=store, now=NOW)


def told(store: Store, key: str, **address: str) -> tuple[Any, Any]:
    totals = answered(store, key, **address).totals
    return totals["conversions"], totals["revenue"]


def summed(store: Store, key: str, *columns: str, **address: str) -> tuple[int, ...]:
    """Return sums over all rows of a report, or over those of its first step."""
    rows = answered(store, key, **address).rows
    first = [row for row in rows if row.key.get("step", 0) in (0, "1. Order")]
    return tuple(sum(int(row.values[column] or 0) for row in first) for column in columns)


@pytest.mark.parametrize("engine", ENGINES)
def test_an_order_without_a_visit_fits_the_goal_that_it_reached_in_every_report(
    stores: dict[str, Store], engine: str
) -> None:
    store = stores[engine]

    for key in ("traffic", "channels", "conversions"):
        assert told(store, key, **{"f.goal": "Order"}) == (2, 90), key
    assert told(store, "traffic", **{"f.goal!": "Order"})[0] in (0, None)  # what is left is no order


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("filtered", "ordered"),
    # o1 is of a visit; o3 of none, and for gold
    [({"f.goal": "Order"}, 2), ({"f.goal!": "Order"}, 0), ({"f.goal!": "Gold"}, 1)],
)
def test_funnels_and_cohorts_begin_with_the_orders_that_conversions_count(
    stores: dict[str, Store],
    engine: str,
    filtered: dict[str, str],
    ordered: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ours = (lambda _site, _key: FUNNEL, lambda _site: (("7", FUNNEL.name),))
    monkeypatch.setattr(drawn, "_providers", [ours])
    store = stores[engine]

    assert (told(store, "conversions", **filtered)[0] or 0) == ordered
    assert summed(store, "funnel", "people", **filtered) == (ordered,)
    assert summed(store, "retention", "people", first="Order", **filtered) == (ordered,)


@pytest.mark.django_db
def test_productivity_counts_the_customers_of_the_orders_that_it_counts(
    stores: dict[str, Store],
) -> None:
    Site.objects.create(pk=1, slug="shop", name="Shop", zone="Europe/Madrid", currency="EUR")
    sites.forget()

    for filtered, ordered in (({"f.goal": "Order"}, 2), ({"f.goal!": "Order"}, 0)):
        asked = {"by": "channel", **filtered}
        found = summed(stores["duckdb"], "productivity", "conversions", "new_customers", **asked)
        assert found == (ordered, ordered), filtered


def test_tags_count_the_goal_that_is_chosen_as_sources_and_traffic_do(stores: dict[str, Store]) -> None:
    store = stores["duckdb"]

    for key in ("traffic", "campaigns", "tags"):
        assert told(store, key, **{"f.goal": "Sign"})[0] == 3, key
    assert told(store, "tags") == told(store, "campaigns") == (1, 60)


def test_a_site_whose_goals_are_visits_that_last_has_conversions_where_one_is_named(
    stores: dict[str, Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    long = Goal("Long", "engagement", views=1)
    monkeypatch.setattr(goals, "_providers", [lambda _site: (long,)])
    monkeypatch.setattr(converting, "_providers", [lambda _site: ()])

    found = [
        told(stores["duckdb"], key, **{"f.goal": "Long"})[0] for key in ("traffic", "channels", "regional")
    ]

    assert found == [3, 3, 3]
    assert told(stores["duckdb"], "traffic")[0] is None
