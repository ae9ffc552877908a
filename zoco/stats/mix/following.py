"""Whether spending follows demand: then a model takes for an effect of money what would have come anyway.

Ads that are billed by the click cost more when more people look for what is sold: selection bias (D. Chan,
M. Perry, Challenges and Opportunities in Media Mix Modeling, Google (2017)). Demand is seen in visits that
nobody paid for, as A. Chen et al., Bias Correction For Paid Search In Media Mix Modeling, Google (2018), see
it in searches. Three things are asked of each channel: whether its spending moves with them in the same
period beside all that the model knows; whether they tell its next spending (C. W. J. Granger, Econometrica 37
(1969) 424–438); and how much of its spending constant prices of clicks explain.

Spending and demand are taken as normal scores of their ranks (W. J. Conover, R. L. Iman, Amer. Statist. 35
(1981) 124–129), so that a sale of a few days does not decide alone. Errors of the regressions may be
correlated over time: variances are the equal-weighted cosine estimates that E. Lazarus, D. Lewis, J. Stock,
M. Watson, HAR Inference: Recommendations for Practice, J. Bus. Econ. Stat. 36 (2018) 541–559, recommend, with
as many degrees of freedom as cosines. S. Holm, Scand. J. Statist. 6 (1979) 65–70, bounds the chance of any
warning over all channels and both tests. Where budgets nearly wander at random, 156 weeks are too short for
these errors, and too many are warned of: `benchmarks.mix` says how many.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
import scipy
from numpy.typing import NDArray

from zoco.stats.mix.baseline import baseline_of
from zoco.stats.mix.priors import Model
from zoco.stats.mix.series import Series

Floats = NDArray[np.float64]
LEVEL = 0.05
"""The chance that any channel is warned of whose spending follows nothing."""
BY_CLICKS = 0.8
"""From so much on, spending is said to be the price of clicks."""
OWN_LAGS = 2
WEEK_OF_DAYS = 7
LEFT_AT_LEAST = 20
"""So many periods more than regressors, or nothing is tested."""
GONE = 1e-9


class Following(Enum):
    """What is known of why a channel's spending moves.

    FOLLOWS: demand moves it, and more is spent when more people come anyway. AGAINST: demand moves it, and
    more is spent when fewer come. TOGETHER: both move together, or one against the other, and which of them
    moves the other nobody can tell. APART: nothing of all that is seen.
    """

    FOLLOWS = "follows"
    AGAINST = "against"
    TOGETHER = "together"
    APART = "apart"


@dataclass(frozen=True, slots=True)
class Tested:
    """One regression's coefficient: its partial correlation, t, the degrees of freedom of t and p."""

    partial: float
    t: float
    freedom: int
    p: float


@dataclass(frozen=True, slots=True)
class Followed:
    """What was found of one channel; a test is None where there are too few periods or nothing is left of it.

    `by_clicks` is the share of spending's variance that constant prices of clicks explain, None where clicks
    are not known. `is_together` and `is_ahead` say which of both tests found something, by Holm.
    """

    channel: str
    following: Following
    together: Tested | None
    ahead: Tested | None
    by_clicks: float | None
    is_together: bool
    is_ahead: bool

    @property
    def is_mixed(self) -> bool:
        """Whether spending moves one way with demand, and the other way after it."""
        return _sign(self.together, self.is_together) * _sign(self.ahead, self.is_ahead) < 0


def followed(
    series: Series,
    model: Model,
    demand: Floats,
    by_clicks: Mapping[str, float | None],
    *,
    known: Sequence[str] = (),
    level: float = LEVEL,
) -> tuple[Followed, ...]:
    """Return of each channel whether its spending follows `demand` (periods of the fit,).

    `known` are controls that say the same as demand, which are not held constant. Nothing is tested where
    demand is the same all the time.
    """
    others = _others(series, model, known)
    lag = WEEK_OF_DAYS if any(each.length == WEEK_OF_DAYS for each in model.seasons) else 1
    spend = series.spend[series.run_in :]
    scored, told = np.column_stack([scores(column) for column in spend.T]), scores(demand)
    asked = []
    for at, (name, column) in enumerate(zip(series.channels, scored.T, strict=True)):
        besides = np.column_stack([others, np.delete(scored, at, axis=1), spend[:, at] > 0])
        same, before = regressed(column, told, besides), ahead(column, told, others, lag)
        asked.append((name, same, before, by_clicks.get(name)))
    return weighed(asked, level=level)


def weighed(
    asked: Sequence[tuple[str, Tested | None, Tested | None, float | None]], *, level: float = LEVEL
) -> tuple[Followed, ...]:
    """Return what the tests of all channels say: of each its name, both tests and its share of clicks."""
    is_found = holm([each.p if each else 1.0 for _, *pair, _ in asked for each in pair], level)
    found = []
    for at, (name, same, before, share) in enumerate(asked):
        is_together, is_ahead = is_found[2 * at : 2 * at + 2]
        judged = _judged(_sign(same, is_together), _sign(before, is_ahead), share)
        found.append(Followed(name, judged, same, before, share, is_together, is_ahead))
    return tuple(found)


