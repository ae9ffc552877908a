"""What is not as it should be at the end of an hour: a whole, or one part of it, against its own past.

Counts of the last 1, 3, 6, 24, 48, 72 and 168 hours are held against the same hours of each of the 56 days
before (`zoco.stats.seasonal`). Nothing here asks the ledger or writes.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from zoco.monitor.alarms.causes import Cause, cause_itself, cause_of
from zoco.monitor.alarms.cube import Cube, Cut
from zoco.monitor.alarms.windows import Lookout, Window
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
    return look_out(Lookout(cube, given), end, rule)


def look_out(lookout: Lookout, end: int, rule: Rule) -> Finding | Unknown | None:
    """Do so from a lookout, which keeps what was worked out."""
    days = min(history_days(lookout.cube, end), DAYS_MOST)
    if days < DAYS_LEAST:
        return Unknown(days)
    best: tuple[Finding, Window] | None = None
    most_expected = 0.0
    for found, window, expected in looks(lookout, end, days, rule):
        most_expected = max(most_expected, expected)
        if found is not None and (best is None or found.odds < best[0].odds):
            best = found, window
    if best is None:
        is_little = rule.is_fall and most_expected < EXPECTED_LEAST
        return Unknown(days, expected=most_expected) if is_little else None
    found, window = best
    return replace(found, cause=_cause(window, rule, found))


def looks(
    lookout: Lookout, end: int, days: int, rule: Rule
) -> Iterator[tuple[Finding | None, Window, float]]:
    """Look at each span of hours, first at the whole and then at its parts; how much was expected of it.

    What is found says nothing of its cause yet.
    """
    for hours in hours_of(rule, days):
        window, other = lookout.windows(end, hours, days)
        found, expected = _whole(window, rule, other)
        yield found, window, expected
        if rule.is_fall:
            yield next(parts_found(window, rule, other), None), window, expected


def hours_of(rule: Rule, days: int) -> list[int]:
    """Return the spans that so many days of history let be looked at."""
    return [each for each in (WINDOWS if rule.is_fall else WAVE_WINDOWS) if days * 24 >= each + 7 * 24]


def _cause(window: Window, rule: Rule, found: Finding) -> Cause | None:
    cause = cause_of(window, rule.is_fall, rule.only, found.dispersion)
    if cause is None and found.part is not None:
        return cause_itself(window, found.part, found.seen, found.expected)
    return cause


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
    figures = (seen, mean, low, high, odds, float(expected.dispersion[0]))
    return Finding(cube.measure.key, rule.is_fall, window.hours, *figures, window.days, None), mean


def _goes_on(window: Window, cut: Cut, row: int, rule: Rule) -> bool:
    """Say whether the newest third of the hours is as the whole: what is over is not told any more."""
    newest = window.newest()
    if newest is window:
        return True
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


def parts_found(window: Window, rule: Rule, other: Window | None) -> Iterator[Finding]:
    """Return the parts that fell against their own past and against the others as well, the surest first."""
    cut, most = window.cube.parts.cut, 0.05 if rule.is_gone else 1 - rule.share
    rows, seen, past = fallen(window, rule)
    if not len(rows):
        return
    itself, expected = _beside(window, rows, seen, past, _own(other, window, rows))
    rare = []
    for number in np.flatnonzero(seen <= most * np.minimum(itself.mean, expected.mean)).tolist():
        value = float(seen[number])
        if itself.tails(number, value)[0] <= ITSELF_ODDS:
            odds = expected.tails(number, value)[0]
            if odds <= rule.part_odds * window.fewer:
                rare.append((odds, number))
    for odds, number in sorted(rare):
        if _goes_on(window, cut, int(rows[number]), rule):
            low, high = expected.bounds(number, CONFIDENCE)
            figures = (float(seen[number]), float(expected.mean[number]), low, high, odds)
            part, phi = window.cube.parts.names[rows[number]], float(expected.dispersion[number])
            yield Finding(window.cube.measure.key, True, window.hours, *figures, phi, window.days, None, part)


def fallen(window: Window, rule: Rule) -> tuple[NDArray[np.int64], Floats, Forecast]:
    """Return the rows of parts that fell so far by their own past, what was seen, and what is expected.

    What is looked at more closely then is expected to be less, never more.
    """
    rows = suspects(window, rule)
    seen = window.seen(window.cube.parts.cut)[rows]
    if not len(rows):
        return rows, seen, Forecast(seen, seen, seen)
    expected = window.parts(rows)
    are_low = seen <= (0.05 if rule.is_gone else 1 - rule.share) * expected.mean
    return rows[are_low], seen[are_low], expected.of(are_low)


def _beside(
    window: Window, rows: NDArray[np.int64], seen: Floats, itself: Forecast, own: Floats | float
) -> tuple[Forecast, Forecast]:
    """Return what parts are expected to be by their own past, and in proportion to the others.

    Both go down with what the measure is a rate of. Where the others are too few to say anything the own past
    stands for both, less what the others fell.
    """
    total, whole = float(window.seen(window.cube.total)[0]), float(window.whole().mean[0])
    others = (total - seen) / np.maximum(whole - itself.mean, 1.0)
    alone = itself.scaled(np.minimum(1.0, np.minimum(others, own)))
    beside = window.parts_beside(rows).scaled(np.minimum(1.0, own) * np.ones(len(rows)))
    are_many = total - seen >= OTHERS_LEAST
    both = (np.where(are_many, getattr(beside, name), getattr(alone, name)) for name in FORECAST)
    return itself.scaled(np.minimum(1.0, own)), Forecast(*both)


def suspects(window: Window, rule: Rule) -> NDArray[np.int64]:
    """Return the rows of parts that may have fallen, by a rough look at the same hours of four weeks."""
    parts = window.cube.parts
    if not len(parts.names):
        return np.array([], dtype=np.int64)
    rough, seen = window.rough(parts.cut), window.seen(parts.cut)
    are_few = seen <= (0.1 if rule.is_gone else 1 - 0.8 * rule.share) * rough
    are_few &= rough - seen >= ROUGH_STRIDES_PART * np.sqrt(rough)
    rows = np.nonzero((rough >= EXPECTED_LEAST) & are_few & parts.is_named)[0]
    return rows[[parts.names[row][0] in rule.only for row in rows]] if rule.only and len(rows) else rows


def rows_in(other: Window, window: Window, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rows of the same parts in another measure; -1 where it has none such."""
    names = window.cube.parts.names
    return np.array([other.cube.parts.row.get(names[row], -1) for row in rows], dtype=np.int64)


def _own(other: Window | None, window: Window, rows: NDArray[np.int64]) -> Floats | float:
    """Return how far the measure that this is a rate of fell in the same parts; else as a whole."""
    if other is None:
        return 1.0
    theirs = rows_in(other, window, rows)
    is_there = theirs >= 0
    names = window.cube.parts.names
    fell = np.array([1.0 if names[row][0] in other.cube.cuts else _fell(other) for row in rows])
    if is_there.any():
        known = theirs[is_there]
        mean = other.parts(known).mean
        fell[is_there] = np.minimum(1.0, other.seen(other.cube.parts.cut)[known] / np.maximum(mean, 1.0))
    return fell
