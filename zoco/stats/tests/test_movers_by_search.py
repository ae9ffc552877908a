"""Who moved, against a search that goes by likelihoods of Poisson counts as scipy has them."""

import math
from itertools import combinations

import numpy as np
import pytest
import scipy.stats

from zoco.stats.movers import explanatory_power, movers, surprise


def log_ratio(seen: list[float], expected: list[float], inside: tuple[int, ...], *, is_fall: bool) -> float:
    """Return by how much two rates, inside and outside, tell the counts better than one for all."""
    outside = [each for each in range(len(seen)) if each not in inside]
    rates = [
        sum(seen[each] for each in some) / sum(expected[each] for each in some) for some in (inside, outside)
    ]
    if (rates[0] < rates[1]) != is_fall:
        return 0.0
    one = sum(seen) / sum(expected)
    logs = scipy.stats.poisson.logpmf
    two = sum(
        logs(seen[each], expected[each] * rate)
        for some, rate in zip((inside, outside), rates, strict=True)
        for each in some
    )
    return float(two - sum(logs(each, there * one) for each, there in zip(seen, expected, strict=True)))


@pytest.mark.parametrize("is_fall", [True, False])
@pytest.mark.parametrize("dispersion", [1.0, 4.0])
def test_the_best_is_the_best_of_all_subsets_in_order_of_how_far_they_moved(
    *, is_fall: bool, dispersion: float
) -> None:
    rng = np.random.default_rng(3)
    several = set()
    for _ in range(60):
        expected = rng.integers(20, 400, 8).astype(float)
        seen = rng.poisson(expected * rng.choice([1.0, 0.6, 1.5], 8, p=[0.5, 0.25, 0.25])).astype(float)
        moved = {n: (expected[n] - seen[n]) * (1 if is_fall else -1) for n in range(8)}
        large = [n for n, each in moved.items() if each >= 0.1 * max(*moved.values(), 1e-9)]
        order = sorted(large, key=lambda n: seen[n] / expected[n], reverse=not is_fall)
        worths = {
            tuple(order[:size]): log_ratio(list(seen), list(expected), tuple(order[:size]), is_fall=is_fall)
            / dispersion
            - (size - 1) * math.log(9)
            for size in range(1, min(len(order), 5) + 1)
        }

        found = movers(seen, expected, is_fall=is_fall, dispersion=dispersion)

        best = max(worths, key=lambda each: worths[each], default=())
        if found is None:
            assert worths.get(best, 0.0) <= 1e-9
            continue
        assert found.values == best
        assert found.likelihood == pytest.approx(worths[best])
        assert found.explains == pytest.approx(
            sum(seen[n] - expected[n] for n in best) / (seen.sum() - expected.sum())
        )
        several.add(len(best))
    assert len(several) > 1


def test_no_subset_of_any_size_tells_more_where_none_is_charged_for() -> None:
    expected, seen = [40.0, 30.0, 60.0, 50.0, 20.0], [18.0, 14.0, 58.0, 52.0, 19.0]

    found = movers(np.array(seen), np.array(expected), is_fall=True)

    subsets = [each for size in range(1, 5) for each in combinations(range(5), size)]
    best = max(subsets, key=lambda each: log_ratio(seen, expected, each, is_fall=True))
    assert found is not None
    assert sorted(found.values) == sorted(best) == [0, 1]


def test_at_most_five_are_named() -> None:
    expected, seen = np.array([100.0] * 7 + [5_000.0]), np.array([0.0] * 7 + [5_000.0])

    found = movers(seen, expected, is_fall=True)

    assert found is not None
    assert found.values == (0, 1, 2, 3, 4)


def test_what_hardly_moved_is_not_named_and_a_tenth_of_the_most_is_enough() -> None:
    expected, seen = np.array([2_000.0, 200.0, 199.0, 9_000.0]), np.array([1_000.0, 100.0, 100.0, 9_000.0])

    found = movers(seen, expected, is_fall=True)

    assert found is not None
    assert found.values == (0, 1)


def test_surprise_is_half_the_divergence_from_the_middle_of_both() -> None:
    seen, expected = np.array([10.0, 0.0, 30.0]), np.array([20.0, 20.0, 40.0])
    p, q = expected / 80, seen / 40

    found = surprise(seen, expected)

    middle = (p + q) / 2
    by_hand = [
        0.5 * sum(each * math.log(each / between) for each in (one, other) if each)
        for one, other, between in zip(p, q, middle, strict=True)
    ]
    assert found.tolist() == pytest.approx(by_hand)
    assert explanatory_power(seen, seen).tolist() == [0.0, 0.0, 0.0]
