"""Rules that divide each conversion among the touches of its path: first, last, linear, by place, by time.

As Google Analytics, Matomo and others define them; no path is looked at but the one that converted.
"""

from dataclasses import dataclass

import numpy as np

from zoco.stats.attribution.models import Parts, shared_out
from zoco.stats.attribution.paths import Bools, Floats, Ints, Paths

WEEK_SECONDS = 7 * 86_400.0
MICROSECONDS = 1e6


@dataclass(frozen=True, slots=True)
class First:
    """All to the first touch."""

    is_timed = False

    def parts(self, paths: Paths, gains: Floats) -> Parts:
        """Return the parts of the model."""
        return shared_out(paths, gains, (_places(paths) == 0).astype(float))


@dataclass(frozen=True, slots=True)
class Last:
    """All to the last touch."""

    is_timed = False

    def parts(self, paths: Paths, gains: Floats) -> Parts:
        """Return the parts of the model."""
        return shared_out(paths, gains, _is_last(paths).astype(float))


@dataclass(frozen=True, slots=True)
class LastNonDirect:
    """All to the last touch of another channel than `direct`, a label; to direct where there was no other."""

    direct: str
    is_timed = False

    def parts(self, paths: Paths, gains: Floats) -> Parts:
        """Return the parts of the model."""
        named = np.array([label != self.direct for label in paths.labels])
        is_other = named[paths.channels] if len(named) else np.zeros(0, dtype=bool)
        places = _places(paths)
        # The last place of another channel; where there is none, that of the last touch.
        last = np.full(len(gains), -1)
        np.maximum.at(last, paths.rows, np.where(is_other, places, -1))
        last = np.where(last < 0, paths.lengths - 1, last)
        return shared_out(paths, gains, (places == last[paths.rows]).astype(float))


@dataclass(frozen=True, slots=True)
class Linear:
    """The same to each touch."""

    is_timed = False

    def parts(self, paths: Paths, gains: Floats) -> Parts:
        """Return the parts of the model."""
        return shared_out(paths, gains, 1 / paths.lengths[paths.rows])


@dataclass(frozen=True, slots=True)
class Position:
    """`first` and `last` to the ends of the path and the rest, the same each, to touches between; U-shaped.

    Of two touches each keeps its part in proportion: half each where both ends are alike.
    """

    first: float = 0.4
    last: float = 0.4
    is_timed = False

    def __post_init__(self) -> None:
        """Refuse shares that give nothing, or more than there is."""
        if not (self.first >= 0 and self.last >= 0 and 0 < self.first + self.last <= 1):
            raise ValueError("The shares of the ends are not negative and together above 0 and at most 1.")

    def parts(self, paths: Paths, gains: Floats) -> Parts:
        """Return the parts of the model."""
        lengths = paths.lengths[paths.rows]
        ends = self.first + self.last
        between = (1 - ends) / np.maximum(lengths - 2, 1)
        shares = np.where(_places(paths) == 0, self.first, np.where(_is_last(paths), self.last, between))
        shares = np.select([lengths == 1, lengths == 2], [1.0, shares / ends], shares)
        return shared_out(paths, gains, shares)


@dataclass(frozen=True, slots=True)
class TimeDecay:
    """A touch is worth half of one that is `half_life_seconds` nearer to the conversion."""

    half_life_seconds: float = WEEK_SECONDS
    is_timed = True

    def __post_init__(self) -> None:
        """Refuse a half-life that is none."""
        if not self.half_life_seconds > 0:
            raise ValueError("A half-life is above 0 seconds.")

    def parts(self, paths: Paths, gains: Floats) -> Parts:
        """Return the parts of the model."""
        rows = paths.rows
        # Against the last touch, not the conversion: shares are the same, and years ago is not 0 / 0.
        last = np.zeros(len(gains), dtype=np.int64)
        is_last = _is_last(paths)
        last[rows[is_last]] = paths.at[is_last]
        weights = np.exp2((paths.at - last[rows]) / (self.half_life_seconds * MICROSECONDS))
        whole = np.bincount(rows, weights=weights, minlength=len(gains))
        return shared_out(paths, gains, weights / whole[rows])


def _places(paths: Paths) -> Ints:
    """Return of each touch how many stand before it on its path."""
    return np.arange(len(paths.channels)) - np.repeat(paths.offsets[:-1], paths.lengths)


def _is_last(paths: Paths) -> Bools:
    found: Bools = np.arange(len(paths.channels)) == np.repeat(paths.offsets[1:], paths.lengths) - 1
    return found
