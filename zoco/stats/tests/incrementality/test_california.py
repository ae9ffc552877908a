"""California's tobacco law of 1988, on the data of Abadie, Diamond and Hainmueller (2010)."""

import csv
import os
from pathlib import Path

import numpy as np
import pytest

from zoco.stats.incrementality.differences import two_by_two
from zoco.stats.incrementality.panels import Panel
from zoco.stats.incrementality.synthetic import placebo_in_time, placebos, synthetic_control

FILE = Path(os.environ.get("ZOCO_TEST_PANEL", "../shared/data/incrementality/california_prop99.csv"))
pytestmark = pytest.mark.skipif(not FILE.is_file(), reason="real data is not on this machine")
FIRST_YEAR, LAW = 1970, 1989


def sales() -> Panel:
    with FILE.open(encoding="utf-8") as file:
        head, *rows = csv.reader(file)
    return Panel(tuple(head[1:]), np.array([row[1:] for row in rows], dtype=float))


def row(year: int) -> int:
    return year - FIRST_YEAR


def test_differences_in_differences_are_those_that_are_published() -> None:
    # -27.3 in table 1 of D. Arkhangelsky, S. Athey, D. A. Hirshberg, G. W. Imbens and S. Wager, Synthetic
    # difference-in-differences, American Economic Review 111 (2021). One treated state has no error.
    found = two_by_two(sales(), frozenset({"California"}), row(LAW))

    assert found.estimate == pytest.approx(-27.349, abs=0.001)
    assert found.error is None


def test_the_synthetic_california_is_the_known_one() -> None:
    # Of past sales alone; the same table has -19.6 for a synthetic control with a small penalty.
    found = synthetic_control(sales(), "California", row(LAW))

    donors = {unit: round(weight, 3) for unit, weight in found.weights.items() if weight > 0.001}
    assert found.effect == pytest.approx(-19.514, abs=0.01)
    assert donors == {
        "Utah": 0.394,
        "Montana": 0.232,
        "Nevada": 0.205,
        "Connecticut": 0.109,
        "New Hampshire": 0.045,
        "Colorado": 0.015,
    }
    assert found.gaps[row(2000)] == pytest.approx(-26, abs=1)  # "about 26 packs lower", Abadie et al. 2010
    assert found.before == pytest.approx(1.656, abs=0.001)


def test_few_states_have_gaps_as_large_as_california_has() -> None:
    found = placebos(sales(), "California", row(LAW))

    larger = {each.unit for each in found.others if each.ratio >= found.treated.ratio}
    assert larger == {"Missouri", "Virginia"}
    assert found.p == pytest.approx(3 / 39)


def test_nested_importance_gives_nearly_the_same() -> None:
    outcomes = sales().outcomes
    years = outcomes[[row(1975), row(1980), row(1988)]]
    predictors = np.vstack([years, outcomes[row(1980) : row(LAW)].mean(axis=0)])

    found = synthetic_control(sales(), "California", row(LAW), predictors=predictors)

    assert found.effect == pytest.approx(-19.5, abs=0.5)
    assert found.before == pytest.approx(2.7588, abs=0.001)


def test_a_law_that_was_not_made_yet_had_hardly_an_effect() -> None:
    found = placebo_in_time(sales(), "California", row(LAW), row(1983))

    assert abs(found.effect) < 5
