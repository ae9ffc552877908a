"""What customers are compared by, in units that can be compared: standard deviations."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class NoSpread(ValueError):
    """A feature is the same for everybody, or no number, so that nobody differs by it."""


@dataclass(frozen=True, slots=True)
class Features:
    """Rows of customers, a column a feature: the values as they came, and standardised.

    `logs` names the features of which log(1 + value) was taken before, as money and counts are skewed.
    """

    names: tuple[str, ...]
    logs: tuple[str, ...]
    values: Floats
    standard: Floats

    def __len__(self) -> int:
        return len(self.values)


def features(columns: dict[str, Floats], *, logs: tuple[str, ...] = ()) -> Features:
    """Return columns less their mean, over their standard deviation; of those in `logs` the logarithm before.

    Raises NoSpread where a column is constant or not finite, or has no logarithm.
    """
    names = tuple(columns)
    values = np.stack([np.asarray(columns[name], dtype=np.float64) for name in names], axis=1)
    if not np.isfinite(values).all():
        raise NoSpread("Every customer has a number for every feature; fill in or leave out the others.")
    taken = values.copy()
    for name in logs:
        column = taken[:, names.index(name)]
        if (column <= -1).any():
            raise NoSpread(f"The feature {name} has no logarithm where it is -1 or less.")
        taken[:, names.index(name)] = np.log1p(column)
    spread = taken.std(axis=0)
    same = [name for name, each in zip(names, spread, strict=True) if not each > 0]
    if same:
        raise NoSpread(f"The feature {same[0]} is the same for everybody; leave it out.")
    return Features(names, logs, values, (taken - taken.mean(axis=0)) / spread)


def distances(some: Floats, others: Floats) -> Floats:
    """Return Euclidean distances of standardised rows, (some, others)."""
    # A column at a time: a product of matrices would lose the digits of near neighbours.
    found = np.zeros((len(some), len(others)))
    for one, other in zip(some.T, others.T, strict=True):
        found += (one[:, None] - other) ** 2
    return np.sqrt(found)
