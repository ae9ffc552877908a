"""Arms weighed by strata: which ones there are, what comes out, on both engines."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import mean, variance
from typing import Any

import numpy as np
import pytest

from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.made import load
from zoco.sites import reads
from zoco.stats.trials.metrics import proportion
from zoco.stats.trials.moments import Estimate
from zoco.trials.analysis.strata import UNITS_LEAST, Strata, joined_few, weighed
from zoco.trials.designs import DesignWrong
from zoco.trials.models import Trial
from zoco.trials.tests.simulated import DAY, START, Visits, crowd, draft, running, site_made
from zoco.trials.tests.worked import store_of, worked_out

RATES = {"ES": {"a": 0.10, "b": 0.20}, "DE": {"a": 0.50, "b": 0.60}}


@pytest.fixture(params=["duckdb", "clickhouse"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    opened = store_of(request.param, tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def _site(db: None) -> Iterator[None]:
    site_made()
    reads.forget()
    yield
    reads.forget()


def by_hand(rows: dict[tuple[str, str], list[float]], arm: str) -> tuple[float, float]:
    """Return an arm's mean and its variance as Miratrix, Sekhon and Yu (2013) have them, row by row."""
    whole = sum(len(each) for each in rows.values())
    value = error = 0.0
    for stratum in {stratum for _arm, stratum in rows}:
        weight = sum(len(each) for (_arm, other), each in rows.items() if other == stratum) / whole
        mine = rows[arm, stratum]
        value += weight * mean(mine)
        error += weight**2 * variance(mine) / len(mine)
    return value, error


def test_a_worked_example_to_five_decimals() -> None:
    # 25 and 75 units of "new" in a and b, 75 and 25 of "old": by chance a looks better, by strata b is.
    rows = {
        ("a", "new"): [1.0] * 5 + [0.0] * 20, ("b", "new"): [1.0] * 21 + [0.0] * 54,
        ("a", "old"): [1.0] * 45 + [0.0] * 30, ("b", "old"): [1.0] * 17 + [0.0] * 8,
    }  # fmt: skip
    columns = {arm: np.array(rows[arm, "new"] + rows[arm, "old"]) for arm in "ab"}
    codes = {arm: np.array([0] * len(rows[arm, "new"]) + [1] * len(rows[arm, "old"])) for arm in "ab"}
    plain = {arm: proportion(int(columns[arm].sum()), 100) for arm in "ab"}

    found = weighed(columns, codes, plain)

    assert found is not None
    # a: (.2 + .6) / 2; b: (.28 + .68) / 2; s² = p q n / (n - 1)
    assert [round(found.arms[arm].value, 5) for arm in "ab"] == [0.40, 0.48]
    assert round(found.arms["a"].error, 5) == 0.04977
    assert round(found.arms["b"].error, 5) == 0.05429
    assert plain["a"].value > plain["b"].value
    for arm in "ab":
        value, error = by_hand(rows, arm)
        assert (found.arms[arm].value, found.arms[arm].error ** 2) == pytest.approx((value, error))
        assert found.arms[arm].events == plain[arm].events


def test_strata_of_few_units_in_an_arm_are_joined() -> None:
    least = UNITS_LEAST
    sizes = [(0, 0, 40), (0, 1, 40), (1, 0, least), (1, 1, least - 1), (2, 0, 3), (2, 1, 30), (3, 1, 1)]
    code = np.concatenate([np.full(count, stratum) for stratum, _arm, count in sizes])
    arm = np.concatenate([np.full(count, which) for _stratum, which, count in sizes])

    found = joined_few(code, arm, 2)

    assert {stratum: set(found[code == stratum]) for stratum in range(4)} == {0: {0}, 1: {1}, 2: {1}, 3: {1}}


def test_a_remainder_that_is_too_few_goes_to_the_smallest_and_one_stratum_is_none() -> None:
    code = np.array([0] * 100 + [1] * 50 + [2] * 2)
    arm = np.arange(len(code)) % 2
    plain = {key: Estimate(76, 0.5, 0.25) for key in "ab"}

    assert set(joined_few(code, arm, 2)[code == 2]) == {1}
    assert (
        weighed({"a": np.ones(5), "b": np.ones(5)}, {"a": np.zeros(5, int), "b": np.ones(5, int)}, plain)
        is None
    )


def facts_of(trial: Trial, count: int) -> tuple[Visits, dict[tuple[str, str], list[float]]]:
    """Return facts of visitors of two countries, and whether each did it by (arm, country)."""
    made, rows = Visits(trial), defaultdict(list)
    for visitor, arm, at, _does in crowd(trial, count, {"a": 0.0, "b": 0.0}):
        country = "ES" if visitor % 3 else "DE"
        does = (visitor // 7) % 1_000 < 1_000 * RATES[country][arm]
        made.view(at, visitor, country=country)
        made.shown(at, visitor, arm, country=country)
        rows[arm, country].append(float(does))
        if does:
            made.event(at, visitor, "sign up", country=country)
    return made, rows


@pytest.mark.usefixtures("_site")
def test_a_trial_weighed_by_country_is_the_sum_by_hand_on_both_engines(store: Store, tmp_path: Path) -> None:
    trial = running(strata="country")
    made, rows = facts_of(trial, 900)
    load(tmp_path, made.facts)
    store.drain()

    kept = worked_out(trial, store, START + 9 * DAY)["metrics"][0]

    assert kept["strata"] == 2
    assert kept["kept_share"] < 0.95
    for arm in "ab":
        value, error = by_hand(rows, arm)
        found = Estimate(**kept["arms"][arm])
        assert (found.value, found.error**2) == pytest.approx((value, error))


@pytest.mark.usefixtures("_site")
def test_who_returns_is_known_of_browsers_by_their_visits_before(store: Store, tmp_path: Path) -> None:
    trial = running(strata="returning", unit="browser", is_adjusted=False)
    made, rows = Visits(trial), defaultdict(list)
    for visitor, arm, at, does in crowd(trial, 400, {"a": 0.2, "b": 0.4}):
        old = bool(visitor % 2)
        if old:
            made.view(at - 3 * DAY, visitor, known=visitor)
        made.view(at, visitor, known=visitor)
        made.shown(at, visitor, arm, known=visitor)
        rows[arm, str(old)].append(float(does))
        if does:
            made.event(at, visitor, "sign up", known=visitor)
    load(tmp_path, made.facts)
    store.drain()

    kept = worked_out(trial, store, START + 9 * DAY)["metrics"][0]

    assert kept["strata"] == 2
    for arm in "ab":
        value, error = by_hand(rows, arm)
        found = Estimate(**kept["arms"][arm])
        assert (found.value, found.error**2) == pytest.approx((value, error))


@pytest.mark.usefixtures("_site")
@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"unit": "visitor", "strata": "returning"}, "known for a day"),
        ({"unit": "person", "strata": "country"}, "without country"),
    ],
)
def test_strata_that_nobody_knows_are_refused(given: dict[str, Any], words: str) -> None:
    with pytest.raises(DesignWrong, match=words):
        draft(**given)


def test_who_is_not_known_belongs_to_the_last_stratum() -> None:
    known = Strata(np.array([2, 5]), ("DE", "ES", "other"), np.array([1, 0]))

    assert known.of(np.array([1, 2, 5, 9])).tolist() == [2, 1, 0, 2]
    assert known.of(np.array([], dtype=int)).tolist() == []
    assert Strata(np.array([], dtype=int), ("other",), np.array([], dtype=int)).of(
        np.array([3])
    ).tolist() == [0]
