"""What is kept of an arm: how many units, their means, how they spread together; never a row."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Number = int | float | Decimal | Fraction


class TooFew(ValueError):
    """There are too few units, or too few to whom it happened, for a figure; the message says how few."""


class NoSpread(ValueError):
    """All units are alike, or a metric is of nothing: there is nothing to compare."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """An arm's metric: its `value` over `n` units, and the `variance` of what one unit tells of it.

    The value's own variance is `variance / n`. `events` is how many units tell something, where that is
    known: to how many the rarer of the two things happened, or how many paid.
    """

    n: int
    value: float
    variance: float
    events: int | None = None

    @property
    def error(self) -> float:
        """Return the standard error of the value."""
        return math.sqrt(self.variance / self.n)

    @property
    def told(self) -> int:
        """Return how many units tell something; all where nothing else is known."""
        return self.n if self.events is None else self.events


@dataclass(frozen=True, slots=True)
class Moments:
    """Units of an arm: `n`, the `means` of their columns, and `products`, summed products of deviations.

    The metric's columns come first: one for a mean, numerator and denominator for a ratio. Further ones are
    covariates. `products[i][j]` is the sum over units of (column i - its mean)(column j - its mean).
    """

    n: int
    means: tuple[float, ...]
    products: tuple[tuple[float, ...], ...]

    @classmethod
    def summed(cls, n: int, sums: Sequence[Number], products: Sequence[Sequence[Number]]) -> "Moments":
        """Return moments from plain sums, as a database gives them: of each column, of each product of two.

        Worked out in fractions, so no digit is lost here where the means are large against the spread.
        Raises TooFew where there are no units.
        """
        if n < 1:
            raise TooFew("An arm without units has no means.")
        wholes = [Fraction(each) for each in sums]
        spread = [
            [Fraction(products[i][j]) - wholes[i] * wholes[j] / n for j in range(len(sums))]
            for i in range(len(sums))
        ]
        return cls(
            n, tuple(float(each / n) for each in wholes), tuple(tuple(map(float, row)) for row in spread)
        )

    @classmethod
    def of(cls, *columns: ArrayLike) -> "Moments":
        """Return moments of rows: one array a column, one value a unit. Raises TooFew without units."""
        rows = np.array(columns, dtype=float)
        if rows.ndim != 2 or rows.shape[1] < 1:
            raise TooFew("An arm without units has no means.")
        means = rows.mean(axis=1)
        apart = rows - means[:, None]
        return cls(
            rows.shape[1],
            tuple(map(float, means)),
            tuple(tuple(map(float, row)) for row in apart @ apart.T),
        )

    def __add__(self, other: "Moments") -> "Moments":
        """Return the moments of both: of two days, of two strata.

        Source: Chan, Golub and LeVeque, Algorithms for computing the sample variance, The American
        Statistician 37 (1983) 242–247.
        """
        n = self.n + other.n
        gap = np.array(other.means) - np.array(self.means)
        means = np.array(self.means) + gap * (other.n / n)
        products = (
            np.array(self.products) + np.array(other.products) + np.outer(gap, gap) * (self.n * (other.n / n))
        )
        return Moments(n, tuple(map(float, means)), tuple(tuple(map(float, row)) for row in products))

    def covariance(self) -> Floats:
        """Return how the columns of a unit vary, with n - 1 below. Raises TooFew for less than two units."""
        if self.n < 2:
            raise TooFew(f"{self.n} unit has no spread; two are needed.")
        found: Floats = np.array(self.products) / (self.n - 1)
        return found
