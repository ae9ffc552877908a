"""What is not as it should be at the end of an hour: a whole, or one part of it, against its own past.

Counts of the last 1, 3, 6, 24, 48, 72 and 168 hours are held against the same hours of each of the 56 days
before (`zoco.stats.seasonal`). Nothing here asks the ledger or writes.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from zoco.monitor.alarms.causes import Cause, cause_itself, cause_of
from zoco.monitor.alarms.cube import Cube, Cut
from zoco.monitor.alarms.windows import Window
from zoco.stats.seasonal import Forecast

Floats = NDArray[np.float64]
WINDOWS = (1, 3, 6, 24, 48, 72, 168)
# What comes in waves is told while it lasts; over days it would be told of long afterwards.
WAVE_WINDOWS = (1, 3, 6, 24)
DAYS_MOST, DAYS_LEAST = 56, 14
EXPECTED_LEAST = 6.0
CONFIDENCE = 0.95
# Nothing that was never seen is expected to be nothing at all.
MEAN_LEAST = 0.5
# By how many standard deviations of a Poisson count a rough look must differ to be worth a second one.
ROUGH_STRIDES, ROUGH_STRIDES_PART = 2.5, 2.5
# A part is held against the others where these are so many; by its own past it must be no everyday thing too.
OTHERS_LEAST, ITSELF_ODDS = 30.0, 0.02
FORECAST = ("mean", "variance", "dispersion")


@dataclass(frozen=True, slots=True)
class Rule:
    """How sure and how large a difference must be. Odds are those of chance alone, at one look.

    `share` is how far a fall goes (0.3: to seven tenths or less) or a rise (1.0: to the double or more).
    `only` leaves all but some dimensions out; `is_gone`: nothing (one in twenty at most) is left of a part.
    """

    is_fall: bool
    share: float
    odds: float = 1e-4
    part_odds: float = 1e-6
    least: float = 0.0
    only: tuple[str, ...] = ()
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found. Figures are those of the part, when a part was found, else of the whole.

    `low` and `high` are the 95 % prediction interval; `odds` how likely chance alone is.
    """

    measure: str
    is_fall: bool
    hours: int
    seen: float
    expected: float
    low: float
    high: float
    odds: float
    dispersion: float
    days: int
    cause: Cause | None
    part: tuple[str, str] | None = None
    """Dimension and value that the figures are of; None for the whole."""

    def scaled(self, unit: float) -> "Finding":
        """Return the same in the measure's own figures, of which the cube's are multiples of `unit`."""
        names = ("seen", "expected", "low", "high")
        told = {name: getattr(self, name) * unit for name in names}
        cause = self.cause
        if cause is not None:
            cause = replace(cause, seen=cause.seen * unit, expected=cause.expected * unit)
        return replace(self, **told, cause=cause)


