"""Whether a series tells enough for a model: what cannot be told is refused with a sentence and no figure."""

import numpy as np
from numpy.typing import NDArray

from zoco.stats.mix.baseline import Baseline
from zoco.stats.mix.series import BadSeries, Series

Floats = NDArray[np.float64]
LEAST_PERIODS = 52
SPENT_AT_LEAST = 8
# D. W. Marquardt, Technometrics 12 (1970) 591–612: above ten, coefficients are not told apart in practice.
INFLATION = 10.0


class TooLittle(ValueError):
    """Too few periods, or too few with spending, to tell anything."""


class Collinear(ValueError):
    """Channels, or a channel and the baseline, moved together: the data do not tell whose effect it is.

    `columns` names those that cannot be told apart, `others` those of them that are no channels.
    """

    def __init__(self, columns: tuple[str, ...], others: tuple[str, ...] = ()) -> None:
        """Say which they are, and what to do."""
        self.columns, self.others = columns, others
        super().__init__(
            f"{', '.join(columns)} moved so much alike that no effect can be told from another; "
            "put them together, leave one out, or change the spending of one for some weeks."
        )


def is_enough(series: Series, baseline: Baseline, parameters: int, longest: float) -> None:
    """Raise unless the series can carry a model.

    `parameters` counts all that is estimated, and `longest` is the length of the longest season. Raises
    BadSeries, TooLittle or Collinear.
    """
    needed = max(LEAST_PERIODS, 2 * parameters, int(np.ceil(2 * longest)))
    if series.periods < needed:
        raise TooLittle(
            f"There are {series.periods} periods; this model has {parameters} parameters and needs {needed}."
        )
    used, outcome = series.spend[series.run_in :], series.outcome[series.run_in :]
    if np.ptp(outcome) <= 0:
        raise BadSeries("The outcome is the same in every period, so nothing can be said to move it.")
    for name, column in zip(series.channels, used.T, strict=True):
        spent = int((column > 0).sum())
        if not spent:
            raise TooLittle(f"{name}: nothing was ever spent, so nothing can be told of it; leave it out.")
        if np.ptp(column) <= 1e-9 * float(column.max()):
            raise BadSeries(
                f"{name}: the same was spent in every period, so its effect looks like the baseline."
            )
        if spent < SPENT_AT_LEAST:
            raise TooLittle(
                f"{name}: money was spent in {spent} periods; at least {SPENT_AT_LEAST} are needed."
            )
    names, columns = baseline.names[1:], baseline.columns[:, 1:]
    for name, column in zip(names, columns.T, strict=True):
        if np.ptp(column) <= 0:
            raise BadSeries(f"{name}: it is the same in every period, so it explains nothing; leave it out.")
    together_apart(np.hstack([used, columns]), (*series.channels, *names), len(series.channels))


def together_apart(columns: Floats, names: tuple[str, ...], channels: int) -> None:
    """Raise Collinear where a channel's variance inflation factor is above ten.

    The factor of a column is 1 / (1 - R²) of its regression on all others, the diagonal of the inverse of
    their correlations (Marquardt 1970), worked out by sweeps of each other column in turn.
    """
    z = columns - columns.mean(axis=0)
    z = z / np.sqrt((z * z).sum(axis=0))
    for at in range(channels):
        others = [each for each in range(z.shape[1]) if each != at]
        basis: list[Floats] = []
        left = z[:, at].copy()
        for each in others:
            rest = z[:, each].copy()
            for known in basis:
                rest -= known * float((known * rest).sum())
            length = float((rest * rest).sum())
            if length > 1e-10:
                rest /= length**0.5
                basis.append(rest)
                left -= rest * float((rest * left).sum())
        if float((left * left).sum()) < 1 / INFLATION:
            close = np.abs((z[:, at, None] * z[:, others]).sum(axis=0))
            nearest = [names[others[each]] for each in np.argsort(-close, kind="stable") if close[each] > 0.5]
            alike = (nearest or [names[others[int(close.argmax())]]])[:2]
            none = tuple(each for each in alike if each not in names[:channels])
            raise Collinear((names[at], *alike), none)
