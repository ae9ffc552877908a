"""A forecast against its formulas written out day by day, as the papers have them."""

from statistics import median

import numpy as np
import pytest

from zoco.stats.seasonal import Forecast, forecast

DAYS = 45
KINDS = [(3 + day) % 7 for day in range(DAYS)]


def fitted(
    past: list[float], weights: list[float], usual: list[float], worth: list[float]
) -> tuple[list[float], float, list[float]]:
    """Return the factor of each kind of day, the level, and the weighted counts behind each factor."""
    of = [[day for day in range(DAYS) if KINDS[day] == kind] for kind in range(7)]
    counted = [sum(weights[day] * past[day] for day in of[kind]) for kind in range(7)]
    present = [sum(weights[day] * worth[day] for day in of[kind]) for kind in range(7)]
    factors, level = usual, 0.0
    for number in range(3):
        level = sum(counted) / sum(here * factor for here, factor in zip(present, factors, strict=True))
        if number < 2:
            factors = [(counted[kind] + 6 * usual[kind]) / (present[kind] * level + 6) for kind in range(7)]
    return factors, level, counted


def drawn_in(past: list[float]) -> list[float]:
    """Draw counts in to three robust deviations and three counts around the median of their kind."""
    found = []
    for day, each in enumerate(past):
        same = [past[other] for other in range(DAYS) if KINDS[other] == KINDS[day]]
        middle = median(same)
        reach = 3 * 1.4826 * median([abs(other - middle) for other in same]) + 3
        found.append(min(max(each, middle - reach), middle + reach))
    return found


def by_loops(
    past: list[float], kind: int, usual: list[float], worth: list[float], now: float
) -> tuple[float, float, float]:
    """Return mean, variance and dispersion."""
    recent = [0.5 ** ((DAYS - 1 - day) / 21) for day in range(DAYS)]
    weights, damped = list(recent), [1.0] * DAYS
    factors, level, known, phi = [1.0] * 7, 0.0, [0.0] * 7, 1.0
    for number in range(3):
        near = drawn_in([each / by for each, by in zip(past, worth, strict=True)])
        clean = past if number else [each * by for each, by in zip(near, worth, strict=True)]
        factors, level, known = fitted(clean, weights, usual, worth)
        usually = [max(level * factors[KINDS[day]] * worth[day], 1e-9) for day in range(DAYS)]
        pearson = [(each - there) / there**0.5 for each, there in zip(past, usually, strict=True)]
        if number == 0:
            phi = max(1.0, (1.4826 * median([abs(each) for each in pearson])) ** 2)
        else:
            by = [weight * less for weight, less in zip(weights, damped, strict=True)]
            days = sum(by) ** 2 / sum(each * each for each in by)
            mean_square = sum(w * each**2 for w, each in zip(by, pearson, strict=True)) / sum(by)
            phi = max(1.0, mean_square * days / max(days - 7, days / 4))
        for day in range(DAYS):
            gap = past[day] ** (2 / 3) - usually[day] ** (2 / 3)
            residual = abs(1.5 * gap / usually[day] ** (1 / 6)) / phi**0.5
            damped[day] = (2.58 / residual) ** 2 if residual > 2.58 else 1.0
        weights = [here * less for here, less in zip(recent, damped, strict=True)]
    mean = level * factors[kind] * now
    all_known = sum(weight * each for weight, each in zip(weights, past, strict=True))
    uncertain = phi / max(all_known, 1.0) + phi / (known[kind] + 6)
    return mean, phi * mean + mean**2 * uncertain, phi


@pytest.mark.parametrize("spoilt", ["nothing", "a wave and a gap"])
@pytest.mark.parametrize("has_exposure", [False, True])
def test_mean_variance_and_dispersion_are_those_of_the_formulas(spoilt: str, *, has_exposure: bool) -> None:
    rng = np.random.default_rng(12)
    level = np.array([[2.0], [30.0], [300.0]])
    size = np.array([[1e6], [8.0], [20.0]])
    past = rng.negative_binomial(size, size / (size + level), (3, DAYS)).astype(float)
    if spoilt != "nothing":
        past[:, 20:24] *= 7
        past[:, 33:35] = 0
    usual = [1.3, 1.1, 1.0, 1.0, 0.8, 0.7, 1.1]
    worth = rng.uniform(0.7, 1.4, (3, DAYS)) if has_exposure else np.ones((3, DAYS))
    now = np.array([1.2, 0.9, 1.0]) if has_exposure else np.ones(3)

    found = forecast(past, np.array(KINDS), 6, np.array(usual), (worth, now) if has_exposure else None)

    for number in range(3):
        by_hand = by_loops(list(past[number]), 6, usual, list(worth[number]), float(now[number]))
        got = (found.mean[number], found.variance[number], found.dispersion[number])
        assert got == pytest.approx(by_hand)


def test_scaling_scales_the_noise_of_counts_once_and_that_of_the_level_twice() -> None:
    found = Forecast(np.array([10.0, 10.0]), np.array([38.0, 15.0]), np.array([2.0, 2.0])).scaled(3.0)

    assert found.mean.tolist() == [30.0, 30.0]
    # 38 = 2 × 10 + 18, so 2 × 30 + 18 × 9; 15 is less than counts alone have, which leaves none to the level.
    assert found.variance.tolist() == [222.0, 60.0]
    assert found.dispersion.tolist() == [2.0, 2.0]