@dataclass(frozen=True, slots=True)
class Failing:
    """Something of ours fails for so many hours: `days` are not exported, `owed` still hold who is erased."""

    hours: int
    days: int
    owed: int
    why: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nothing can be said. `needs` days of history, `has` them; or too little is expected (`expected`);

    or `why`, a word, says that there is nothing to look at.
    """

    has: int
    needs: int = DAYS_LEAST
    expected: float = 0.0
    why: str = ""


def history_days(cube: Cube, end: int) -> int:
    """Return for how many whole days before an hour there are counts."""
    first = int(np.searchsorted(cube.total.summed[0], 0, side="right")) - 1
    return max(0, (end - first) // 24)


def look(cube: Cube, end: int, rule: Rule, given: Cube | None = None) -> Finding | Unknown | None:
    """Look at the hours before `end`; None where all is as it should be.

    `given` is the measure that this one is a rate of: what fell no more than that did not fall.
    """
    days = min(history_days(cube, end), DAYS_MOST)
    if days < DAYS_LEAST:
        return Unknown(days)
    best: Finding | None = None
    most_expected = 0.0
    for hours in WINDOWS if rule.is_fall else WAVE_WINDOWS:
        if days * 24 < hours + 7 * 24:
            continue
        window = Window(cube, end, hours, days)
        other = Window(given, end, hours, days) if given else None
        found, expected = _whole(window, rule, other)
        most_expected = max(most_expected, expected)
        part = _part(window, rule, other) if rule.is_fall else None
        for each in (found, part):
            if each is not None and (best is None or each.odds < best.odds):
                best = each
    if best is None and rule.is_fall and most_expected < EXPECTED_LEAST:
        return Unknown(days, expected=most_expected)
    return best


def _whole(window: Window, rule: Rule, other: Window | None) -> tuple[Finding | None, float]:
    cube = window.cube
    seen = float(window.seen(cube.total)[0])
    rough = float(window.rough(cube.total)[0])
    if rule.only:
        return None, rough
    strides = (seen - rough) / max(rough, MEAN_LEAST) ** 0.5 * (-1 if rule.is_fall else 1)
    reach = rule.share * rough * (0.8 if rule.is_fall else 0.5)
    if strides < ROUGH_STRIDES or seen < rule.least or abs(seen - rough) < reach:
        return None, rough
    expected = _floored(window.whole())
    if rule.is_fall and other is not None:
        expected = expected.scaled(_fell(other))
    mean = float(expected.mean[0])
    is_large = seen <= (1 - rule.share) * mean if rule.is_fall else seen >= (1 + rule.share) * mean
    odds = expected.tails(0, seen)[0 if rule.is_fall else 1]
    if not is_large or odds > rule.odds * window.fewer or not _goes_on(window, cube.total, 0, rule):
        return None, mean
    low, high = expected.bounds(0, CONFIDENCE)
    cause = cause_of(window, rule.is_fall, rule.only, float(expected.dispersion[0]))
    figures = (seen, mean, low, high, odds, float(expected.dispersion[0]))
    return Finding(cube.measure.key, rule.is_fall, window.hours, *figures, window.days, cause), mean


def _goes_on(window: Window, cut: Cut, row: int, rule: Rule) -> bool:
    """Say whether the newest third of the hours is as the whole: what is over is not told any more."""
    hours = max(window.hours // 3, 1)
    if hours == window.hours:
        return True
    newest = Window(window.cube, window.end, hours, window.days)
    expected = float(newest.forecast(cut, np.array([row])).mean[0])
    seen = float(newest.seen(cut)[row])
    if rule.is_fall:
        return expected < 3.0 or seen <= (1 - rule.share / 2) * expected
    return seen >= (1 + rule.share / 2) * expected


def _floored(expected: Forecast) -> Forecast:
    mean = np.maximum(expected.mean, MEAN_LEAST)
    return Forecast(mean, np.maximum(expected.variance, mean), expected.dispersion)


def _fell(other: Window) -> float:
    """Return how far the other measure fell below what was expected of it; 1 where it did not."""
    mean = float(other.whole().mean[0])
    return min(1.0, float(other.seen(other.cube.total)[0]) / mean) if mean > 0 else 1.0


def _part(window: Window, rule: Rule, other: Window | None) -> Finding | None:
    """Return the part that fell, where one fell against its own past and against the others as well."""
    best: tuple[float, int, tuple[str, str], Forecast, float] | None = None
    for name, cut in window.cube.cuts.items():
        if rule.only and name not in rule.only:
            continue
        rows = _suspects(window, cut, rule)
        if not len(rows):
            continue
        seen, expected = window.seen(cut)[rows], window.forecast(cut, rows)
        most = 0.05 if rule.is_gone else 1 - rule.share
        # What is looked at more closely below is expected to be less, never more.
        if not (seen <= most * expected.mean).any():
            continue
        itself, expected = _beside(window, cut, rows, seen, expected, _own(other, name, cut, rows))
        for number, row in enumerate(rows):
            if seen[number] > most * min(itself.mean[number], expected.mean[number]):
                continue
            if itself.tails(number, float(seen[number]))[0] > ITSELF_ODDS:
                continue
            odds = expected.tails(number, float(seen[number]))[0]
            is_better = odds <= rule.part_odds * window.fewer and (best is None or odds < best[0])
            if is_better and _goes_on(window, cut, int(row), rule):
                best = (odds, number, (name, cut.values[row]), expected, float(seen[number]))
    if best is None:
        return None
    odds, number, part, expected, value = best
    phi = float(expected.dispersion[number])
    low, high = expected.bounds(number, CONFIDENCE)
    cause = cause_of(window, rule.is_fall, rule.only, phi) or cause_itself(
        window, part, value, float(expected.mean[number])
    )
    figures = (value, float(expected.mean[number]), low, high, odds, phi)
    return Finding(window.cube.measure.key, True, window.hours, *figures, window.days, cause, part)


def _beside(
    window: Window, cut: Cut, rows: NDArray[np.int64], seen: Floats, itself: Forecast, own: Floats | float
) -> tuple[Forecast, Forecast]:
    """Return what parts are expected to be by their own past, and in proportion to the others.

    Both go down with what the measure is a rate of. Where the others are too few to say anything the own past
    stands for both, less what the others fell.
    """
    total, whole = float(window.seen(window.cube.total)[0]), float(window.whole().mean[0])
    others = (total - seen) / np.maximum(whole - itself.mean, 1.0)
    alone = itself.scaled(np.minimum(1.0, np.minimum(others, own)))
    beside = window.beside(cut, rows).scaled(np.minimum(1.0, own) * np.ones(len(rows)))
    are_many = total - seen >= OTHERS_LEAST
    both = (np.where(are_many, getattr(beside, name), getattr(alone, name)) for name in FORECAST)
    return itself.scaled(np.minimum(1.0, own)), Forecast(*both)


def _suspects(window: Window, cut: Cut, rule: Rule) -> NDArray[np.int64]:
    """Return the rows that may have fallen, by a rough look at the same hours of four weeks."""
    if not len(cut.values):
        return np.array([], dtype=np.int64)
    rough = window.rough(cut)
    seen = window.seen(cut)
    few = seen <= (0.1 if rule.is_gone else 1 - 0.8 * rule.share) * rough
    few &= rough - seen >= ROUGH_STRIDES_PART * np.sqrt(rough)
    named = np.array([bool(value) for value in cut.values])
    return np.nonzero((rough >= EXPECTED_LEAST) & few & named)[0]


def _own(other: Window | None, name: str, cut: Cut, rows: NDArray[np.int64]) -> Floats | float:
    """Return how far the measure that this is a rate of fell in the same parts."""
    theirs = other.cube.cuts.get(name) if other else None
    if other is None or theirs is None:
        return 1.0 if other is None else _fell(other)
    number = {value: row for row, value in enumerate(theirs.values)}
    found = [number.get(cut.values[row], -1) for row in rows]
    known = np.array([each for each in found if each >= 0], dtype=np.int64)
    fell = np.ones(len(rows))
    if len(known):
        ratio = other.seen(theirs)[known] / np.maximum(other.forecast(theirs, known).mean, 1.0)
        fell[[place for place, each in enumerate(found) if each >= 0]] = np.minimum(1.0, ratio)
    return fell
