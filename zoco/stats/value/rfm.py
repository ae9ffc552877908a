"""Scores of recency, frequency and money: by how many stand below, or by fixed bounds."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
PARTS = 5


@dataclass(frozen=True, slots=True)
class Rfm:
    """Three scores for each customer, 1 the worst."""

    recency: Ints
    frequency: Ints
    money: Ints

    @property
    def cells(self) -> Ints:
        """The three as one number of three digits: 543 is recency 5, frequency 4, money 3."""
        return self.recency * 100 + self.frequency * 10 + self.money


def quantile_scores(values: Floats, *, parts: int = PARTS, is_more_better: bool = True) -> Ints:
    """Return scores from 1 to `parts`, the best `parts`, with as many customers each as ties allow.

    Equal values have one score: that of the middle of the ranks they share (M. G. Kendall, The treatment of
    ties in ranking problems, Biometrika 33 (1945) 239–251). So where 70% bought once, they all have the score
    of the 35% rank, and some scores are nobody's. Of nobody there are no scores.
    """
    column = np.asarray(values, dtype=np.float64)
    if not np.isfinite(column).all():
        raise ValueError("Scores are given to numbers only.")
    if not is_more_better:
        column = -column
    _unique, places, counts = np.unique(column, return_inverse=True, return_counts=True)
    # In halves, so that it stays whole numbers and no bound is missed by rounding.
    halves = 2 * (np.cumsum(counts) - counts) + counts
    score = np.minimum(parts * halves // max(2 * len(column), 1), parts - 1) + 1
    found: Ints = score[places.ravel()].astype(np.int64)
    return found


def bound_scores(values: Floats, bounds: tuple[float, ...], *, is_more_better: bool = True) -> Ints:
    """Return scores from 1 to one more than there are bounds; who stands on a bound has the better score.

    Bounds ascend. With `is_more_better` a score is 1 and one for each bound that is reached; without, one for
    each bound that is not exceeded: days since the last purchase with bounds 30, 90 give 3 up to 30 days.
    Raises ValueError where bounds do not ascend.
    """
    edges = np.asarray(bounds, dtype=np.float64)
    if (np.diff(edges) <= 0).any():
        raise ValueError("Bounds of scores ascend.")
    column = np.asarray(values, dtype=np.float64)
    if not np.isfinite(column).all():
        raise ValueError("Scores are given to numbers only.")
    if is_more_better:
        return np.searchsorted(edges, column, side="right").astype(np.int64) + 1
    return len(edges) + 1 - np.searchsorted(edges, column, side="left").astype(np.int64)


def rfm(since_last: Floats, purchases: Floats, money: Floats, *, parts: int = PARTS) -> Rfm:
    """Return quantile scores of time since the last purchase (less is better), purchases and money."""
    return Rfm(
        quantile_scores(since_last, parts=parts, is_more_better=False),
        quantile_scores(purchases, parts=parts),
        quantile_scores(money, parts=parts),
    )
