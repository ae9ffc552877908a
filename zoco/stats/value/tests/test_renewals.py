"""What is told of contracts: against closed forms, against what was kept back, and how often bounds hold."""

import numpy as np
import pytest
import scipy

from zoco.stats.value.contracts import Sbg, contracts_of
from zoco.stats.value.fitting import fit
from zoco.stats.value.renewals import held_out, known_of, lifetime, staying
from zoco.stats.value.tests.test_contracts import HIGH_END, REGULAR


def test_a_life_is_that_of_the_closed_form() -> None:
    fitted = fit(Sbg, contracts_of(1_000 * HIGH_END))
    alpha, beta = fitted.values

    new, low, high = lifetime(fitted, None, 0.1)
    left, *_bounds = lifetime(fitted, 12, 0.1)

    # Fader and Hardie 2010: a hypergeometric function of Gauss, for a new customer and after 12 renewals.
    assert new == pytest.approx(scipy.special.hyp2f1(1, beta, alpha + beta, 1 / 1.1), rel=1e-9)
    renewing = (beta + 12) / (alpha + beta + 12)
    assert left == pytest.approx(
        renewing * scipy.special.hyp2f1(1, beta + 13, alpha + beta + 13, 1 / 1.1), rel=1e-9
    )
    assert low < new < high


def test_the_published_later_years_are_told_by_the_first_seven() -> None:
    for shares in (HIGH_END, REGULAR):
        found = held_out([1_000 * shares], 7)

        assert found.actual.tolist() == (1_000 * shares[8:]).tolist()
        assert found.error < 0.05
        assert ((found.least < found.expected) & (found.expected < found.most)).all()


def test_bounds_of_what_will_be_seen_hold_as_often_as_they_say() -> None:
    held, curves = [], []
    for seed in range(30):
        random = np.random.default_rng(seed)
        ends = random.geometric(np.maximum(random.beta(0.8, 2.5, 3_000), 1e-12))
        counts = np.array([(ends > renewal).sum() for renewal in range(13)], dtype=float)
        found = held_out([counts], 7)
        held.append((found.least <= found.actual) & (found.actual <= found.most))
        told, truth = staying(found.fitted, 12), Sbg(0.8, 2.5).kept(np.arange(13.0))
        curves.append((told.low[1:] <= truth[1:]) & (truth[1:] <= told.high[1:]))

    coverage = [float(np.mean(each)) for each in (held, curves)]
    assert all(0.82 <= each <= 0.98 for each in coverage), coverage


def test_of_cohorts_those_are_told_that_go_on() -> None:
    long, short = 1_000 * REGULAR[:8], 500 * REGULAR[:5]

    found = held_out([long, short], 3)

    assert found.actual == pytest.approx([*(long[4:5] + short[4:5]), *long[5:]])
    assert found.expected[0] == pytest.approx(
        (long[3] + short[3]) * found.fitted.model.kept(np.array([4.0]))[0]
        / found.fitted.model.kept(np.array([3.0]))[0]
    )  # fmt: skip


def test_few_renewals_keep_nothing_back() -> None:
    assert [known_of(each) for each in (2, 3, 4, 7, 12)] == [None, None, 2, 4, 7]
