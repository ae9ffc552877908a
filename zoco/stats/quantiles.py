"""How sure a quantile is, whatever the distribution."""

from typing import TypeVar

from zoco.stats.proportions import CONFIDENCE, normal_quantile

Number = TypeVar("Number")


def ranks(size: Number, share: float, confidence: float = CONFIDENCE) -> tuple[Number, Number]:
    """Return the ranks of the two order statistics that hold a quantile; round both up to whole numbers.

    Takes and gives numbers, arrays of numpy, or columns of Ibis. For more than 20 independent values, and
    large enough for the upper rank not to exceed `size`: 12 for the third quartile at 95%.
    Source: W. J. Conover, Practical Nonparametric Statistics, 3rd edition (1999), section 3.2, "Confidence
    interval for a quantile": r* = n p - z (n p (1 - p))^(1/2), s* = n p + z (n p (1 - p))^(1/2).
    """
    z = normal_quantile(confidence)
    found: tuple[Number, Number] = _ranks(size, share, z)  # type: ignore[arg-type, assignment]
    return found


def _ranks(size: float, share: float, z: float) -> tuple[float, float]:
    half = z * (size * (share * (1 - share))) ** 0.5
    return size * share - half, size * share + half
