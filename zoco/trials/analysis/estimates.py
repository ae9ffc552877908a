"""Estimates of a metric by arm, from what each unit did. What there is too little of says so, by its key."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from zoco.stats.trials import adjusting, metrics
from zoco.stats.trials.moments import Estimate, Moments, NoSpread, TooFew
from zoco.stats.trials.quantiles import quantile
from zoco.trials.analysis.strata import weighed
from zoco.trials.analysis.units import DAY, Deeds, Exposed, Floats, Ints
from zoco.trials.designs import SHARES, Metric
from zoco.trials.shares import SharesSet

QUARTER = 900_000_000
"""Of an hour, in microseconds: local days begin with one in every zone."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The units that count: their arm (a place in `arms`), in the order of their numbers, and since when.

    `batch` is in which batch of a bandit each was dealt, where that was kept.
    """

    arms: tuple[str, ...]
    unit: Ints
    arm: Ints
    at: Ints
    batch: Ints | None = None

    @classmethod
    def of(
        cls,
        exposed: Exposed,
        arms: Sequence[str],
        may_count: NDArray[np.bool_],
        batch: Ints | None = None,
    ) -> Sample:
        """Return the exposed units that may count, by the arm that they saw."""
        number = {key: place for place, key in enumerate(arms)}
        arm = np.array([number.get(key, -1) for key in exposed.arms], dtype=np.int64)[exposed.arm]
        kept = may_count & (arm >= 0)
        then = None if batch is None else batch[kept]
        return cls(tuple(arms), exposed.unit[kept], arm[kept], exposed.at[kept], then)

    def places(self, schedule: Sequence[SharesSet]) -> Ints:
        """Return in which batch of a bandit each unit was dealt: as kept, else by when it was exposed."""
        return places(schedule, self.at) if self.batch is None else self.batch

    def full(self, days: int, until: int) -> NDArray[np.bool_]:
        """Return whose days after exposure are all over at `until`, in UTC microseconds."""
        whole: NDArray[np.bool_] = self.at + days * DAY <= until
        return whole

    def spread(self, whose: Ints, values: Floats) -> Floats:
        """Return a value for each unit, 0 where there is none."""
        found = np.zeros(len(self.unit))
        places = np.searchsorted(self.unit, whose)
        places = np.minimum(places, max(len(self.unit) - 1, 0))
        if len(self.unit) and len(whose):
            is_there = self.unit[places] == whose
            found[places[is_there]] = values[is_there]
        return found


@dataclass(frozen=True, slots=True)
class Estimated:
    """Estimates by arm. `kept` is which share of the variance an adjustment left, 1 for none made."""

    arms: Mapping[str, Estimate]
    left_out: int = 0
    kept: float = 1.0
    cap: float | None = None
    capped: int = 0
    lacking: dict[str, str] = field(default_factory=dict)
    """By arm, why it has no estimate."""
    plain: Mapping[str, Estimate] = field(default_factory=dict)
    """Estimates of units as they are, without adjustment."""
    strata: int = 0
    """Of so many strata arms are weighed; 0 for no weighing."""


def estimated(
    metric: Metric,
    sample: Sample,
    deeds: Deeds,
    until: int,
    *,
    is_adjusted: bool,
    strata: Ints | None = None,
) -> Estimated:
    """Return the estimates of a metric of units; a quantile is `estimated_quantile`.

    `strata` are those of the sample's units, where arms are to be weighed by them.
    """
    full = sample.full(metric.window_days, until)
    above, below, before = (
        sample.spread(deeds.unit, each) for each in (deeds.above, deeds.below, deeds.before)
    )
    cap, capped = None, 0
    if metric.kind in SHARES:
        above = (above > 0).astype(float)
    elif metric.kind == "revenue" and (drawn := _drawn(sample, above, full, metric.share)):
        cap, capped = drawn.cap, drawn.moved
        above, before = np.minimum(above, drawn.cap), np.minimum(before, drawn.cap)
    parts = _parts(sample, full, [above, below] if metric.kind == "ratio" else [above], before)
    found, lacking = _each(parts, metric)
    left_out = int((~full).sum())
    plain = Estimated(found, left_out, 1.0, cap, capped, lacking, found)
    if lacking:
        return plain
    made = _adjusted(parts, metric) if is_adjusted and metric.kind != "retention" else None
    if made is not None:
        plain = replace(plain, arms=made.arms, kept=made.kept)
    if strata is None or metric.kind == "ratio":
        return plain
    return _stratified(plain, parts, _apart(sample, full, strata), made.theta[0] if made else 0.0)


def estimated_quantile(metric: Metric, sample: Sample, whose: Ints, values: Floats, until: int) -> Estimated:
    """Return the quantile of the amounts of each arm's units; units may have many."""
    full = sample.full(metric.window_days, until)
    places = np.searchsorted(sample.unit, whose)
    is_there = places < len(sample.unit)
    is_there[is_there] = sample.unit[places[is_there]] == whose[is_there]
    places, values = places[is_there], values[is_there]
    is_full = full[places] if len(places) else np.zeros(0, dtype=bool)
    places, values = places[is_full], values[is_full]
    found: dict[str, Estimate] = {}
    lacking: dict[str, str] = {}
    for number, key in enumerate(sample.arms):
        mine = sample.arm[places] == number
        _put(found, lacking, key, partial(quantile, values[mine], metric.share, places[mine]))
    return Estimated(found, int((~full).sum()), lacking=lacking)


