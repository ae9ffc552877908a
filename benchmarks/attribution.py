"""A million paths credited, and how often intervals cover the truth.

Removal effects of order 1 against the same worked out with Python's dicts alone, over the same paths in the
same run; seconds are those of the processor. Then every model, without and with intervals; then the share of
90 % intervals that cover the removal effects of known chains.
Run: `.venv/bin/python -m benchmarks.attribution [paths] [chains]`
"""

import sys
import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import numpy as np

from zoco.stats.attribution import Credit, Markov, Measure, Paths, attribute
from zoco.stats.attribution.credits import REPLICATES, Enough
from zoco.stats.tests.attribution.walks import chain_drawn, models, paths_drawn

CHANNELS = 10
Worths = TypeVar("Worths")
DRAWS = 3
MODELS = models(direct="channel 0")


def seconds(work: Callable[[], Worths]) -> tuple[float, Worths]:
    """Return how long the processor worked, and what came out."""
    started = time.process_time()
    found = work()
    return time.process_time() - started, found


def company(paths: int) -> Paths:
    """Draw paths of ten channels, of which one in about thirty converts for a price of its own."""
    rng = np.random.default_rng(1)
    lengths = np.minimum(rng.geometric(0.4, paths), 20)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    is_converted = rng.random(paths) < 0.03
    ended_at = np.full(paths, 90 * 86_400 * 10**6)
    ages = rng.integers(0, 30 * 86_400 * 10**6, offsets[-1])
    order = np.lexsort([-ages, np.repeat(np.arange(paths), lengths)])
    return Paths(
        labels=tuple(f"channel {each}" for each in range(CHANNELS)),
        offsets=offsets,
        channels=rng.choice(CHANNELS, offsets[-1], p=rng.dirichlet(np.full(CHANNELS, 2.0))),
        at=np.repeat(ended_at, lengths) - ages[order],
        ended_at=ended_at,
        is_converted=is_converted,
        values=np.where(is_converted, rng.integers(10_000, 5_000_000, paths), 0),
        counts=np.ones(paths, dtype=np.int64),
    )


def plain(walks: list[list[int]], converted: list[bool], weights: list[int]) -> list[float]:
    """Return removal effects by dicts: steps counted one by one, chances passed on until they stand still."""
    steps: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    start, won, lost = -1, -2, -3
    for walk, is_won, weight in zip(walks, converted, weights, strict=True):
        before = start
        for channel in walk:
            steps[before][channel] += weight
            before = channel
        steps[before][won if is_won else lost] += weight
    chances = {a: {b: times / sum(ways.values()) for b, times in ways.items()} for a, ways in steps.items()}

    def chance(without: int | None) -> float:
        reach = dict.fromkeys([*chances, lost], 0.0) | {won: 1.0}
        for _round in range(200):
            for state, ways in chances.items():
                if state != without:
                    reach[state] = sum(share * reach[after] for after, share in ways.items())
        return reach[start]

    whole = chance(None)
    return [1 - chance(channel) / whole for channel in range(CHANNELS)]


def worths(paths: Paths, replicates: int) -> list[float]:
    """Return our removal effects."""
    found = attribute(paths, Markov(), enough=Enough(0, 0), replicates=replicates)
    return [line.credit.worth for line in found.lines if isinstance(line.credit, Credit)]


def drawn_plain(walks: list[list[int]], converted: list[bool], draws: int) -> None:
    """Draw everybody again so often, and count all steps anew each time."""
    rng = np.random.default_rng(3)
    for _draw in range(draws):
        plain(walks, converted, rng.poisson(1.0, len(walks)).tolist())


def covered(chains: int, people: int) -> tuple[float, float, float]:
    """Return which share of intervals of effects cover the truth, and which of the worst and best channel."""
    hits = np.zeros((chains, 6), dtype=bool)
    for at in range(chains):
        rng = np.random.default_rng([at, 2])
        chain = chain_drawn(rng, 6)
        found = attribute(paths_drawn(rng, chain, people), Markov(), enough=Enough(0, 0))
        for channel, (line, truth) in enumerate(zip(found.lines, chain.effects(), strict=True)):
            assert isinstance(line.credit, Credit)
            assert line.credit.of_worth is not None
            hits[at, channel] = line.credit.of_worth.low <= truth <= line.credit.of_worth.high
    by_channel = hits.mean(axis=0)
    return float(hits.mean()), float(by_channel.min()), float(by_channel.max())


def main(paths: int, chains: int) -> None:
    """Print the figures."""
    drawn = company(paths)
    converted = drawn.is_converted.tolist()
    print(f"{paths:,} paths of {len(drawn.channels):,} touches, {sum(converted):,} conversions")
    walks = [each.tolist() for each in np.split(drawn.channels, drawn.offsets[1:-1])]
    by_dicts, expected = seconds(partial(plain, walks, converted, [1] * paths))
    ours, found = seconds(partial(worths, drawn, 0))
    print(f"order 1: {ours:.2f} s, by dicts {by_dicts:.2f} s: {by_dicts / ours:.1f} times")
    print(f"largest difference of a removal effect: {np.abs(np.subtract(found, expected)).max():.1e}")
    by_dicts = seconds(partial(drawn_plain, walks, converted, DRAWS))[0] / DRAWS * REPLICATES
    ours, _found = seconds(partial(worths, drawn, REPLICATES))
    print(f"{REPLICATES} draws: {ours:.2f} s, by dicts {by_dicts:.0f} s as {DRAWS} of them took", end=": ")
    print(f"{by_dicts / ours:.0f} times")
    for model in MODELS:
        for measure in Measure:
            without, _ = seconds(partial(attribute, drawn, model, measure=measure, replicates=0))
            with_intervals, _ = seconds(partial(attribute, drawn, model, measure=measure))
            print(f"{model}  {measure}: {without:.2f} s, with intervals {with_intervals:.2f} s")
    for people in (600, 2_000, 10_000):
        whole, worst, best = covered(chains, people)
        print(
            f"{chains} chains of {people:,} people: {whole:.1%} covered, by channel {worst:.1%} to {best:.1%}"
        )


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:]]
    main(*(given + [1_000_000, 500][len(given) :]))
