"""R-hat and effective sample sizes where their values are known."""

import numpy as np
import pytest

from zoco.stats.mix.agreement import r_hat, sample_size, tail_size


def walks(correlation: float, sweeps: int = 2_000, chains: int = 8) -> np.ndarray:
    """Return chains of normals of variance 1 whose neighbours are correlated."""
    random = np.random.default_rng(3)
    found = random.standard_normal((sweeps, chains))
    for at in range(1, sweeps):
        found[at] = correlation * found[at - 1] + (1 - correlation**2) ** 0.5 * found[at]
    return found


def test_independent_draws_agree_and_are_worth_themselves() -> None:
    draws = walks(0.0)

    assert r_hat(draws) == pytest.approx(1.0, abs=0.002)
    assert sample_size(draws) == pytest.approx(draws.size, rel=0.08)
    assert tail_size(draws) == pytest.approx(draws.size, rel=0.12)


@pytest.mark.parametrize("correlation", [0.5, 0.8])
def test_autocorrelated_draws_are_worth_what_their_correlation_leaves(correlation: float) -> None:
    draws = walks(correlation)

    # The integrated autocorrelation time of such a chain is (1 + ρ) / (1 - ρ); ranks have nearly the same ρ.
    assert sample_size(draws) == pytest.approx(draws.size * (1 - correlation) / (1 + correlation), rel=0.12)


def test_a_chain_elsewhere_disagrees() -> None:
    draws = walks(0.0)
    draws[:, 0] += 2.0

    assert r_hat(draws) > 1.1
    assert sample_size(draws) < 100


def test_a_chain_of_another_width_disagrees_although_means_are_alike() -> None:
    draws = walks(0.0)
    draws[:, 0] *= 4.0

    assert r_hat(draws) > 1.03


def test_a_drift_within_chains_disagrees() -> None:
    draws = walks(0.0) + np.linspace(-1, 1, 2_000)[:, None]

    assert r_hat(draws) > 1.1


def test_ranks_bear_tails_without_a_mean() -> None:
    draws = np.tan(np.pi * (np.random.default_rng(1).random((1_000, 4)) - 0.5))

    assert r_hat(draws) == pytest.approx(1.0, abs=0.01)


def test_chains_that_never_moved_disagree_unless_they_are_at_one_place() -> None:
    assert r_hat(np.tile([1.0, 2.0], (10, 1))) == float("inf")
    assert r_hat(np.ones((10, 2))) == 1.0
