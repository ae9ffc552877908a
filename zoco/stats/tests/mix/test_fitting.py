"""Fits of companies whose truth is known: the same bits, what adds up, what is found and what is refused."""

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from zoco.stats.mix import (
    Calibrated,
    ChainsDisagree,
    Contradicted,
    Fit,
    Knowledge,
    OutOfRange,
    advised,
    calibrated,
    contributions,
    curves,
    fit,
    knowledge,
    learnt,
    returns,
    waterfall,
)
from zoco.stats.mix.calibrating import compared
from zoco.stats.tests.mix.worlds import World, best_split, world

ROOT = Path(__file__).parents[4]
HASH = (
    "from zoco.stats.tests.mix.test_fitting import bits; from zoco.stats.mix.fitting import fit; "
    "from zoco.stats.tests.mix.worlds import world; "
    "print(bits(fit(world(5, periods=110, channels=2).series, chains=8, sweeps=1_500)))"
)


def bits(found: Fit) -> str:
    """Return a hash of all draws."""
    parts = (found.shapes, found.effects, found.noise, found.coefficients)
    return hashlib.sha256(b"".join(np.ascontiguousarray(each).tobytes() for each in parts)).hexdigest()


@pytest.fixture(scope="module")
def company() -> World:
    return world(5, periods=130, channels=3)


@pytest.fixture(scope="module")
def found(company: World) -> Fit:
    return fit(company.series)


def test_the_same_seed_gives_the_same_bits_whatever_threads_a_library_has() -> None:
    hashes = [
        subprocess.run(
            [sys.executable, "-c", HASH],
            env={**os.environ, "OPENBLAS_NUM_THREADS": threads, "PYTHONPATH": str(ROOT)},
            check=True,
            capture_output=True,
            text=True,
            timeout=300,
        ).stdout
        for threads in ("1", "2")
    ]

    assert hashes[0] == hashes[1]
    assert len(hashes[0].strip()) == 64


def test_true_contributions_are_inside_their_intervals(company: World, found: Fit) -> None:
    true = company.contributions.sum(axis=0)

    for each, amount in zip(returns(found), true, strict=True):
        assert each.contribution.low <= amount <= each.contribution.high
        assert each.roas.mean == pytest.approx(each.contribution.mean / each.spend, rel=1e-12)
        assert 0 < each.marginal.mean < each.roas.mean


def test_weak_demand_hides_what_money_does_that_is_spent_against_it() -> None:
    hidden = world(1, channels=3, noise=0.015, demand=0.12, is_against=True)

    found = contributions(fit(hidden.series, seed=1))

    assert found.channels[:, 0].sum() < 0.5 * hidden.contributions[:, 0].sum()


def test_contributions_and_baseline_add_up_to_the_fitted_and_the_waterfall_to_all(found: Fit) -> None:
    parts, steps = contributions(found), waterfall(found)

    assert parts.baseline + parts.channels.sum(axis=1) == pytest.approx(parts.fitted, rel=1e-12)
    assert parts.fitted == pytest.approx(found.fitted, rel=1e-12)
    assert [each.name for each in steps] == [
        "baseline",
        "season",
        "controls",
        "search",
        "social",
        "video",
        "unexplained",
        "total",
    ]
    assert steps[-2].end == pytest.approx(steps[-1].end, rel=1e-12)
    assert all(after.start == before.end for before, after in pairwise(steps[:-1]))


def test_curves_go_over_what_was_ever_spent_and_rise(company: World, found: Fit) -> None:
    for at, each in enumerate(curves(found)):
        column = company.series.spend[:, at]
        assert (each.spend[0], each.spend[-1]) == (float(column.min()), float(column.max()))
        assert (np.diff(each.mean) > 0).all()
        assert ((each.low <= each.mean) & (each.mean <= each.high)).all()


