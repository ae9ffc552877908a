"""The report of a funnel on facts counted by hand."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from zoco.ledger.asking.goals import Goal
from zoco.ledger.report import ParameterWrong
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.made import fact, ledger
from zoco.monitor.reports.funnels import drawn
from zoco.monitor.reports.funnels.chains import Funnel
from zoco.monitor.tests.test_reports import answered, table
from zoco.stats.proportions import wilson

ORDER = "shop.order.placed"
STEPS = (Goal("Seen", "page", "/p"), Goal("Basket", "page", "/b"), Goal("Order", "event", event=ORDER))
FUNNEL = Funnel("Shop", STEPS, 3_600)
FACTS = [
    # visitor 1 goes all the way in 30 minutes; looks at the product once more on the way
    fact("2026-03-28 10:00:00", 1, "/p", device="phone"),
    fact("2026-03-28 10:10:00", 1, "/b", device="phone"),
    fact("2026-03-28 10:20:00", 1, "/p", device="phone"),
    fact("2026-03-28 10:30:00", 1, "", name=ORDER, device="phone"),
    # visitor 2 stops at the basket, for an hour was over when he ordered
    fact("2026-03-28 11:00:00", 2, "/p", device="phone"),
    fact("2026-03-28 11:50:00", 2, "/b", device="phone"),
    fact("2026-03-28 12:00:01", 2, "", name=ORDER, device="phone"),
    # visitor 3 orders without a basket; visitor 4 has no first step
    fact("2026-03-29 09:00:00", 3, "/p", device="desktop"),
    fact("2026-03-29 09:05:00", 3, "", name=ORDER, device="desktop"),
    fact("2026-03-29 09:00:00", 4, "/b", device="desktop"),
    # visitor 5 begins in the last minutes of the period, and may still come
    fact("2026-03-30 23:50:00", 5, "/p", device="desktop"),
    fact("2026-03-31 00:10:00", 5, "/b", device="phone"),
    # a bot, and nobody known
    fact("2026-03-29 10:00:00", 90, "/p", verdict="bot"),
    fact("2026-03-29 10:00:00", 0, "/p"),
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with ledger(tmp_path_factory.mktemp("funnel"), FACTS) as opened:
        yield opened


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = (lambda _site, key: FUNNEL if key in ("", "7") else None, lambda _site: (("7", FUNNEL.name),))
    monkeypatch.setattr(drawn, "_providers", [ours])


def test_each_step_with_those_who_stopped_and_those_who_may_still_come(store: Store) -> None:
    found = table(answered(store, "funnel"))

    basket, order = wilson(3, 4), wilson(1, 3)
    assert found == [
        # people, of first, of before, from, to, stopped, not yet, seconds, revenue
        ("1. Seen", 4, 1.0, None, None, None, 1, 0, None, 0),
        ("2. Basket", 3, 0.75, 0.75, *map(pytest.approx, basket), 1, 1, 1_200.0, 0),
        ("3. Order", 1, 0.25, pytest.approx(1 / 3), *map(pytest.approx, order), 0, 0, 1_800.0, 0),
    ]


def test_a_part_is_what_the_first_step_says(store: Store) -> None:
    found = table(answered(store, "funnel", by="device", funnel="7"))

    assert [row[:3] for row in found] == [
        ("1. Seen", "desktop", 2),
        ("1. Seen", "phone", 2),
        ("2. Basket", "desktop", 1),
        ("2. Basket", "phone", 2),
        ("3. Order", "desktop", 0),
        ("3. Order", "phone", 1),
    ]
    assert [row[3] for row in found] == [1.0, 1.0, 0.5, 1.0, 0.0, 0.5]


def test_a_filter_is_about_the_first_step(store: Store) -> None:
    found = table(answered(store, "funnel", **{"f.path": "/p", "f.device": "desktop"}))

    assert [row[:2] for row in found] == [("1. Seen", 2), ("2. Basket", 1), ("3. Order", 0)]


def test_the_period_before_stands_beside(store: Store) -> None:
    answer = answered(store, "funnel", period="2026-03-29..2026-03-29")

    assert [row.values["people"] for row in answer.rows] == [1, 0, 0]
    assert [row.before["people"] for row in answer.rows if row.before] == [2, 2, 1]


def test_nobody_in_the_period_is_no_row(store: Store) -> None:
    assert table(answered(store, "funnel", period="2026-01-01..2026-01-02")) == []


def test_a_funnel_that_is_not_there(store: Store) -> None:
    with pytest.raises(ParameterWrong, match="no such funnel"):
        answered(store, "funnel", funnel="8")


@pytest.mark.parametrize(
    ("path", "at", "people", "stopped"),
    [
        ("/b", "11:00:00", [1, 1, 0], [0, 1, 0]),
        ("/b", "11:00:01", [1, 0, 0], [1, 0, 0]),
        ("/", "11:00:00", [1, 0, 0], [1, 0, 0]),
        ("/", "10:59:59", [1, 0, 0], [0, 0, 0]),
    ],
)
def test_a_step_counts_to_the_last_second_of_the_hour_and_then_time_is_up(
    tmp_path: Path, path: str, at: str, people: list[int], stopped: list[int]
) -> None:
    with ledger(
        tmp_path, [fact("2026-03-28 10:00:00", 1, "/p"), fact(f"2026-03-28 {at}", 1, path)]
    ) as opened:
        found = answered(opened, "funnel").rows

    assert [row.values["people"] for row in found] == people
    assert [row.values["stopped"] for row in found] == stopped
