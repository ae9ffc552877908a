"""A panel: what was measured of each unit (a country, a region, a shop) in each period."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


class BadPanel(ValueError):
    """A panel that no effect can be worked out from."""


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """`outcomes` has a row a period, in the order of time, and a column a unit; none is missing.

    Raises BadPanel.
    """

    units: tuple[str, ...]
    outcomes: Floats

    def __post_init__(self) -> None:
        """Check that every cell is there."""
        if self.outcomes.ndim != 2 or self.outcomes.shape[1] != len(self.units):
            raise BadPanel("A panel has a row a period and a column a unit.")
        if not np.isfinite(self.outcomes).all():
            raise BadPanel("Of each unit and period there is one number.")

    def place(self, unit: str) -> int:
        """Return the column of a unit. Raises BadPanel where there is none."""
        if unit not in self.units:
            raise BadPanel(f"There is no unit {unit}.")
        return self.units.index(unit)
