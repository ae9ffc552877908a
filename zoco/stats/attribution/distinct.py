"""Equal paths once, and people with equal paths once: what is counted, and drawn again in a bootstrap."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import scipy

from zoco.stats.attribution.paths import Ints, Paths, paths_taken

Matrix: TypeAlias = "scipy.sparse.csr_array[np.float64]"
# Keys stay below 2^62, so that no product of them overflows.
BITS = 62


@dataclass(frozen=True, slots=True, eq=False)
class Distinct:
    """`paths` has each path once; its counts say how many were equal.

    `people` counts those who have the same paths; `held` has a row for each such group and a column for each
    path: how often one of the group has it.
    """

    paths: Paths
    people: Ints
    held: Matrix

    def converting_people(self) -> Ints:
        """Return of each channel how many people met it on a path that converted."""
        met = _met(self.paths)
        reached = (self.held @ met) > 0
        return np.asarray(self.people @ reached.astype(np.int64), dtype=np.int64)

    def converted(self) -> int:
        """Return how many people converted, however often."""
        reached = self.held @ self.paths.is_converted.astype(float) > 0
        return int(self.people @ reached)


def distinct(paths: Paths, *, by_value: bool = False, by_time: bool = False) -> Distinct:
    """Gather paths with the same channels in the same order and the same outcome.

    `by_value` keeps conversions of different values apart; `by_time` keeps each row that converted by itself,
    for models that look at times.
    """
    keys = sequences_numbered(paths.offsets, paths.channels, len(paths.labels))
    keys = keys * 2 + paths.is_converted
    if by_value:
        values, _first, place = _different(paths.values)
        keys = keys * len(values) + place
    if by_time:
        rows = np.nonzero(paths.is_converted)[0]
        keys[_by_time(paths, rows)] = int(keys.max(initial=0)) + 1 + np.arange(len(rows))
    _keys, first, number = _different(keys)
    counts = np.bincount(number, weights=paths.counts, minlength=len(first)).astype(np.int64)
    taken = paths_taken(_counted(paths, counts, first), first)
    if paths.people is None:
        return Distinct(taken, counts, scipy.sparse.eye_array(len(first), format="csr"))
    people, held = _bundles(paths.people, number, len(first))
    return Distinct(taken, people, held)


def sequences_numbered(offsets: Ints, codes: Ints, size: int) -> Ints:
    """Return a number for each sequence, the same for equal ones: 0, 1, 2 …

    Exact, without hashes: as many codes as fit into 62 bits are read at a time, behind the number of what was
    read before. `codes` are from 0 to `size` - 1.
    """
    numbers = np.zeros(len(offsets) - 1, dtype=np.int64)
    before = np.zeros(len(numbers), dtype=np.int64)
    left = np.nonzero(np.diff(offsets))[0]
    done, at = 1, 0
    while len(left):
        known = int(before[left].max()) + 1
        width = max(1, int((BITS - np.log2(known)) // np.log2(size + 1)))
        keys = _keys(before[left], offsets[left] + at, offsets[left + 1], codes, size + 1, width)
        at += width
        different, _first, number = _different(keys)
        before[left], numbers[left] = number, done + number
        done += len(different)
        left = left[offsets[left + 1] - offsets[left] > at]
    used = np.zeros(done, dtype=np.int64)
    used[numbers] = 1
    found: Ints = (np.cumsum(used) - 1)[numbers]
    return found


def _keys(before: Ints, begins: Ints, ends: Ints, codes: Ints, base: int, width: int) -> Ints:
    """Return one number for what was before and the next codes, as digits; 0 is the end of a sequence."""
    keys = before.copy()
    going = np.arange(len(keys))
    for step in range(width):
        going = going[begins[going] + step < ends[going]]
        if not len(going):
            break
        keys[going] = keys[going] * base + codes[begins[going] + step] + 1
    powers = np.array([base**each for each in range(width)], dtype=np.int64)
    found: Ints = keys * powers[width - np.minimum(ends - begins, width)]
    return found


def _by_time(paths: Paths, rows: Ints) -> Ints:
    """Return the rows in an order of their own, so that the one in which they came decides no draw."""
    ages = paths.ended_at[paths.rows] - paths.at
    summed = np.concatenate([[0], np.cumsum(ages)])
    columns = [np.diff(summed[paths.offsets]), paths.values, paths.ended_at]
    if paths.people is not None:
        columns.insert(0, paths.people)
    found: Ints = rows[np.lexsort([each[rows] for each in columns])]
    return found


def _different(numbers: Ints) -> tuple[Ints, Ints, Ints]:
    """Return what np.unique does with first places and inverse, by a hash table: most numbers are alike."""
    coded = pa.array(numbers).dictionary_encode()
    values, places = coded.dictionary.to_numpy(), coded.indices.to_numpy()
    order = np.argsort(values)
    rank = np.empty(len(values), dtype=np.int64)
    rank[order] = np.arange(len(values))
    first = np.empty(len(values), dtype=np.int64)
    first[places[::-1]] = np.arange(len(numbers))[::-1]
    return values[order], first[order], rank[places]


def _counted(paths: Paths, counts: Ints, first: Ints) -> Paths:
    """Return the paths with the sums of equal ones at the rows that stand for them, and of nobody."""
    summed = np.zeros_like(paths.counts)
    summed[first] = counts
    return replace(paths, counts=summed, people=None)


def _bundles(people: Ints, number: Ints, size: int) -> tuple[Ints, Matrix]:
    """Return how many people have the same paths, and which paths these are."""
    _names, person = np.unique(people, return_inverse=True)
    order = np.lexsort([number, person])
    offsets = np.concatenate([[0], np.cumsum(np.bincount(person))]).astype(np.int64)
    bundle = sequences_numbered(offsets, number[order], size)
    _bundles_seen, first, counts = np.unique(bundle, return_index=True, return_counts=True)
    lengths = np.diff(offsets)[first]
    group = np.repeat(np.arange(len(first)), lengths)
    begins = np.repeat(offsets[:-1][first] - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths)
    column = number[order][begins + np.arange(len(group))]
    # Equal places add up.
    held = scipy.sparse.coo_array((np.ones(len(group)), (group, column)), shape=(len(first), size)).tocsr()
    return counts.astype(np.int64), held


def _met(paths: Paths) -> Matrix:
    """Return a row a path and a column a channel: how often it was met before a conversion."""
    is_converted = paths.is_converted[paths.rows]
    rows, channels = paths.rows[is_converted], paths.channels[is_converted]
    shape = (len(paths.counts), len(paths.labels))
    return scipy.sparse.coo_array((np.ones(len(rows)), (rows, channels)), shape=shape).tocsr()
