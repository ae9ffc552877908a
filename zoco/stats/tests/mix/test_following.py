"""Whether spending follows demand: by hand, against a whole regression, on companies whose truth is known."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from zoco.stats.mix import (
    Followed,
    Following,
    Model,
    Series,
    daily,
    explained_by_clicks,
    followed,
)
from zoco.stats.mix import Tested as One
from zoco.stats.mix.following import (
    ahead,
    cosine_variance,
    holm,
    orthogonal,
    regressed,
    scores,
    weighed,
)
from zoco.stats.tests.mix.worlds import NAMES, steady, unpaid, wandering, world

Floats = NDArray[np.float64]
CLICKED: Mapping[str, float | None] = dict.fromkeys(NAMES, 1.0)
PLANNED: Mapping[str, float | None] = dict.fromkeys(NAMES, 0.1)


def warned(found: tuple[Followed, ...]) -> list[bool]:
    return [each.following is Following.FOLLOWS for each in found]


def test_a_partial_correlation_is_that_of_a_whole_regression() -> None:
    random = np.random.default_rng(3)
    others = np.column_stack([np.ones(80), random.standard_normal((80, 3))])
    of = others @ [1.0, 2.0, 0.0, -1.0] + random.standard_normal(80)
    outcome = 0.7 * of + others @ [3.0, -1.0, 1.0, 0.5] + random.standard_normal(80)

    found = regressed(outcome, of, others)

    # The whole regression by normal equations; the partial correlation by the inverse of all correlations.
    whole = np.column_stack([of, others])
    slope = np.linalg.solve(whole.T @ whole, whole.T @ outcome)
    inverse = np.linalg.inv(np.corrcoef(np.column_stack([outcome, of, others[:, 1:]]), rowvar=False))
    assert found is not None
    assert found.partial == pytest.approx(-inverse[0, 1] / (inverse[0, 0] * inverse[1, 1]) ** 0.5)
    left, rest = outcome - whole @ slope, of - others @ np.linalg.lstsq(others, of)[0]
    omega, freedom = cosine_variance(rest * left)
    error = (omega * 80) ** 0.5 / float(rest @ rest) * (80 / 75) ** 0.5
    assert found.t == pytest.approx(slope[0] / error)
    assert found.freedom == freedom


def test_a_long_run_variance_is_summed_by_hand() -> None:
    # Eight numbers have int(0.41 · 4) = 1 cosine: √(2/8) Σ xₜ cos(π (t − ½) / 8), squared.
    numbers = np.array([1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -2.0])

    found, freedom = cosine_variance(numbers)

    assert freedom == 1
    assert found == pytest.approx((0.5 * 3 * np.cos(np.pi / 16)) ** 2)


def test_holm_refuses_one_after_the_other_until_one_stands() -> None:
    # 0.05 / 4 = 0.0125, 0.05 / 3 = 0.0167, 0.05 / 2 = 0.025.
    assert holm([0.04, 0.01, 0.02, 0.9], 0.05) == [False, True, False, False]
    assert holm([0.02, 0.01, 0.015, 0.9], 0.05) == [True, True, True, False]


def test_alike_values_share_their_mean_rank() -> None:
    # Ranks 1.5, 1.5, 3, 4: shares ¼, ¼, ⅝, ⅞.
    assert scores(np.array([0.0, 0.0, 5.0, 9.0])) == pytest.approx(
        [-0.67449, -0.67449, 0.31864, 1.15035], abs=1e-5
    )


def test_columns_that_others_tell_are_left_out() -> None:
    first = np.arange(9.0)

    basis = orthogonal(np.column_stack([np.ones(9), first, 3 * first - 2, first**2]))

    assert basis.shape == (9, 3)
    assert basis.T @ basis == pytest.approx(np.eye(3), abs=1e-12)


def test_the_visits_of_the_week_before_are_no_visits_of_today() -> None:
    random = np.random.default_rng(5)
    visits = random.standard_normal(300)
    spend = np.zeros(300)
    spend[7:] = [visits[at - 7 : at].mean() for at in range(7, 300)]

    led, other = (ahead(each, visits, np.ones((300, 1)), 7) for each in (spend, random.standard_normal(300)))

    assert led is not None
    assert other is not None
    assert led.partial == pytest.approx(1)
    assert other.p > 0.05


def test_spending_at_one_price_is_explained_by_clicks_and_a_plan_is_not() -> None:
    random = np.random.default_rng(2)
    clicks = random.poisson(100, 60).astype(float)

    assert explained_by_clicks(clicks * 0.55, clicks * 0.55) == pytest.approx(1)
    planned = explained_by_clicks(50 + 5 * random.standard_normal(60), clicks * 0.5)
    assert planned is not None
    assert planned < 0.2
    assert explained_by_clicks(np.full(60, 50.0), clicks * 0.5) is None
    assert explained_by_clicks(np.r_[np.zeros(55), clicks[:5]], clicks) is None


def test_no_more_than_one_in_twenty_is_warned_of_without_a_reason() -> None:
    found = []
    for seed in range(60):
        company = world(seed, noise=0.015)
        found.append(warned(followed(company.series, Model(), unpaid(company, seed), CLICKED)))

    assert np.mean(found) <= 0.05


def test_spending_that_follows_demand_is_warned_of() -> None:
    found = []
    for seed in range(30):
        company = world(seed, noise=0.015, demand=0.12)
        found.append(warned(followed(company.series, Model(), unpaid(company, seed), CLICKED)))

    first, *others = np.mean(found, axis=0)
    assert first >= 0.95
    assert np.mean(others) <= 0.05


def test_more_money_after_fewer_visits_is_said_to_go_against_demand() -> None:
    random = np.random.default_rng(9)
    visits = random.standard_normal(156)
    spend = 100 - 8 * np.concatenate([[0.0], visits[:-1]]) + random.standard_normal(156)
    series = Series(("search",), spend[:, None], np.full(156, 9.0), np.empty((0, 0)), ())

    (found,) = followed(series, Model(), visits, {"search": 1.0})

    assert found.ahead is not None
    assert found.ahead.t < -10
    assert (found.following, found.is_ahead) == (Following.AGAINST, True)


def test_spending_that_rises_where_demand_falls_is_not_said_to_follow_it() -> None:
    found = []
    for seed in range(15):
        company = world(seed, noise=0.015, demand=0.12, is_against=True)
        found.append(followed(company.series, Model(), unpaid(company, seed), CLICKED))

    first = [each[0].following for each in found]
    assert first.count(Following.AGAINST) >= 0.9 * len(first)
    assert Following.FOLLOWS not in first


def of(t: float, p: float) -> One:
    return One(t / 10, t, 11, p)


@pytest.mark.parametrize(
    ("same", "before", "clicks", "following"),
    [
        (of(5, 0.001), of(0.2, 0.6), 0.9, Following.FOLLOWS),
        (of(0.2, 0.6), of(5, 0.001), None, Following.FOLLOWS),
        (of(5, 0.001), of(0.2, 0.6), 0.1, Following.TOGETHER),
        (of(-5, 0.001), of(0.2, 0.6), 0.1, Following.TOGETHER),
        # Few who come bring no clicks: more clicks where fewer come say nothing of what moves what.
        (of(-5, 0.001), of(0.2, 0.6), 0.9, Following.TOGETHER),
        (of(0.2, 0.6), of(-5, 0.001), 0.9, Following.AGAINST),
        (of(-5, 0.001), of(-5, 0.001), 0.9, Following.AGAINST),
        (of(-0.2, 0.6), None, 0.9, Following.APART),
        # Both ways at once: what demand surely moves decides.
        (of(5, 0.001), of(-5, 0.001), 0.9, Following.FOLLOWS),
        (of(5, 0.001), of(-5, 0.001), 0.1, Following.AGAINST),
        (of(-5, 0.001), of(5, 0.001), 0.1, Following.FOLLOWS),
    ],
)
def test_what_is_said_goes_by_signs_and_by_what_was_found(
    same: One | None, before: One | None, clicks: float | None, following: Following
) -> None:
    (found,) = weighed([("search", same, before, clicks)])

    assert found.following is following
    assert (found.is_together, found.is_ahead) == tuple(
        bool(each and each.p < 0.05) for each in (same, before)
    )
    signs = {np.sign(each.t) for each in (same, before) if each and each.p < 0.05}
    assert found.is_mixed is (signs == {-1, 1})


def test_by_day_it_is_warned_of_by_what_comes_first_without_any_clicks() -> None:
    company = world(1, periods=730, noise=0.05, is_daily=True, demand=0.12)

    first, *others = followed(company.series, daily(), unpaid(company, 1), {})

    assert first.following is Following.FOLLOWS
    assert first.by_clicks is None
    assert first.ahead is not None
    assert first.ahead.p < 0.001
    assert not any(warned(tuple(others)))


def test_money_that_brings_visits_and_is_planned_is_not_said_to_follow_them() -> None:
    found = []
    for seed in range(30):
        company = world(seed, noise=0.015)
        visits = unpaid(company, seed, brought=0.5)
        found.append(warned(followed(company.series, Model(), visits, PLANNED)))

    assert np.mean(found) <= 0.05


def test_demand_that_the_model_knows_is_asked_about_all_the_same() -> None:
    company = world(4, noise=0.015, demand=0.12)
    visits = unpaid(company, 4)
    controls = np.column_stack([company.series.controls, visits])
    known = replace(company.series, controls=controls, control_names=("price", "visits"))

    plain = followed(company.series, Model(), visits, CLICKED)
    held = followed(known, Model(), visits, CLICKED, known=("visits",))
    nothing = followed(known, Model(), visits, CLICKED)

    assert [each.following for each in held] == [each.following for each in plain]
    assert warned(held)[0]
    # What the model knows explains itself, so that nothing is left to be told.
    assert not any(warned(nothing))


def test_one_demand_for_all_time_says_nothing() -> None:
    company = world(4)

    found = followed(company.series, Model(), np.full(156, 7.0), CLICKED)

    assert {(each.following, each.together, each.ahead) for each in found} == {(Following.APART, None, None)}


def test_steady_budgets_that_nothing_moves_are_rarely_warned_of_by_day() -> None:
    found = []
    for seed in range(12):
        company = world(seed, periods=730, is_daily=True)
        series: Series = steady(company, seed)
        found.append(warned(followed(series, daily(), unpaid(company, seed), CLICKED)))

    assert np.mean(found) <= 0.05


def test_an_autoregression_has_the_variance_that_it_says() -> None:
    wave = wandering(np.random.default_rng(1), 20_000, 0.8)

    assert wave.std() == pytest.approx(1, abs=0.05)
    assert np.corrcoef(wave[1:], wave[:-1])[0, 1] == pytest.approx(0.8, abs=0.02)
