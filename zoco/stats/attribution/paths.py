"""Paths: what people met, in order, before they converted or did not. Flat arrays with offsets, as in Arrow.

Money and conversions are whole numbers of units: 10,000 of them are one of the currency, or one conversion.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

UNIT = 10_000
"""Units in one: the four decimals of the ledger's amounts."""
# Whole numbers below it are exact in float64, in which sums are taken.
LARGEST = 2**53


class BadPaths(ValueError):
    """Arrays that do not fit each other, or say what cannot be."""


class Measure(StrEnum):
    """What is credited."""

    CONVERSIONS = "conversions"
    REVENUE = "revenue"


@dataclass(frozen=True, slots=True, eq=False)
class Paths:
    """One row a path, or `counts` equal ones; `offsets` (one more than rows) cut touches into rows.

    `channels` are numbers of `labels`, `at` microseconds: one a touch, in the order in which they happened.
    `ended_at` is when the path converted, or until when it was looked at. `values` are units, of each of the
    equal paths, less its refunds (so it may be negative), 0 without a conversion. `people` numbers whose path
    it is; None: each path is somebody else's. With people, counts are 1. Raises BadPaths.
    """

    labels: tuple[str, ...]
    offsets: Ints
    channels: Ints
    at: Ints
    ended_at: Ints
    is_converted: Bools
    values: Ints
    counts: Ints
    people: Ints | None = None

    def __post_init__(self) -> None:
        """Check what would give wrong figures in silence."""
        rows, touches = len(self.offsets) - 1, len(self.channels)
        rows_fit = {len(each) for each in (self.ended_at, self.is_converted, self.values, self.counts)}
        if rows < 0 or rows_fit != {rows} or len(self.at) != touches:
            raise BadPaths("Each path needs an end, a value and a count, and each touch a time.")
        if self.people is not None and (len(self.people) != rows or (self.counts != 1).any()):
            raise BadPaths("Where paths are of people, each path is a row with one person and a count of 1.")
        if self.offsets[0] != 0 or self.offsets[-1] != touches or (np.diff(self.offsets) < 0).any():
            raise BadPaths("Offsets begin with 0, never fall, and end with the number of touches.")
        if touches and not (self.channels.min() >= 0 and self.channels.max() < len(self.labels)):
            raise BadPaths("A touch has a channel that has no label.")
        if (self.counts < 0).any() or self.values[~self.is_converted].any():
            raise BadPaths("Counts are not negative, and only what converted has a value.")
        money = float(np.abs(self.values).astype(float) @ self.counts)
        if max(money, float(self.counts.sum()) * UNIT) >= LARGEST:
            raise BadPaths("The sum of values or counts is over 2^53 units.")
        self._in_time()

    def _in_time(self) -> None:
        steps = np.diff(self.at)
        inner = np.ones(len(steps), dtype=bool)
        cuts = self.offsets[1:-1]
        inner[cuts[(cuts > 0) & (cuts < len(self.at))] - 1] = False
        filled = np.diff(self.offsets) > 0
        if (steps[inner] < 0).any() or (self.at[self.offsets[1:][filled] - 1] > self.ended_at[filled]).any():
            raise BadPaths("Touches of a path stand in the order of time, and none after its end.")

    @property
    def lengths(self) -> Ints:
        """Return how many touches each path has."""
        return np.diff(self.offsets)

    @property
    def rows(self) -> Ints:
        """Return of each touch the number of its path."""
        return np.repeat(np.arange(len(self.offsets) - 1), self.lengths)

    def gains(self, measure: Measure) -> Floats:
        """Return of each path, once, the units that channels share: none of it is negative.

        What was refunded beyond the value of a conversion, no channel bears, and a path without a touch has
        none that could be given anything: both are left to `unassigned`.
        """
        units = np.where(self.is_converted, UNIT, 0) if measure is Measure.CONVERSIONS else self.values
        return np.where(self.lengths > 0, np.maximum(units, 0), 0).astype(float)

    def total(self, measure: Measure) -> int:
        """Return the units of all paths, refunds taken off."""
        units = np.where(self.is_converted, UNIT, 0) if measure is Measure.CONVERSIONS else self.values
        return int(units @ self.counts)


def paths_taken(paths: Paths, rows: Ints) -> Paths:
    """Return some rows, in the order given."""
    lengths = paths.lengths[rows]
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    touches = np.arange(offsets[-1]) + np.repeat(paths.offsets[:-1][rows] - offsets[:-1], lengths)
    return replace(
        paths,
        offsets=offsets,
        channels=paths.channels[touches],
        at=paths.at[touches],
        ended_at=paths.ended_at[rows],
        is_converted=paths.is_converted[rows],
        values=paths.values[rows],
        counts=paths.counts[rows],
        people=None if paths.people is None else paths.people[rows],
    )


def paths_without_repeats(paths: Paths) -> Paths:
    """Return the paths with touches left out that follow a touch of the same channel."""
    kept = np.ones(len(paths.channels), dtype=bool)
    kept[1:] = (np.diff(paths.channels) != 0) | (np.diff(paths.rows) != 0)
    lengths = np.bincount(paths.rows[kept], minlength=len(paths.counts))
    return replace(
        paths,
        offsets=np.concatenate([[0], np.cumsum(lengths)]),
        channels=paths.channels[kept],
        at=paths.at[kept],
    )
