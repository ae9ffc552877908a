"""Mixtures whose parts are known."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from zoco.stats.kinds.features import features
from zoco.stats.kinds.mixtures import NoMixture, mixed, mixture
from zoco.stats.kinds.tests.crowds import MEANS, crowd, is_same


def test_one_part_is_the_mean_and_the_covariance_of_all() -> None:
    rows, _kinds = crowd(1)

    found = mixture(rows, 1, seed=2)

    covariance = np.cov(rows.standard.T, bias=True)
    assert found.means[0] == pytest.approx(np.zeros(3), abs=1e-12)
    assert found.covariances[0] == pytest.approx(covariance)
    density = multivariate_normal(np.zeros(3), covariance).logpdf(rows.standard).sum()
    assert found.likelihood == pytest.approx(density)
    assert found.bic == pytest.approx(9 * np.log(300) - 2 * density)  # three means, six covariances
    diagonal = mixture(rows, 1, seed=2, is_diagonal=True)
    assert diagonal.covariances[0] == pytest.approx(np.eye(3))
    assert diagonal.bic == pytest.approx(6 * np.log(300) - 2 * diagonal.likelihood)


def test_bic_finds_how_many_parts_there_are_and_what_they_are() -> None:
    right = 0
    for seed in range(4):
        rows, kinds = crowd(seed)

        found = mixed(rows, 4, seed=seed)

        right += len(found.weights) == 3 and is_same(found.labels, kinds)
        assert found.is_converged
        assert found.chances.sum(axis=1) == pytest.approx(np.ones(300))
    assert right == 4


def test_parts_are_those_that_made_the_rows() -> None:
    rows, _kinds = crowd(9)

    found = mixture(rows, 3, seed=9)

    spread, centre = rows.values.std(axis=0), rows.values.mean(axis=0)
    assert found.weights == pytest.approx([150 / 300, 100 / 300, 50 / 300], abs=0.01)
    assert found.means * spread + centre == pytest.approx(MEANS, abs=0.25)
    assert (np.diagonal(found.covariances, axis1=1, axis2=2) * spread**2).mean() == pytest.approx(
        0.36, abs=0.04
    )


def test_a_mixture_likelier_than_its_parts_alone_and_the_same_again() -> None:
    rows, _kinds = crowd(10, spread=3.0)

    found = [mixture(rows, parts, seed=11).likelihood for parts in (1, 2, 3)]

    assert found[0] < found[1] < found[2]
    assert mixture(rows, 3, seed=11).likelihood == pytest.approx(found[2], abs=0)


def test_correlated_features_need_full_covariances() -> None:
    random = np.random.default_rng(12)
    first = random.standard_normal(600)
    rows = features({"x": first, "y": first + 0.2 * random.standard_normal(600)})

    found = mixed(rows, 3, seed=13)

    assert len(found.weights) == 1
    assert not found.is_diagonal


def test_rows_that_are_alike_do_not_make_a_likelihood_without_bound() -> None:
    rows = features(
        {"x": np.array([0.0] * 40 + list(range(1, 41))), "y": np.array([1.0] * 40 + list(range(40)))}
    )

    found = mixture(rows, 2, seed=14)

    assert np.isfinite(found.likelihood)
    assert np.linalg.eigvalsh(found.covariances).min() >= 0.001 * (1 - 1e-9)


def test_too_few_rows_are_no_mixture() -> None:
    rows = features({"x": np.array([1.0, 2, 3]), "y": np.array([2.0, 1, 5])})

    with pytest.raises(NoMixture, match="too few"):
        mixture(rows, 1, seed=1)
    with pytest.raises(NoMixture, match="too few"):
        mixed(rows, 3, seed=1)