def test_the_advised_budget_is_within_bounds_and_nearly_the_best_there_is(company: World, found: Fit) -> None:
    advice = advised(found)

    split = np.array([each.advised for each in advice.shares])
    assert float(split.sum()) == pytest.approx(advice.budget, rel=1e-9)
    assert all(each.least <= each.advised <= each.most for each in advice.shares)
    best = best_split(company, advice.budget)
    now = company.response(company.series.spend.mean(axis=0))
    # Most of what is to be gained is gained, and nobody gains more than there is.
    assert now + 0.8 * (best - now) <= company.response(split) <= best * (1 + 1e-6)
    assert advice.gain is not None
    assert advice.gain.mean >= 0
    assert advice.regret >= 0


def test_budgets_outside_of_what_was_ever_spent_are_refused(company: World, found: Fit) -> None:
    most = company.series.spend.max(axis=0)

    assert advised(found, float(most.sum())).shares[0].advised == pytest.approx(most[0], rel=1e-9)
    assert advised(found, float(most.sum())).gain is None
    with pytest.raises(OutOfRange, match="outside of what was ever spent"):
        advised(found, float(most.sum()) * 1.01)
    with pytest.raises(OutOfRange, match="present split"):
        advised(found, present=most * 2)


def test_what_is_held_stays_as_it_is_and_the_rest_is_split_best(company: World, found: Fit) -> None:
    now = company.series.spend.mean(axis=0)

    free, some = advised(found, present=now), advised(found, present=now, held={"search"})

    assert abs(free.shares[0].advised - now[0]) > 1
    assert some.shares[0].advised == pytest.approx(now[0])
    assert sum(each.advised for each in some.shares) == pytest.approx(now.sum())
    assert some.shares[0].most == company.series.spend[:, 0].max()
    assert some.response.mean <= free.response.mean


def test_a_lift_test_contradicts_a_model_that_leaves_out_what_drives_both() -> None:
    company = world(5, periods=130, channels=3, noise=0.02, demand=0.12)
    experiment = company.lift(0, 60, 68, -1.0, 1.0)
    experiment = replace(experiment, error=abs(experiment.effect) * 0.1)

    answer = calibrated(company.series, [experiment])

    assert isinstance(answer, Contradicted)
    assert answer.without.r_squared > 0.9
    true = company.contributions[:, 0].sum() / company.series.spend[:, 0].sum()
    assert returns(answer.without)[0].roas.low > 2 * true
    assert answer.contradictions == answer.comparisons
    # The test took money away and lost less than the model says.
    assert answer.comparisons[0].errors > 3
    assert answer.comparisons[0].chance < 0.001


def test_a_lift_test_that_agrees_makes_the_model_surer(company: World, found: Fit) -> None:
    experiment = company.lift(0, 60, 68, -1.0, 1.0)
    experiment = replace(experiment, error=abs(experiment.effect) * 0.03)

    answer = calibrated(company.series, [experiment])

    assert isinstance(answer, Calibrated)
    assert answer.comparisons == compared(found, [experiment])
    before, after = returns(found)[0].roas, returns(answer.fit)[0].roas
    assert after.high - after.low < before.high - before.low


def test_each_channel_that_the_data_tell_is_identified(found: Fit) -> None:
    assert knowledge(found)["search"] is Knowledge.IDENTIFIED
    names = {(each.channel, each.parameter) for each in learnt(found)}
    assert {("search", "retention"), ("search", "half"), ("search", "slope"), ("", "noise")} <= names


def test_a_channel_that_the_data_do_not_tell_is_not_identifiable(company: World) -> None:
    random = np.random.default_rng(2)
    # So much noise that nothing of shapes can be seen in it.
    outcome = company.series.outcome * np.exp(1.2 * random.standard_normal(130))
    noisy = replace(company.series, outcome=outcome)

    said = {(each.channel, each.parameter): each for each in learnt(fit(noisy))}

    assert said["video", "slope"].knowledge is Knowledge.NOT_IDENTIFIABLE
    assert said["video", "retention"].overlap > 0.8


def test_chains_that_were_too_short_give_no_figure(company: World) -> None:
    with pytest.raises(ChainsDisagree, match="Chains do not agree about"):
        fit(company.series, warming=12, sweeps=4, chains=4)
