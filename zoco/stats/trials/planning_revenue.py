"""What revenue was, for planning: drawn in where the trial that finds an effect will draw it in."""

import numpy as np
from numpy.typing import ArrayLike

from zoco.stats.trials.metrics import mean
from zoco.stats.trials.moments import Moments
from zoco.stats.trials.planning import Design, OutOfReach, Past, Way


def past_of_revenue(paid: ArrayLike, percentile: float, lift: float, design: Design) -> Past:
    """Return the past of revenue (one value a unit, 0 for who paid nothing) for finding a relative lift.

    More units pay, each as much as those who paid: so much is the lift of revenue wherever it is drawn in.
    A trial draws in at a percentile of all its units together (`metrics.drawn_in`), among whom more pay
    than did, so its cap is the percentile of the past with who paid weighed up by them. Raises OutOfReach
    where more would have to pay than there are.
    """
    rows = np.asarray(paid, dtype=float)
    is_paid = rows > 0
    payers = float(is_paid.mean())
    by = 1 + design.shares[1] * lift
    if not 0 < payers * by < 1:
        raise OutOfReach(f"{payers:g} of the units paid; {by:g} times as many are not there.")
    weights = np.where(is_paid, by, (1 - payers * by) / (1 - payers))
    cap = float(np.quantile(rows, percentile, weights=weights, method="inverted_cdf"))
    drawn = np.minimum(rows, cap)
    return Past.of(mean(Moments.of(drawn), events=int(np.count_nonzero(drawn))), Way.MORE)
