"""What all models share: features of paths that add up over people, and what channels get of their sums."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import scipy

from zoco.stats.attribution.distinct import Matrix
from zoco.stats.attribution.paths import Floats, Ints, Paths


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """`features` has a row a path. `worths` takes sums of them, a row each, and says what channels are worth.

    Whoever draws people again need only add features up again. `cells` is how many numbers `worths` holds at
    once for one row.
    """

    features: Matrix
    worths: Callable[[Floats], Floats]
    cells: int


class Model(Protocol):
    """How a channel's worth is worked out; credits are in proportion to worths."""

    @property
    def is_timed(self) -> bool:
        """Tell whether the model looks at times, so that only equal rows are equal."""

    def parts(self, paths: Paths, gains: Floats) -> Parts:
        """Return the parts of paths, where a path that converted shares its gain out."""


def features_made(rows: Ints, columns: Ints, amounts: Floats, shape: tuple[int, int]) -> Matrix:
    """Return a matrix of amounts; those of the same place add up."""
    return scipy.sparse.coo_array((amounts.astype(float), (rows, columns)), shape=shape).tocsr()


def shared_out(paths: Paths, gains: Floats, shares: Floats) -> Parts:
    """Return the parts of a model that gives each touch a share of its path's gain; worths are their sums."""
    rows = paths.rows
    size = len(paths.labels)
    features = features_made(rows, paths.channels, shares * gains[rows], (len(gains), size))
    return Parts(features, np.asarray, size)
