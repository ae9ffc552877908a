"""Intervals: they cover what is true as often as they say, are the same again, and are of people."""

from dataclasses import replace

import numpy as np
import pytest

from zoco.stats.attribution import Credit, First, Linear, Markov, Measure, Model, Paths, Shapley, attribute
from zoco.stats.attribution.credits import Enough
from zoco.stats.attribution.distinct import distinct
from zoco.stats.attribution.paths import paths_taken
from zoco.stats.attribution.resampling import ONE, worths_drawn
from zoco.stats.tests.attribution.walks import Chain, chain_drawn, models, paths_drawn, paths_of

CHAINS, CHANNELS, PEOPLE, REPLICATES = 500, 6, 1_500, 300


def credits(paths: Paths, model: Markov | First | Linear | Shapley, seed: int = 1) -> list[Credit]:
    found = attribute(paths, model, enough=Enough(0, 0), replicates=REPLICATES, seed=seed)
    return [line.credit for line in found.lines if isinstance(line.credit, Credit)]


def chains() -> list[tuple[Chain, Paths]]:
    found = []
    for seed in range(CHAINS):
        rng = np.random.default_rng([seed, 1])
        chain = chain_drawn(rng, CHANNELS)
        found.append((chain, paths_drawn(rng, chain, PEOPLE)))
    return found


def test_intervals_of_removal_effects_cover_the_truth_as_often_as_they_say() -> None:
    of_effects, of_shares = np.zeros((2, CHAINS, CHANNELS), dtype=bool)

    for at, (chain, paths) in enumerate(chains()):
        truth = chain.effects()
        for channel, credit in enumerate(credits(paths, Markov())):
            assert credit.of_worth is not None
            assert credit.of_share is not None
            of_effects[at, channel] = credit.of_worth.low <= truth[channel] <= credit.of_worth.high
            share = truth[channel] / sum(truth)
            of_shares[at, channel] = credit.of_share.low <= share <= credit.of_share.high

    # 90 % are meant. Of a channel's 500 the standard deviation is 1.3 points.
    for covered in (of_effects, of_shares):
        assert 0.87 <= covered.mean() <= 0.92
        assert covered.mean(axis=0).min() >= 0.85
        assert covered.mean(axis=0).max() <= 0.95


def test_intervals_of_units_cover_what_was_to_be_expected() -> None:
    covered = []
    for chain, paths in chains()[:200]:
        later = np.linalg.solve(np.eye(CHANNELS) - chain.steps, chain.converts)
        expected = PEOPLE * chain.start * later * 10_000
        for credit, units in zip(credits(paths, First()), expected, strict=True):
            assert credit.of_units is not None
            covered.append(credit.of_units.low <= units <= credit.of_units.high)

    assert 0.87 <= np.mean(covered) <= 0.93


@pytest.mark.parametrize("model", models(direct="A"), ids=str)
@pytest.mark.parametrize("measure", list(Measure))
def test_the_order_of_rows_moves_no_interval(model: Model, measure: Measure) -> None:
    rng = np.random.default_rng(4)
    paths = paths_drawn(rng, chain_drawn(np.random.default_rng(5), 4), 400)
    rows = len(paths.counts)
    values = np.where(paths.is_converted, rng.integers(1, 6, rows) * 10_000, 0)
    ended_at = paths.ended_at + rng.integers(0, 10**9, rows)
    paths = replace(paths, people=rng.integers(0, rows // 2, rows), ended_at=ended_at, values=values)

    found, again = (
        attribute(each, model, measure=measure, enough=Enough(0, 0), replicates=50)
        for each in (paths, paths_taken(paths, rng.permutation(rows)))
    )

    assert again.lines == found.lines


def test_the_same_seed_gives_the_same_interval_and_another_one_nearly() -> None:
    paths = paths_drawn(np.random.default_rng(2), chain_drawn(np.random.default_rng(3), 4), 2_000)

    once, again, other = (credits(paths, Markov(), seed) for seed in (1, 1, 2))

    assert once == again
    assert once != other
    for one, two in zip(once, other, strict=True):
        assert one.of_share is not None
        assert two.of_share is not None
        assert one.of_share.low == pytest.approx(two.of_share.low, rel=0.1)


def test_equal_paths_are_drawn_as_if_each_stood_by_itself() -> None:
    together = paths_of([("A", 1), ("AB", 1), ("B", -1)], counts=[300, 200, 900])
    apart = paths_of([("A", 1)] * 300 + [("AB", 1)] * 200 + [("B", -1)] * 900)

    # Groups are the same, and so are all draws.
    assert credits(together, Linear()) == credits(apart, Linear())


def test_all_paths_of_somebody_are_drawn_together() -> None:
    rows = [("A", 1)] * 400
    parts = {}
    for name, people in (("alone", range(400)), ("four each", [each // 4 for each in range(400)])):
        seen = distinct(paths_of(rows, people=list(people)))
        gains = seen.paths.gains(Measure.CONVERSIONS)
        parts[name] = worths_drawn(seen, Linear().parts(seen.paths, gains), gains, 4_000, 5)[1] / 10_000

    # Variances of Poisson sums: 400 people of 1, and 100 people of 4 each, 100 × 16.
    assert parts["alone"].mean() == pytest.approx(400, rel=0.01)
    assert parts["four each"].mean() == pytest.approx(400, rel=0.01)
    assert parts["alone"].var() == pytest.approx(400, rel=0.1)
    assert parts["four each"].var() == pytest.approx(1_600, rel=0.1)


def test_numbers_for_one_are_poisson() -> None:
    shares = np.bincount(ONE.astype(int)) / len(ONE)

    assert ONE.mean() == pytest.approx(1, abs=1e-4)
    assert ONE.var() == pytest.approx(1, abs=1e-3)
    assert shares[:5] == pytest.approx(np.exp(-1) / np.array([1, 1, 2, 6, 24]), abs=2e-5)


def test_there_are_no_intervals_where_none_were_asked_for_or_nothing_converted() -> None:
    asked_for_none = attribute(paths_of([("A", 1)], counts=[200]), Linear(), replicates=0)
    nothing = attribute(paths_of([("A", -1)], counts=[200]), Linear(), enough=Enough(0, 0))

    for found in (asked_for_none, nothing):
        credit = found.lines[0].credit
        assert isinstance(credit, Credit)
        assert (credit.of_units, credit.of_share, credit.of_worth) == (None, None, None)


def test_a_whole_answer_of_many_draws_comes_in_pieces() -> None:
    # More groups than fit into a piece with all draws: each piece goes on where the last one stopped.
    rng = np.random.default_rng(4)
    paths = paths_drawn(rng, chain_drawn(rng, 6), 60_000)

    credit = credits(paths, Shapley())[0]

    assert credit.of_units is not None
    assert credit.of_units.low < credit.units < credit.of_units.high
