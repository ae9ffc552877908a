"""What is believed of days is that of weeks; controls say what they do, and mend contradictions."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from zoco.stats.mix import Calibrated, Contradicted, Saturation, calibrated, daily, fit, moved
from zoco.stats.mix.learning import half_life
from zoco.stats.mix.priors import RETENTION_BY_DAY, WEEKDAYS
from zoco.stats.tests.mix.worlds import OUTCOME, world


def test_half_lives_are_as_likely_by_day_as_by_week() -> None:
    shares = np.array([0.05, 0.25, 0.5, 0.75, 0.95])

    by_week = 7 * half_life(stats.beta(2, 2).ppf(shares))
    by_day = half_life(stats.beta(*RETENTION_BY_DAY).ppf(shares))

    assert by_day == pytest.approx(by_week, rel=0.12)
    assert by_week[2] == pytest.approx(7)


def test_days_have_weekdays_and_a_year_where_two_are_known() -> None:
    assert daily(has_year=False).seasons == (WEEKDAYS,)
    assert [each.length for each in daily(Saturation.LOGISTIC).seasons] == [7.0, 365.25]
    # Three pairs of a week are any seven numbers around nothing.
    angles = 2 * np.pi * np.outer(np.arange(7), np.arange(1, 4)) / 7
    assert np.linalg.matrix_rank(np.hstack([np.ones((7, 1)), np.sin(angles), np.cos(angles)])) == 7


def test_half_of_what_money_does_is_done_after_a_half_life() -> None:
    assert half_life(np.array([0.5, 0.5**0.25])) == pytest.approx([1.0, 4.0])


@pytest.mark.figures
def test_a_control_that_is_known_mends_what_a_test_contradicts() -> None:
    hidden = world(2, periods=110, channels=1, noise=0.015, demand=0.12)
    known = world(2, periods=110, channels=1, noise=0.015, demand=0.12, is_known=True)
    found = hidden.lift(0, 60, 68, -1.0, 1.0)
    test = replace(found, error=0.1 * abs(found.effect))

    without, answer = (calibrated(each.series, [test], seed=1) for each in (hidden, known))

    assert isinstance(without, Contradicted)
    assert isinstance(answer, Calibrated)
    price, demand = moved(answer.fit)
    assert price.by_unit.low <= -0.03 * OUTCOME <= price.by_unit.high
    assert demand.by_unit.low <= 0.12 * OUTCOME <= demand.by_unit.high
    assert demand.swing.mean == pytest.approx(demand.by_unit.mean * np.ptp(known.series.controls[:, 1]))


@pytest.mark.figures
def test_days_give_the_same_figures_to_the_last_bit() -> None:
    company = world(1, periods=371, channels=1, noise=0.03, is_daily=True)

    first, second = (fit(company.series, daily(has_year=False), seed=4) for _ in range(2))

    assert first.effects.tobytes() == second.effects.tobytes()
    assert first.shapes.tobytes() == second.shapes.tobytes()
