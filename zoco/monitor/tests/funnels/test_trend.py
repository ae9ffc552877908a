"""A funnel over time, on facts counted by hand."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from zoco.ledger.asking.answer import Answer
from zoco.ledger.pictures.charts import chart
from zoco.ledger.report import ParameterWrong
from zoco.ledger.schema import Fact
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.made import fact, ledger
from zoco.monitor.reports.funnels import drawn
from zoco.monitor.reports.funnels.chains import Funnel
from zoco.monitor.tests.funnels.test_steps import FACTS, FUNNEL, ORDER, STEPS
from zoco.monitor.tests.test_reports import answered
from zoco.stats.proportions import wilson

# One more comes on the 28th, on the day after the order; within an hour nothing is open by then.
MORE = [
    fact("2026-03-28 23:40:00", 6, "/p"),
    fact("2026-03-28 23:50:00", 6, "/b"),
    fact("2026-03-29 00:20:00", 6, "", name=ORDER),
]
WAYS = [
    Funnel("In all", STEPS, 2 * 86_400),
    Funnel("Each", STEPS, 86_400, is_each=True),
    Funnel("Strict", STEPS, 3 * 86_400, is_strict=True),
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with ledger(tmp_path_factory.mktemp("trend"), [*FACTS, *MORE]) as opened:
        yield opened


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = (lambda _site, key: FUNNEL if key in ("", "7") else None, lambda _site: (("7", FUNNEL.name),))
    monkeypatch.setattr(drawn, "_providers", [ours])


def rows(answer: Answer) -> list[tuple[object, ...]]:
    names = ("people", "came", "not_yet", "rate", "rate_low", "rate_high")
    return [(f"{row.key['bucket']:%m-%d}", *(row.values[name] for name in names)) for row in answer.rows]


def test_each_day_has_its_share_and_none_while_somebody_may_still_come(store: Store) -> None:
    found = answered(store, "funnel_trend", period="2026-03-27..2026-03-30")

    low, high = wilson(2, 3)
    none = wilson(0, 1)
    assert rows(found) == [
        ("03-27", 0, 0, 0, None, None, None),
        ("03-28", 3, 2, 0, pytest.approx(2 / 3), pytest.approx(low), pytest.approx(high)),
        ("03-29", 1, 0, 0, 0.0, pytest.approx(none[0], abs=1e-9), pytest.approx(none[1])),
        ("03-30", 1, 0, 1, None, None, None),
    ]
    # Of the whole period: the report of the steps.
    assert {name: found.overall[name] for name in ("people", "came", "not_yet")} == {
        "people": 5, "came": 2, "not_yet": 1
    }  # fmt: skip
    assert found.overall["rate"] == pytest.approx(2 / 5)
    assert (found.overall["rate_low"], found.overall["rate_high"]) == pytest.approx(wilson(2, 5))


def test_each_day_is_the_funnel_of_that_day_alone(store: Store) -> None:
    found = answered(store, "funnel_trend", period="2026-03-27..2026-03-30")
    alone = [
        answered(store, "funnel", period=f"2026-03-{day}..2026-03-{day}", compare="none").rows
        for day in range(27, 31)
    ]
    whole = answered(store, "funnel", period="2026-03-27..2026-03-30").rows

    for day, steps in zip(found.rows, alone, strict=True):
        people = [step.values["people"] for step in steps] or [0, 0, 0]
        assert (day.values["people"], day.values["came"]) == (people[0], people[2])
    assert (found.overall["people"], found.overall["came"]) == (whole[0].values["people"], 2)


def test_a_step_of_the_step_before(store: Store) -> None:
    found = answered(store, "funnel_trend", period="2026-03-28..2026-03-30", step="3", of="before")

    assert [row[:4] for row in rows(found)] == [("03-28", 3, 2, 0), ("03-29", 0, 0, 0), ("03-30", 1, 0, 1)]
    assert [row[4] for row in rows(found)] == [pytest.approx(2 / 3), None, None]


@pytest.mark.parametrize(("grain", "starts"), [("week", ["03-23", "03-30"]), ("month", ["03-01"])])
def test_weeks_and_months(store: Store, grain: str, starts: list[str]) -> None:
    found = answered(store, "funnel_trend", period="2026-03-23..2026-03-31", grain=grain, step="2")

    assert [row[0] for row in rows(found)] == starts
    assert found.overall["people"] == 5


def test_the_curve_has_a_gap_where_it_is_not_known_yet(store: Store) -> None:
    found = answered(store, "funnel_trend", period="2026-03-28..2026-03-30")

    drawn_chart = chart(found, "rate")

    assert drawn_chart is not None
    assert drawn_chart.points["values"][2] is None
    assert any("may still come" in each for each in drawn_chart.words)


def test_a_step_that_the_funnel_has_not(store: Store) -> None:
    with pytest.raises(ParameterWrong, match="only 3 steps"):
        answered(store, "funnel_trend", step="4")
    with pytest.raises(ParameterWrong, match="no such funnel"):
        answered(store, "funnel_trend", funnel="8")


@pytest.mark.parametrize("funnel", WAYS)
def test_many_who_begin_again_and_again(
    funnel: Funnel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = list(_walks())
    monkeypatch.setattr(drawn, "_providers", [(lambda _site, _key: funnel, lambda _site: ())])
    with ledger(tmp_path, facts) as opened:
        found = answered(opened, "funnel_trend", period="2026-03-20..2026-03-27", compare="none")
        alone = [
            answered(opened, "funnel", period=f"2026-03-{day}..2026-03-{day}", compare="none").rows
            for day in range(20, 28)
        ]

    for day, steps in zip(found.rows, alone, strict=True):
        people = [step.values["people"] for step in steps] or [0, 0, 0]
        waiting = sum(int(step.values["not_yet"] or 0) for step in steps)
        assert (day.values["people"], day.values["came"], day.values["not_yet"]) == (
            people[0], people[2], waiting,
        )  # fmt: skip
    assert sum(int(day.values["came"] or 0) for day in found.rows) > 20


def _walks() -> Iterator[Fact]:
    """Yield what sixty people do at random minutes of eight days."""
    rng = np.random.default_rng(7)
    steps: list[dict[str, Any]] = [{"path": "/p"}, {"path": "/b"}, {"path": "", "name": ORDER}]
    for minute, who, step in rng.integers((0, 1, 0), (8 * 1_440, 61, 3), (1_500, 3)).tolist():
        at = datetime.fromisoformat("2026-03-20") + timedelta(minutes=minute)
        yield fact(str(at), who, **steps[step])
