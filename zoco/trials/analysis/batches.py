"""Figures of a bandit: units by the day that they came, weighed by the shares of that day.

Plain means are wrong where shares follow the figures, so of shares of units and of means there are honest
ones (`zoco.stats.trials.bandits`), and of all else none.
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
from zoco.trials.analysis.units import DAY, Deeds, Floats, Ints
from zoco.trials.designs import SHARES, Metric
from zoco.trials.shares import SharesSet

Kept = dict[str, Any]
CAP_UNITS = 1_000
"""Revenue is drawn in by the first batches that together have so many units."""


def batches_of(
    schedule: Sequence[SharesSet], sample: Sample, metric: Metric, deeds: Deeds, may: NDArray[np.bool_]
) -> tuple[list[Batch], float | None, int]:
    """Return how many units of each arm came in each batch and what they did, where revenue is drawn in, and
    of how many units it is.

    Only units that `may` count do.
    """
    values = np.where(may, sample.spread(deeds.unit, deeds.above), 0.0)
    cap, capped = None, 0
    if metric.kind in SHARES:
        values = (values > 0).astype(float)
    elif metric.kind == "revenue":
        cap = _cap(schedule, sample, values, may, metric.share)
        capped = 0 if cap is None else int((values > cap).sum())
        values = values if cap is None else np.minimum(values, cap)
    sums = [_summed(schedule, sample, may, each) for each in (may, values, values**2, values != 0)]
    found = []
    for each, n, totals, squares, events in zip(schedule, *sums, strict=True):
        is_share = metric.kind in SHARES
        found.append(
            Batch(
                dict(each.shares),
                _counts(sample, n),
                _counts(sample, totals) if is_share else _by_arm(sample, totals),
                None if is_share else _by_arm(sample, squares),
                None if is_share else _counts(sample, events),
            )
        )
    return found, cap, capped


def _cap(
    schedule: Sequence[SharesSet], sample: Sample, values: Floats, may: NDArray[np.bool_], share: float
) -> float | None:
    """Return the quantile at which revenue is drawn in: of the first batches that hold enough units.

    Those alone, so that it does not move with what is dealt later; None where there are no units.
    """
    per_batch = np.bincount(sample.places(schedule)[may], minlength=len(schedule)).cumsum()
    last = min(int(np.searchsorted(per_batch, CAP_UNITS)), len(schedule) - 1)
    first = may & (sample.places(schedule) <= last)
    return float(np.quantile(values[first], share, method="inverted_cdf")) if first.any() else None


def _summed(
    schedule: Sequence[SharesSet], sample: Sample, which: NDArray[np.bool_], values: NDArray[Any]
) -> Floats:
    found = np.zeros((len(schedule), len(sample.arms)))
    np.add.at(found, (sample.places(schedule)[which], sample.arm[which]), values[which])
    return found


def _by_arm(sample: Sample, row: Floats) -> dict[str, float]:
    return {key: float(row[number]) for number, key in enumerate(sample.arms)}


def _counts(sample: Sample, row: Floats) -> dict[str, int]:
    return {key: round(each) for key, each in _by_arm(sample, row).items()}


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
        {
            "since": each.since, "shares": dict(batch.shares), "n": dict(batch.n),
            "done": dict(batch.totals),
            "squares": None if batch.squares is None else dict(batch.squares),
            "events": None if batch.events is None else dict(batch.events),
        }
        for each, batch in zip(schedule, batches, strict=False)
    ]  # fmt: skip


def read(kept: Sequence[Kept]) -> list[Batch]:
    """Return batches of a result."""
    return [
        Batch(each["shares"], each["n"], each["done"], each.get("squares"), each.get("events"))
        for each in kept
    ]


def checks(
    schedule: Sequence[SharesSet],
    sample: Sample,
    dealt: tuple[Ints, Ints] | None,
    *,
    planned: int,
    limit: float,
) -> list[Check]:
    """Return the guards of a bandit: each batch for itself, the least p-value times how many are planned.

    Over batches together neither guard holds: on days with other visitors other shares were dealt. `dealt`
    are the batches and arms of whoever was dealt one; None where that is not known.
    """
    everybody = np.ones(len(sample.unit), dtype=bool)
    shown = _summed(schedule, sample, everybody, everybody)
    ratio = min(
        guards.sample_ratio_live(_counts(sample, row), dict(each.shares)).value
        for each, row in zip(schedule, shown, strict=True)
    )
    found = [(guards.Guard.SAMPLE_RATIO, ratio, guards.LIMIT)]
    if dealt is not None:
        all_ = np.zeros_like(shown)
        np.add.at(all_, dealt, 1)
        exposed = min(
            guards.exposure(_counts(sample, each), _counts(sample, row)).value
            for each, row in zip(np.maximum(all_, shown), shown, strict=True)
        )
        found.append((guards.Guard.EXPOSURE, exposed, limit))
    together = [(guard, min(p * max(planned, len(schedule)), 1.0), least) for guard, p, least in found]
    return [Check(guard, p, least, p >= least) for guard, p, least in together]


def planned_days(start: datetime, end: datetime) -> int:
    """Return how many batches a bandit has at most."""
    return int((micros(end) - micros(start)) // DAY) + 2
