"""Figures of a bandit: units by the day that they came, weighed by the shares of that day.

Plain means are wrong where shares follow the figures, so of shares of units there are honest ones
(`zoco.stats.trials.bandits`), and of all else none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoco.kit.periods import micros
from zoco.stats.trials import bandits, guards
from zoco.stats.trials.bandits import Batch
from zoco.stats.trials.comparing import Figure
from zoco.stats.trials.guards import Check
from zoco.stats.trials.moments import Estimate, TooFew
from zoco.stats.trials.verdicts import Compare
from zoco.trials.analysis.estimates import Estimated, Sample
from zoco.trials.analysis.units import DAY, Deeds, Ints
from zoco.trials.designs import Metric
from zoco.trials.shares import SharesSet

Kept = dict[str, Any]


def places(schedule: Sequence[SharesSet], at: Ints) -> Ints:
    """Return in which batch each moment lies."""
    since = np.array([each.since for each in schedule], dtype=np.int64)
    found: Ints = np.maximum(np.searchsorted(since, at, side="right") - 1, 0)
    return found


def batches_of(schedule: Sequence[SharesSet], sample: Sample, deeds: Deeds) -> list[Batch]:
    """Return how many units of each arm came in each batch, and to how many it happened."""
    happened = sample.spread(deeds.unit, deeds.above) > 0
    counts = _counted(schedule, sample, np.ones(len(sample.unit), dtype=bool))
    hits = _counted(schedule, sample, happened)
    return [
        Batch(dict(each.shares), _by_arm(sample, n), _by_arm(sample, done))
        for each, n, done in zip(schedule, counts, hits, strict=True)
    ]


def _counted(schedule: Sequence[SharesSet], sample: Sample, which: NDArray[np.bool_]) -> Ints:
    found = np.zeros((len(schedule), len(sample.arms)), dtype=np.int64)
    np.add.at(found, (places(schedule, sample.at[which]), sample.arm[which]), 1)
    return found


def _by_arm(sample: Sample, row: Ints) -> dict[str, int]:
    return {key: int(row[number]) for number, key in enumerate(sample.arms)}


def over(
    schedule: Sequence[SharesSet], batches: Sequence[Batch], metric: Metric, until: int, end: int
) -> int:
    """Return how many batches are over with the days of all of their units; `end` is the last one's."""
    ends = [each.since for each in schedule[1:]] + [end]
    return sum(each + metric.window_days * DAY <= until for each in ends[: len(batches)])


def honest(arms: Sequence[str], batches: Sequence[Batch], left_out: int) -> Estimated:
    """Return honest estimates of the arms."""
    seen = [each for each in batches if sum(each.n.values())]
    try:
        return Estimated(bandits.honest(arms, seen), left_out)
    except TooFew:
        return Estimated({}, left_out, lacking=dict.fromkeys(arms, "too_few"))


def compare_by(batches: Sequence[Batch], arms: Mapping[str, Estimate]) -> Compare:
    """Return how two honest estimates are compared: unit by unit, by the batches that they are of."""
    named = {id(each): key for key, each in arms.items()}
    seen = [each for each in batches if sum(each.n.values())]

    def compare(control: Estimate, other: Estimate) -> Figure:
        return bandits.compared(named[id(control)], named[id(other)], seen)

    return compare


def kept_of(schedule: Sequence[SharesSet], batches: Sequence[Batch]) -> list[Kept]:
    """Return batches as a result keeps them."""
    return [
        {"since": each.since, "shares": dict(batch.shares), "n": dict(batch.n), "done": dict(batch.successes)}
        for each, batch in zip(schedule, batches, strict=False)
    ]


def read(kept: Sequence[Kept]) -> list[Batch]:
    """Return batches of a result."""
    return [Batch(each["shares"], each["n"], each["done"]) for each in kept]


def checks(
    schedule: Sequence[SharesSet],
    sample: Sample,
    dealt_at: Ints,
    dealt_arm: Ints,
    *,
    planned: int,
    limit: float,
) -> list[Check]:
    """Return the guards of a bandit: each batch for itself, the least p-value times how many are planned.

    Over batches together neither guard holds: on days with other visitors other shares were dealt.
    """
    shown = _counted(schedule, sample, np.ones(len(sample.unit), dtype=bool))
    dealt = np.zeros_like(shown)
    np.add.at(dealt, (places(schedule, dealt_at), dealt_arm), 1)
    ratio = min(
        guards.sample_ratio_live(_by_arm(sample, row), dict(each.shares)).value
        for each, row in zip(schedule, shown, strict=True)
    )
    exposed = min(
        guards.exposure(_by_arm(sample, all_), _by_arm(sample, row)).value
        for all_, row in zip(np.maximum(dealt, shown), shown, strict=True)
    )
    found = []
    for guard, p, least in (
        (guards.Guard.SAMPLE_RATIO, ratio, guards.LIMIT),
        (guards.Guard.EXPOSURE, exposed, limit),
    ):
        together = min(p * max(planned, len(schedule)), 1.0)
        found.append(Check(guard, together, least, together >= least))
    return found


def planned_days(start: datetime, end: datetime) -> int:
    """Return how many batches a bandit has at most."""
    return int((micros(end) - micros(start)) // DAY) + 2
