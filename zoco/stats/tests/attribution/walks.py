"""Paths for tests, written as words, and drawn from chains that are known."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zoco.stats.attribution import (
    First,
    Last,
    LastNonDirect,
    Linear,
    Markov,
    Model,
    Position,
    Shapley,
    TimeDecay,
)
from zoco.stats.attribution.paths import UNIT, Paths
from zoco.stats.attribution.rules import WEEK_SECONDS
from zoco.stats.attribution.shapley import ShapleyRates

DAY = 86_400 * 10**6


def models(*, direct: str, half_life_seconds: float = WEEK_SECONDS) -> list[Model]:
    """Return one of each, for paths of which this channel is the direct one; Markov's by one and by two."""
    ruled: list[Model] = [First(), Last(), LastNonDirect(direct), Linear(), Position()]
    return [*ruled, TimeDecay(half_life_seconds), Markov(), Markov(2), Shapley(), ShapleyRates()]


def paths_of(
    rows: Sequence[tuple[str, int]],
    *,
    counts: Sequence[int] | None = None,
    people: Sequence[int] | None = None,
    labels: Sequence[str] | None = None,
    days_before: Sequence[Sequence[int]] | None = None,
) -> Paths:
    """Return paths of rows like ("AAB", 5): channels are letters; of money, -1 stands for no conversion.

    Touches are a day apart, the last one at the end, if it is not said how many days before.
    """
    names = sorted({each for walk, _value in rows for each in walk}) if labels is None else list(labels)
    lengths = [len(walk) for walk, _value in rows]
    ages = [list(range(length))[::-1] for length in lengths] if days_before is None else days_before
    end = 1_000 * DAY
    return Paths(
        labels=tuple(names),
        offsets=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        channels=np.array([names.index(each) for walk, _value in rows for each in walk], dtype=np.int64),
        at=np.array([end - age * DAY for each in ages for age in each], dtype=np.int64),
        ended_at=np.full(len(rows), end, dtype=np.int64),
        is_converted=np.array([value >= 0 for _walk, value in rows], dtype=bool),
        values=np.array([max(value, 0) * UNIT for _walk, value in rows], dtype=np.int64),
        counts=np.ones(len(rows), dtype=np.int64) if counts is None else np.array(counts, dtype=np.int64),
        people=None if people is None else np.array(people, dtype=np.int64),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """`start` and `steps` are chances of channels; `converts` and what is left to 1 end a path."""

    start: NDArray[np.float64]
    steps: NDArray[np.float64]
    converts: NDArray[np.float64]

    def chance(self, without: int | None = None) -> float:
        """Return the chance of a conversion where nobody gets past one channel: I - Q solved, in plain."""
        kept = [each for each in range(len(self.start)) if each != without]
        inner = self.steps[np.ix_(kept, kept)]
        return float(self.start[kept] @ np.linalg.solve(np.eye(len(kept)) - inner, self.converts[kept]))

    def effects(self) -> list[float]:
        """Return the removal effect of each channel."""
        return [1 - self.chance(each) / self.chance() for each in range(len(self.start))]


def chain_drawn(rng: np.random.Generator, size: int) -> Chain:
    """Draw a chain of channels of which some lead on and some convert."""
    rows = rng.dirichlet(np.ones(size + 2), size)
    ends = 0.35 + 0.3 * rng.random(size)
    converts = ends * rng.uniform(0.1, 0.5, size)
    steps = rows[:, :size] / rows[:, :size].sum(axis=1, keepdims=True) * (1 - ends)[:, None]
    return Chain(rng.dirichlet(np.ones(size) * 2), steps, converts)


def paths_drawn(rng: np.random.Generator, chain: Chain, people: int) -> Paths:
    """Let people walk a chain, all at once, step by step."""
    size = len(chain.start)
    ahead = np.cumsum(np.column_stack([chain.steps, chain.converts]), axis=1)
    state = np.searchsorted(np.cumsum(chain.start)[:-1], rng.random(people), side="right")
    walking, converted = np.arange(people), np.zeros(people, dtype=bool)
    owners, channels = [walking], [state]
    while len(walking):
        state = (rng.random(len(state))[:, None] > ahead[state]).sum(axis=1)
        converted[walking[state == size]] = True
        walking, state = walking[state < size], state[state < size]
        owners.append(walking)
        channels.append(state)
    order = np.argsort(np.concatenate(owners), kind="stable")
    lengths = np.bincount(np.concatenate(owners), minlength=people)
    touches = np.concatenate(channels)[order]
    return Paths(
        labels=tuple(f"channel {each}" for each in range(size)),
        offsets=np.concatenate([[0], np.cumsum(lengths)]),
        channels=touches,
        at=np.zeros(len(touches), dtype=np.int64),
        ended_at=np.zeros(people, dtype=np.int64),
        is_converted=converted,
        values=np.where(converted, UNIT, 0),
        counts=np.ones(people, dtype=np.int64),
    )