Parts = dict[str, tuple[list[Floats], Floats]]


def _parts(sample: Sample, full: NDArray[np.bool_], columns: list[Floats], before: Floats) -> Parts:
    """Return the columns of each arm's full units, and what they did before."""
    found: Parts = {}
    for number, key in enumerate(sample.arms):
        mine = full & (sample.arm == number)
        found[key] = ([each[mine] for each in columns], before[mine])
    return found


def _drawn(sample: Sample, above: Floats, full: NDArray[np.bool_], share: float) -> metrics.DrawnIn | None:
    """Return how far revenue is drawn in, over all arms together; None where an arm has hardly anybody."""
    arms = {key: above[full & (sample.arm == number)] for number, key in enumerate(sample.arms)}
    try:
        return metrics.drawn_in(arms, share)
    except TooFew:
        return None


def _each(parts: Parts, metric: Metric) -> tuple[dict[str, Estimate], dict[str, str]]:
    found: dict[str, Estimate] = {}
    lacking: dict[str, str] = {}
    for key, (columns, _before) in parts.items():
        _put(found, lacking, key, partial(_estimate, columns, metric))
    return found, lacking


def _estimate(columns: list[Floats], metric: Metric) -> Estimate:
    if metric.kind in SHARES:
        return metrics.proportion(int(columns[0].sum()), len(columns[0]))
    moments, events = Moments.of(*columns), int(np.count_nonzero(columns[0]))
    made = metrics.ratio if metric.kind == "ratio" else metrics.mean
    if moments.n < 2:
        raise TooFew("One unit has no spread.")
    return made(moments, events=events)


def _apart(sample: Sample, full: NDArray[np.bool_], codes: Ints) -> dict[str, Ints]:
    """Return the strata of each arm's full units."""
    return {key: codes[full & (sample.arm == number)] for number, key in enumerate(sample.arms)}


def _stratified(plain: Estimated, parts: Parts, codes: dict[str, Ints], theta: float) -> Estimated:
    """Return estimates weighed by strata, of what is left when the past is taken off by `theta`."""
    usual = float(np.concatenate([before for _columns, before in parts.values()]).mean())
    left = {key: columns[0] - theta * (before - usual) for key, (columns, before) in parts.items()}
    try:
        found = weighed(left, codes, plain.plain)
    except TooFew:
        found = None
    return plain if found is None else replace(plain, arms=found.arms, kept=found.kept, strata=found.count)


def _adjusted(parts: Parts, metric: Metric) -> adjusting.Adjusted | None:
    """Return arms with their past taken off; None where it says nothing."""
    moments = {key: Moments.of(*columns, before) for key, (columns, before) in parts.items()}
    events = {key: _events(columns[0], metric) for key, (columns, _before) in parts.items()}
    try:
        return adjusting.cuped(moments, is_ratio=metric.kind == "ratio", events=events)
    except (TooFew, NoSpread):
        return None


def _events(column: Floats, metric: Metric) -> int:
    happened = int(np.count_nonzero(column))
    return min(happened, len(column) - happened) if metric.kind == "proportion" else happened


def _put(found: dict[str, Estimate], lacking: dict[str, str], key: str, make: Callable[[], Estimate]) -> None:
    try:
        found[key] = make()
    except TooFew:
        lacking[key] = "too_few"
    except NoSpread:
        lacking[key] = "no_spread"


def places(batches: Sequence[SharesSet], at: Ints) -> Ints:
    """Return in which batch each moment lies."""
    since = np.array([each.since for each in batches], dtype=np.int64)
    found: Ints = np.maximum(np.searchsorted(since, at, side="right") - 1, 0)
    return found


def local_days(at: Ints, zone: str) -> Ints:
    """Return the local day of each moment, as its ordinal: quarters of an hour are looked up once."""
    clock = ZoneInfo(zone)
    quarters, which = np.unique(at // QUARTER, return_inverse=True)
    days = [
        datetime.fromtimestamp(each * QUARTER / 1e6, UTC).astimezone(clock).date().toordinal()
        for each in quarters.tolist()
    ]
    found: Ints = np.array(days, dtype=np.int64)[which]
    return found
