"""Who gets how much: a model's credits with their intervals, or why there is no figure."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from zoco.stats.attribution.distinct import Distinct, distinct
from zoco.stats.attribution.models import Model
from zoco.stats.attribution.paths import Floats, Ints, Measure, Paths
from zoco.stats.attribution.resampling import worths_drawn, worths_seen
from zoco.stats.attribution.rounding import apportion

CONFIDENCE = 0.90
REPLICATES = 500
SEED = 20_160_901


class Lack(StrEnum):
    """Why a figure is withheld."""

    CONVERSIONS = "conversions"
    """Too few people converted at all."""
    CHANNEL = "channel"
    """Too few of those who converted met the channel."""


@dataclass(frozen=True, slots=True)
class TooLittle:
    """In place of a figure: what there is too little of, how many were seen, and how many are needed."""

    lack: Lack
    seen: int
    needed: int


@dataclass(frozen=True, slots=True)
class Enough:
    """From how many people on there are figures: those who converted, and those of them who met a channel."""

    converted: int = 100
    of_channel: int = 20


ENOUGH = Enough()


@dataclass(frozen=True, slots=True)
class Interval:
    """The middle share of what the bootstrap gave, both ends included."""

    low: float
    high: float


Between = tuple[Interval | None, Interval | None, Interval | None]


@dataclass(frozen=True, slots=True)
class Credit:
    """`units` are of 1/10,000. `share` is of all that is credited; `worth` is what the model worked out.

    Worth is a removal effect for Markov chains and units for all others. Intervals are None where none were
    asked for; `of_units` is of units as well.
    """

    units: int
    share: float
    worth: float
    of_units: Interval | None
    of_share: Interval | None
    of_worth: Interval | None


@dataclass(frozen=True, slots=True)
class Line:
    """A channel; `people` is how many met it on a path that converted."""

    label: str
    people: int
    credit: Credit | TooLittle


@dataclass(frozen=True, slots=True)
class Attribution:
    """Lines in the order of labels. Units of credits, `withheld`, `undivided` and `unassigned` are `total`.

    `withheld` is of channels without a figure. `undivided` (fewer units than channels) is what channels with
    exactly the same claim would have to share. `unassigned` is of conversions without a touch, less what was
    refunded beyond the value of a conversion, so it may be negative; no credit is.
    """

    measure: Measure
    total: int
    lines: tuple[Line, ...]
    withheld: int
    undivided: int
    unassigned: int

    def in_steps(self, step: int) -> tuple[int, ...]:
        """Return the credits of lines in multiples of so many units (100 are a cent), withheld ones as 0.

        They add up to their sum, rounded; a step that several have the same claim to goes by the alphabet.
        """
        units = np.array([line.credit.units if isinstance(line.credit, Credit) else 0 for line in self.lines])
        together = int(units.sum()) + (0 if self.withheld else self.undivided)
        whole, rest = divmod(together, step)
        whole += 2 * rest > step or (2 * rest == step and whole % 2 == 1)
        steps, _undivided = apportion(whole, units.astype(float), [line.label for line in self.lines])
        return tuple(int(each) * step for each in steps)


def attribute(
    paths: Paths,
    model: Model,
    *,
    measure: Measure = Measure.CONVERSIONS,
    enough: Enough = ENOUGH,
    confidence: float = CONFIDENCE,
    replicates: int = REPLICATES,
    seed: int = SEED,
) -> Attribution:
    """Return what a model credits channels with; without intervals where `replicates` is 0.

    Renaming channels, or giving paths in another order, changes no credit. Intervals are percentiles of the
    bootstrap (B. Efron and R. J. Tibshirani, An Introduction to the Bootstrap (1993), chapter 13).
    """
    seen = distinct(paths, by_value=measure is Measure.REVENUE, by_time=model.is_timed)
    gains = seen.paths.gains(measure)
    parts = model.parts(seen.paths, gains)
    worths = worths_seen(seen, parts)
    credited = int(gains @ seen.paths.counts)
    shares = _shares(worths[None, :])[0]
    units, undivided = apportion(credited, shares)
    between: list[Between] = [(None, None, None)] * len(units)
    if replicates and credited:
        between = _intervals(*worths_drawn(seen, parts, gains, replicates, seed), confidence)
    people, lacks = _lacks(seen, enough)
    lines = tuple(
        Line(
            label,
            int(people[at]),
            lacks[at] or Credit(int(units[at]), float(shares[at]), float(worths[at]), *between[at]),
        )
        for at, label in enumerate(paths.labels)
    )
    withheld = sum(int(unit) for unit, lack in zip(units, lacks, strict=True) if lack)
    total = paths.total(measure)
    return Attribution(measure, total, lines, withheld, undivided, total - credited)


def _shares(worths: Floats) -> Floats:
    """Return parts of 1 in proportion to worths, a row each; what is worth less than nothing has none."""
    positive = np.maximum(worths, 0.0)
    whole = positive.sum(axis=1, keepdims=True)
    found: Floats = np.divide(positive, whole, out=np.zeros_like(positive), where=whole > 0)
    return found


def _intervals(worths: Floats, gains: Floats, confidence: float) -> list[Between]:
    """Return the intervals of units, share and worth of each channel, out of draws with a conversion."""
    kept = gains > 0
    shares = _shares(worths[kept])
    outside = (1 - confidence) / 2
    bounds = [
        np.quantile(drawn, [outside, 1 - outside], axis=0)
        for drawn in (shares * gains[kept, None], shares, worths[kept])
    ]
    columns = [[Interval(float(low), float(high)) for low, high in each.T] for each in bounds]
    return list(zip(*columns, strict=True))


def _lacks(seen: Distinct, enough: Enough) -> tuple[Ints, list[TooLittle | None]]:
    """Return how many converting people met each channel, and why a channel has no figure."""
    people, converted = seen.converting_people(), seen.converted()
    if converted < enough.converted:
        return people, [TooLittle(Lack.CONVERSIONS, converted, enough.converted)] * len(people)
    return people, [
        TooLittle(Lack.CHANNEL, int(met), enough.of_channel) if met < enough.of_channel else None
        for met in people
    ]
