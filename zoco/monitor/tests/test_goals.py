"""Goals on a handful of facts counted by hand: what reaches them, what they are worth, filters by them."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from zoco.ledger import expr
from zoco.ledger.asking import goals as book
from zoco.ledger.asking.filters import FilterWrong
from zoco.ledger.asking.goals import path_fits
from zoco.ledger.asking.question import Question
from zoco.ledger.asking.statements.engines import table as table_of_engine
from zoco.ledger.report import report_named
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.engines import ENGINES, both
from zoco.ledger.tests.reports.made import PERIOD
from zoco.ledger.views.reading import FactsPage, facts_page
from zoco.monitor.tests.goals_made import CONVERSIONS, FACTS, GOALS, REACHED
from zoco.monitor.tests.test_reports import NOW, answered, table, wall
from zoco.monitor.tests.test_tracked import TRACKED
from zoco.stats.proportions import wilson


def behind(store: Store, goal: str, **address: str) -> FactsPage:
    report = report_named("goals")
    named = {"f.goal": goal} if goal else {}
    return facts_page(
        Question.from_address({"period": PERIOD, **named, **address}, now=NOW), report, store=store
    )


def bounds(reached: int, all: int) -> list[Any]:
    """Return the interval of a share as answers have it, to the last digits."""
    return [pytest.approx(each, abs=1e-12) for each in wilson(float(reached), float(all))]


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Store]]:
    with both(tmp_path_factory.mktemp("goals"), FACTS, [TRACKED]) as opened:
        yield opened


@pytest.fixture(params=ENGINES)
def reached(request: pytest.FixtureRequest, stores: dict[str, Store]) -> Store:
    return stores[request.param]


@pytest.fixture
def goals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book, "_providers", [lambda site: GOALS if site == TRACKED.id else ()])


@pytest.fixture
def no_goals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book, "_providers", [lambda site: ()])


def test_each_goal_is_reached_by_what_it_says(reached: Store, goals: None) -> None:
    answer = answered(reached, "goals", order="goal")

    found = {row.key["goal"]: row.values for row in answer.rows}
    assert {
        name: (values["visitors"], values["conversions"], values["revenue"]) for name, values in found.items()
    } == REACHED
    for values in found.values():
        low, high = wilson(float(values["visitors"] or 0), 3.0)
        assert values["rate"] == pytest.approx(float(values["visitors"] or 0) / 3)
        assert values["rate_low"] == pytest.approx(low, abs=1e-12)
        assert values["rate_high"] == pytest.approx(high)


def test_under_a_filter_by_a_goal_it_is_alone_and_its_rate_is_of_all_visitors(
    reached: Store, goals: None
) -> None:
    answer = answered(reached, "goals", **{"f.goal": "Sign-up"})
    narrowed = answered(reached, "goals", **{"f.goal": "Sign-up", "f.channel": "direct"})
    without = answered(reached, "goals", **{"f.goal!": "Sign-up"})

    assert [row.key["goal"] for row in answer.rows] == ["Sign-up"]
    assert answer.rows[0].values["rate"] == pytest.approx(1 / 3)
    assert answer.totals["revenue"] == 0
    assert [row.values["visitors"] for row in narrowed.rows] == [0], "other filters hold"
    assert len(without.rows) == len(GOALS)


def test_over_all_goals_revenue_counts_each_fact_once(reached: Store, goals: None) -> None:
    answer = answered(reached, "goals", compare="before")

    assert answer.totals["revenue"] == Decimal("159.90"), "three goals are reached by the hundred"
    assert answer.totals["conversions"] == sum(times for _, times, _ in REACHED.values())
    assert answer.totals_before is not None
    assert answer.totals_before["revenue"] == 0


@pytest.mark.parametrize("name", [goal.name for goal in GOALS if goal.kind != "engagement"])
def test_the_facts_behind_a_goal_are_those_that_reached_it(reached: Store, goals: None, name: str) -> None:
    assert behind(reached, name).total == REACHED[name][1]


def test_behind_goals_about_engagement_is_what_was_looked_at(reached: Store, goals: None) -> None:
    rows = behind(reached, "Half a minute").rows
    filtered = behind(reached, "Half a minute", **{"f.path": "/thanks/"})

    seen = ["/thanks/", "/blog/2026/spring/", "/blog/2026/spring/", "/"]
    assert [row["path"] for row in rows] == seen
    assert filtered.total == 0, "nobody looked at that page so long"


def test_behind_all_goals_is_each_fact_once(reached: Store, goals: None) -> None:
    assert behind(reached, "").total == 9 + 1


def test_traffic_says_what_it_was_worth(reached: Store, goals: None) -> None:
    answer = answered(reached, "traffic")

    figures = [
        (row.key["bucket"], *(row.values[name] for name in ("engaged", "conversions", "revenue")))
        for row in answer.rows
    ]
    assert figures == [
        (wall(28), 40.0, 5, Decimal("59.90")),
        (wall(29), 20.0, 2, Decimal(0)),
        (wall(30), None, 1, Decimal(100)),
    ]
    assert answer.totals["conversions"] == answer.overall["conversions"] == CONVERSIONS
    assert answer.overall["revenue"] == Decimal("159.90")
    assert answer.overall["engaged"] == 20.0


def test_without_goals_conversions_are_not_known_rather_than_none(reached: Store, no_goals: None) -> None:
    traffic, channels = answered(reached, "traffic"), answered(reached, "channels")

    assert traffic.overall["conversions"] is None
    assert {row.values["conversions"] for row in traffic.rows} == {None}
    assert {row.values["conversions"] for row in channels.rows} == {None}
    for name in ("rate", "rate_low", "rate_high"):
        assert {row.values[name] for row in channels.rows} == {None}
    assert answered(reached, "goals").rows == []


def test_channels_say_what_their_visits_were_worth(reached: Store, goals: None) -> None:
    of_two, of_one = bounds(1, 2), bounds(1, 1)

    answer = answered(reached, "channels")

    assert table(answer) == [
        # visitors, sessions, page views, bounce, conversions, rate, its bounds, revenue
        ("direct", 2, 2, 2, 1.0, 2, 0.5, *of_two, Decimal(0)),
        ("organic_search", 1, 1, 3, 0.0, 5, 1.0, *of_one, Decimal("59.90")),
        # an order of which nobody knows through which channel it came
        ("", 0, 0, 0, None, 1, None, None, None, Decimal(100)),
    ]


def test_a_filter_by_a_goal_keeps_whole_visits(reached: Store, goals: None) -> None:
    into = answered(reached, "pages", **{"f.goal": "Sign-up"})
    long = answered(reached, "pages", **{"f.goal": "Half a minute"})
    other = answered(reached, "pages", **{"f.goal!": "Sign-up"}, order="path")

    pages = [("/", 1), ("/blog/2026/spring/", 1), ("/thanks/", 1)]
    assert sorted((row.key["path"], row.values["page_views"]) for row in into.rows) == pages
    assert sorted((row.key["path"], row.values["page_views"]) for row in long.rows) == pages
    assert [row.key["path"] for row in other.rows] == ["/blog/", "/blogs"]


def test_under_a_goal_channels_say_which_share_of_all_their_visitors_reached_it(
    reached: Store, goals: None
) -> None:
    answer = answered(reached, "channels", **{"f.goal": "Read the blog"})
    narrowed = answered(reached, "channels", **{"f.goal": "Any form", "f.path^": "/blog"})

    assert table(answer) == [
        ("direct", 2, 2, 2, 1.0, 1, 0.5, *bounds(1, 2), Decimal(0)),
        ("organic_search", 1, 1, 3, 0.0, 1, 1.0, *bounds(1, 1), Decimal("59.90")),
        ("", 0, 0, 0, None, 0, None, None, None, Decimal(100)),
    ]
    assert [(row.key["channel"], *list(row.values.values())[:1]) for row in narrowed.rows] == [
        ("direct", 2),
        ("organic_search", 1),
    ], "other filters hold"


def test_under_a_goal_traffic_counts_conversions_of_that_goal(reached: Store, goals: None) -> None:
    answer = answered(reached, "traffic", **{"f.goal": "Sign-up"})

    assert answer.overall["conversions"] == answer.totals["conversions"] == 2
    assert answer.overall["visitors"] == 1
    assert answer.overall["revenue"] == Decimal("59.90")


def test_other_filters_hold_beside_it(reached: Store, goals: None) -> None:
    answer = answered(reached, "traffic", **{"f.goal": "Sign-up", "f.path^": "/blog/"})

    assert answer.overall["page_views"] == 1
    assert answer.overall["visitors"] == 1


def test_a_goal_that_is_not_there_is_named_with_those_that_are(reached: Store, goals: None) -> None:
    with pytest.raises(FilterWrong, match="no goal 'Signup'; there are: Read the blog, "):
        answered(reached, "pages", **{"f.goal": "Signup"})
    with pytest.raises(FilterWrong, match=r"f\.goal=Name"):
        answered(reached, "pages", **{"f.goal~": "Sign"})


def test_properties_are_counted_by_event_name_and_value(reached: Store, no_goals: None) -> None:
    answer = answered(reached, "properties", order="value")

    assert sorted(table(answer)) == [
        ("form", "form", "contact", 1, 1),
        ("sign up", "plan", "gold", 1, 1),
        ("sign up", "plan", "silver", 1, 1),
        ("sign up", "seats", "2", 1, 1),
        ("sign up", "seats", "5", 1, 1),
    ]


@pytest.mark.parametrize(
    ("pattern", "fits", "fits_not"),
    [
        ("/thanks", ["/thanks", "/thanks/"], ["/thanks/you", "/THANKS", "/no/thanks"]),
        ("/", ["/"], ["/a"]),
        ("/a*", ["/a", "/abc", "/a/"], ["/a/b", "/b"]),
        ("/*/pay", ["/de/pay", "/de/pay/"], ["/de/shop/pay", "/pay"]),
        ("/**/pay", ["/de/pay", "/de/shop/pay"], ["/de/pay/now"]),
        ("/*/pay/", ["/de/pay", "/de/pay/"], ["/pay"]),
        ("/a.b (c)", ["/a.b (c)"], ["/aXb (c)"]),
        ("/a.*", ["/a.html"], ["/aXhtml"]),
        ("**/я/**", ["/о/я/ты"], ["/о/я"]),
    ],
)
def test_patterns(reached: Store, pattern: str, fits: list[str], fits_not: list[str]) -> None:
    for path in fits + fits_not:
        asked = table_of_engine("facts").limit(1).select(found=path_fits(expr.text(path), pattern))

        found = reached.query(expr.to_sql(asked, reached.dialect)).to_pylist()

        assert found == [{"found": path in fits}], path