def _sign(tested: Tested | None, is_found: bool) -> int:
    """Return 1 or -1 as what was found moves with demand or against it, 0 where nothing was."""
    return 0 if tested is None or not is_found else 1 if tested.t > 0 else -1


def _judged(together: int, ahead: int, by_clicks: float | None) -> Following:
    """Judge by signs. Demand cannot bring clicks by being low: against it clicks tell of no cause."""
    if ahead > 0 or (together > 0 and by_clicks is not None and by_clicks >= BY_CLICKS):
        return Following.FOLLOWS
    if ahead < 0:
        return Following.AGAINST
    return Following.TOGETHER if together else Following.APART


def _others(series: Series, model: Model, known: Sequence[str]) -> Floats:
    """Return what the model knows besides money, by period."""
    baseline = baseline_of(series, model)
    kept = [at for at, name in enumerate(baseline.names) if name not in known]
    found: Floats = baseline.columns[:, kept]
    return found


def scores(values: Floats) -> Floats:
    """Return the normal scores of ranks, of those that are alike of their mean rank."""
    found: Floats = scipy.special.ndtri((scipy.stats.rankdata(values) - 0.5) / len(values))
    return found


def ahead(column: Floats, demand: Floats, others: Floats, lag: int) -> Tested | None:
    """Test whether the mean demand of the `lag` periods before tells spending that its own past does not."""
    first = max(lag, OWN_LAGS)
    if len(column) <= first:
        return None
    mean = np.convolve(demand, np.ones(lag) / lag, mode="valid")[first - lag : -1]
    own = [column[first - each : len(column) - each] for each in range(1, OWN_LAGS + 1)]
    means = np.convolve(column, np.ones(lag) / lag, mode="valid")[first - lag : -1]
    return regressed(column[first:], mean, np.column_stack([others[first:], *own, means]))


def regressed(outcome: Floats, of: Floats, others: Floats) -> Tested | None:
    """Regress an outcome on `of` and others, which has a constant; None where nothing is left of either.

    With u and v what others leave of outcome and `of`, the coefficient is b = u'v / v'v (R. Frisch, F. V.
    Waugh, Econometrica 1 (1933) 387–401), and its variance Ω T / (v'v)², Ω of the scores v (u − b v).
    """
    basis = orthogonal(others)
    u, v = (each - basis @ (basis.T @ each) for each in (outcome, of))
    u, v = (each - basis @ (basis.T @ each) for each in (u, v))
    free = len(u) - basis.shape[1] - 1
    if free < LEFT_AT_LEAST or _is_gone(u, outcome) or _is_gone(v, of):
        return None
    squares = float(v @ v)
    slope = float(u @ v) / squares
    omega, freedom = cosine_variance(v * (u - slope * v))
    variance = omega * len(u) / squares**2 * len(u) / free
    if variance <= 0:
        return None
    t = slope / variance**0.5
    p = float(2 * scipy.special.stdtr(freedom, -abs(t)))
    return Tested(float(u @ v) / (squares * float(u @ u)) ** 0.5, t, freedom, p)


def cosine_variance(series: Floats) -> tuple[float, int]:
    """Return the long-run variance of a series and its degrees of freedom (Lazarus et al. 2018).

    It is the mean of the squares of the first 0.41 T^⅔ cosine transforms.
    """
    periods = len(series)
    freedom = max(int(0.41 * periods ** (2 / 3)), 1)
    angles = np.pi * np.outer(np.arange(1, freedom + 1), np.arange(periods) + 0.5) / periods
    transforms = (2 / periods) ** 0.5 * (np.cos(angles) @ series)
    return float((transforms**2).mean()), freedom


def orthogonal(columns: Floats) -> Floats:
    """Return an orthonormal basis of columns; those that others tell already are left out."""
    found: list[Floats] = []
    for column in columns.T:
        left = column.astype(np.float64)
        length = float(left @ left) ** 0.5
        for _ in range(2):
            for each in found:
                left = left - each * float(each @ left)
        rest = float(left @ left) ** 0.5
        if rest > GONE * length and rest > 0:
            found.append(left / rest)
    return np.column_stack(found) if found else np.empty((len(columns), 0))


def _is_gone(left: Floats, before: Floats) -> bool:
    return float(left @ left) <= GONE * float(before @ before)


def holm(chances: Sequence[float], level: float) -> list[bool]:
    """Return which of several hypotheses are refused, so that any is wrongly with a chance of `level`."""
    found = [False] * len(chances)
    for step, at in enumerate(np.argsort(chances, kind="stable")):
        if chances[at] > level / (len(chances) - step):
            break
        found[at] = True
    return found


def explained_by_clicks(spend: Floats, at_constant_prices: Floats) -> float | None:
    """Return the share of spending's variance that clicks at constant prices explain, where any was spent.

    None where that is fewer than eight periods, or it was always the same.
    """
    is_on = spend > 0
    if is_on.sum() < 8 or np.ptp(spend[is_on]) <= 0:
        return None
    own, told = spend[is_on], at_constant_prices[is_on]
    return float(1 - ((own - told) ** 2).sum() / ((own - own.mean()) ** 2).sum())
