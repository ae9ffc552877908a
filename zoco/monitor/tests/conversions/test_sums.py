"""One definition: credits, orders and paths add up to the same, to the cent, on both engines."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from zoco.kit.periods import Period
from zoco.ledger.asking import converting, goals
from zoco.ledger.asking.answer import Answer
from zoco.ledger.asking.ask import ask
from zoco.ledger.asking.goals import Goal
from zoco.ledger.asking.guard import Guard
from zoco.ledger.asking.question import Question
from zoco.ledger.report import report_named
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.engines import ENGINES, both
from zoco.ledger.tests.reports.made import SITE
from zoco.monitor.attribution import counting
from zoco.monitor.reports.conversions import defined
from zoco.monitor.reports.conversions.defined import Definition
from zoco.monitor.reports.funnels import drawn
from zoco.monitor.reports.funnels.chains import Funnel
from zoco.monitor.tests.conversions.walked import (
    BY_BROWSER,
    BY_PERSON,
    CONTACT,
    GOALS,
    ORDERED,
    PERIOD,
    SEEN,
    made,
    walks,
)  # fmt: skip
from zoco.stats.attribution import UNIT, Measure

FACTS = made(2, 600)
NOW = datetime(2026, 4, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Store]]:
    with both(tmp_path_factory.mktemp("sums"), FACTS) as opened:
        yield opened


@pytest.fixture(autouse=True, params=[BY_PERSON, BY_BROWSER], ids=["people", "browsers"])
def definition(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Definition:
    found: Definition = request.param
    monkeypatch.setattr(defined, "_providers", [lambda _site: found])
    monkeypatch.setattr(goals, "_providers", [lambda _site: GOALS])
    return found


def answered(store: Store, key: str, **address: str) -> Answer:
    report = report_named(key)
    asked = {"period": "2026-03-10..2026-03-20", "size": "1000", **address}
    return ask(report, Question.from_address(asked, report=report, now=NOW), store=store, now=NOW)


def totals(store: Store, key: str, **address: str) -> dict[str, Any]:
    return dict(answered(store, key, **address).totals)


@pytest.mark.parametrize("engine", ENGINES)
def test_orders_paths_and_every_model_add_up_to_the_same(
    stores: dict[str, Store], engine: str, definition: Definition
) -> None:
    store = stores[engine]
    walked = [each for each in walks(FACTS, definition) if each.is_converted]
    conversions, revenue = len(walked), sum((each.value for each in walked), Decimal(0))

    orders = totals(store, "conversions", grain="day")
    ways = totals(store, "conversion-paths")
    found = counting.paths_of(SITE, PERIOD, definition, "channel", store)

    assert conversions > 200
    assert (orders["conversions"], orders["revenue"]) == (conversions, revenue)
    assert orders["gross"] + orders["refunded"] == revenue
    assert orders["refunded"] < 0
    assert (ways["conversions"], ways["revenue"]) == (conversions, revenue)
    for key in counting.MODELS:
        for measure, whole in ((Measure.CONVERSIONS, Decimal(conversions)), (Measure.REVENUE, revenue)):
            kept = counting.credits_of(found, key, "channel", measure)
            units = sum(line["units"] for line in kept["lines"])
            assert units + kept["withheld"] + kept["undivided"] + kept["unassigned"] == kept["total"]
            shown = sum(line["shown"] for line in kept["lines"])
            assert Decimal(shown + kept["rest"]) / UNIT == whole
            assert all(line["units"] >= 0 for line in kept["lines"])
            assert all(line["low"] <= line["units"] <= line["high"] for line in kept["lines"])


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("chosen", [(ORDERED,), (ORDERED, CONTACT, SEEN)], ids=["orders", "all"])
def test_traffic_and_sources_count_the_conversions_of_the_definition_and_each_once(
    stores: dict[str, Store], engine: str, chosen: tuple[Goal, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    long = Goal("Long", "engagement", views=1)
    monkeypatch.setattr(goals, "_providers", [lambda _site: (ORDERED, CONTACT, SEEN, long)])
    monkeypatch.setattr(converting, "_providers", [lambda _site: chosen])
    monkeypatch.setattr(defined, "_providers", [lambda _site: Definition(chosen, 5)])
    store = stores[engine]

    conversions = totals(store, "conversions")["conversions"]

    assert conversions > 200
    for key in ("traffic", "channels", "sources"):
        assert totals(store, key)["conversions"] == conversions
    # Only a filter by a goal says otherwise: then it is that goal's.
    assert totals(store, "traffic", **{"f.goal": "Long"})["conversions"] > 0


@pytest.mark.parametrize("engine", ENGINES)
def test_strangers_see_what_is_left_after_refunds_whatever_a_link_filters_by(
    stores: dict[str, Store], engine: str
) -> None:
    report, address = report_named("conversions"), {"period": "2026-03-10..2026-03-20", "f.goal": "Order"}
    asked = Question.from_address(address, report=report, now=NOW)

    answer = ask(report, replace(asked, guard=Guard(0)), store=stores[engine], now=NOW)
    shared: dict[str, Any] = dict(answer.totals)

    assert shared["refunded"] < 0
    assert shared["gross"] + shared["refunded"] == shared["revenue"]
    assert shared == dict(ask(report, asked, store=stores[engine], now=NOW).totals)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_last_step_of_a_funnel_adds_up_to_the_orders(
    stores: dict[str, Store], engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ordered = Definition((ORDERED,), 30)
    funnel = Funnel("Shop", (SEEN, ORDERED), 30 * 86_400)
    monkeypatch.setattr(defined, "_providers", [lambda _site: ordered])
    monkeypatch.setattr(drawn, "_providers", [(lambda _site, _key: funnel, lambda _site: (("1", "Shop"),))])
    period = "2026-02-25..2026-04-05"

    orders = answered(stores[engine], "conversions", period=period)
    whole, people = orders.totals["revenue"], (orders.overall or {})["people"]
    last = answered(stores[engine], "funnel", period=period).rows[-1].values
    found = counting.paths_of(SITE, Period.parse(period, "UTC"), ordered, "channel", stores[engine])

    # One order is nobody's: no funnel knows it, and no model credits it.
    nobodys = sum(each.amount_site for each in FACTS if each.subject == "nobody")
    assert nobodys > 0
    assert last["revenue"] == Decimal(str(whole)) - nobodys
    assert last["people"] == people
    assert Decimal(found.total(Measure.REVENUE)) / UNIT == whole


def test_both_engines_credit_alike(stores: dict[str, Store], definition: Definition) -> None:
    ours, theirs = (
        counting.paths_of(SITE, PERIOD, definition, "channel", stores[engine]) for engine in ENGINES
    )

    assert counting.stands_on(ours) == counting.stands_on(theirs)
    for key in counting.MODELS:
        one, other = (counting.credits_of(each, key, "channel", Measure.REVENUE) for each in (ours, theirs))
        assert [line["units"] for line in one["lines"]] == [line["units"] for line in other["lines"]]


def test_both_engines_list_the_same_paths(stores: dict[str, Store]) -> None:
    ours, theirs = (
        [(row.key, row.values, row.before) for row in answered(stores[engine], "conversion-paths").rows]
        for engine in ENGINES
    )

    assert ours == theirs
    assert {"path": ""} in [key for key, _values, _before in ours]


def test_nothing_to_count_is_no_error(stores: dict[str, Store]) -> None:
    found = counting.paths_of(SITE, PERIOD, Definition(()), "letter", stores["duckdb"])

    kept = counting.credits_of(found, "markov_1", "letter", Measure.REVENUE)

    assert (kept["total"], kept["lines"]) == (0, [])
