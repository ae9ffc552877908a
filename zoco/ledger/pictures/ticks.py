"""Round values for an axis that starts at zero."""

from math import ceil, floor, log10


def ticks(largest: float, most: int = 5, *, whole: bool = False) -> list[float]:
    """Return ascending round values from 0 to at least `largest`, at most `most` + 1 of them.

    `whole`: only whole numbers, for what is counted.
    """
    if largest <= 0:
        return [0.0, 1.0]
    raw = max(largest / most, 1.0) if whole else largest / most
    size = 10.0 ** floor(log10(raw))
    steps = (factor * size for factor in (1, 2, 2.5, 5, 10) if factor * size >= raw * (1 - 1e-9))
    step = next(each for each in steps if not whole or round(each, 10).is_integer())
    return [round(index * step, 10) for index in range(ceil(largest / step - 1e-9) + 1)]
