"""What a sum over days will come to once all days are over, from the days that are.

Daily values are taken as a mean of their weekday plus deviations, of which each leans on the one before: an
autoregression of order 1 (Box and Jenkins 1970, section 3.2). What is to come is forecast by the means.
The interval is that of a sum of future values under least squares: the variance is that of the contrast
between what is to come and what the means were fitted on, its degrees of freedom are after Satterthwaite
(1946), and the lag-1 correlation is corrected for its bias in short series (Marriott and Pope 1954, with a
constant that simulation chose: the tests hold what it covers).

Counts and amounts that come by chance go by it as well, for how much days vary is measured and not taken
from a law, so that counts may vary more than Poisson's do. What is rare tells too little of it, though:
`pace_of_events` wants DAYS_WITH_LEAST days on which something came.

Not guaranteed: anything where the level changes for good, as when a budget is raised or a campaign is paused.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

DAYS_LEAST = 14
DAYS_WITH_LEAST = 10
WEEK = 7
DAYS_MOST = 800
RHO_MOST = 0.8
Floats = npt.NDArray[np.float64]


class PaceTooShort(ValueError):
    """Too few days are over, or something came on too few: how much days differ is not known."""


@dataclass(frozen=True, slots=True)
class Pace:
    """The sum over the whole period with an interval; `so_far` is what is there."""

    so_far: float
    total: float
    low: float
    high: float
    level: float


def pace(days: Floats, to_come: int, *, level: float = 0.9, may_fall: bool = False) -> Pace:
    """Forecast the sum over `days` and as many as are to come, which follow without a gap.

    No day is below 0, so that the sum does not fall, unless it `may_fall`.
    Raises PaceTooShort, and ValueError for more than DAYS_MOST days.
    """
    count, whole = len(days), len(days) + to_come
    if count < DAYS_LEAST:
        raise PaceTooShort(f"{count} days are over; at least {DAYS_LEAST} are needed.")
    if whole > DAYS_MOST or to_come < 0:
        raise ValueError(f"A period has {DAYS_MOST} days at most.")
    so_far = float(days.sum())
    if not to_come:
        return Pace(so_far, so_far, so_far, so_far, level)
    design = (np.arange(whole)[:, None] % WEEK == np.arange(WEEK)).astype(float)
    seen, future = design[:count], design[count:]
    weights = future.sum(axis=0) @ np.linalg.pinv(seen)
    rest = float(weights @ days)
    residual_maker = np.eye(count) - seen @ np.linalg.pinv(seen)
    residuals = residual_maker @ days
    lags = np.arange(whole)
    correlation = _correlation(residuals) ** np.abs(lags[:, None] - lags)
    spread = residual_maker @ correlation[:count, :count]
    trace, trace_of_square = float(np.trace(spread)), float((spread * spread.T).sum())
    contrast = np.concatenate([-weights, np.ones(to_come)])
    variance = float(residuals @ residuals) / trace * float(contrast @ correlation @ contrast)
    freedom = trace**2 / trace_of_square
    half = float(scipy.special.stdtrit(freedom, 0.5 + level / 2)) * float(np.sqrt(max(variance, 0.0)))
    total = so_far + rest
    low = total - half if may_fall else max(so_far, total - half)
    return Pace(so_far, total, low, total + half, level)


def pace_of_events(days: Floats, to_come: int, *, level: float = 0.9, may_fall: bool = False) -> Pace:
    """Forecast as `pace` does what comes by chance. Raises PaceTooShort where it came on too few days too."""
    count = int(np.count_nonzero(days > 0))
    if count < DAYS_WITH_LEAST:
        raise PaceTooShort(f"Something came on {count} days; at least {DAYS_WITH_LEAST} are needed.")
    return pace(days, to_come, level=level, may_fall=may_fall)


def _correlation(residuals: Floats) -> float:
    """Return the lag-1 correlation of residuals, between 0 and RHO_MOST."""
    squares = float(residuals @ residuals)
    if not squares:
        return 0.0
    raw = float(residuals[1:] @ residuals[:-1]) / squares
    return min(max(raw + (2 + 3 * raw) / len(residuals), 0.0), RHO_MOST)
