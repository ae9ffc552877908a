"""Round values for an axis that starts at zero."""

from math import ceil, floor, log10


def ticks(largest: float, most: int = 5) -> list[float]:
    """Return ascending round values from 0 to at least `largest`, at most `most` + 1 of them."""
    if largest <= 0:
        return [0.0, 1.0]
    raw = largest / most
    size = 10.0 ** floor(log10(raw))
    step = next(factor * size for factor in (1, 2, 2.5, 5, 10) if factor * size >= raw * (1 - 1e-9))
    return [round(index * step, 10) for index in range(ceil(largest / step - 1e-9) + 1)]
