"""Shifted beta-geometric: at each renewal a customer under contract leaves with a probability of his own."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy
from numpy.typing import NDArray

from zoco.stats.value.fitting import Likely
from zoco.stats.value.histories import FEWEST_CUSTOMERS, FEWEST_REPEAT_BUYERS, NoHistory, TooLittle
from zoco.stats.value.quadrature import bounded

Floats = NDArray[np.float64]
# Renewals added up: what is beyond is worth less than a millionth of a millionth of the first.
LEFT_OVER = 1e-12
RENEWALS_MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Contracts:
    """How contracts ended. `lost[t]` did not take renewal t + 1; `kept[t]` were last seen taking it.

    Both have one entry a renewal; `kept` says no more than that somebody was still there.
    """

    lost: Floats
    kept: Floats

    def __post_init__(self) -> None:
        if len(self.lost) != len(self.kept) or (self.lost < 0).any() or (self.kept < 0).any():
            raise NoHistory("Each renewal has how many it lost and how many were last seen taking it.")


def contracts_of(*cohorts: Floats) -> Contracts:
    """Return how contracts ended from counts of customers: at the start, then after each renewal.

    One sequence a cohort, of any length. Shares do as well, times a number of customers. Raises NoHistory
    where a later count is larger than one before.
    """
    renewals = max((len(cohort) - 1 for cohort in cohorts), default=0)
    lost, kept = np.zeros(renewals), np.zeros(renewals)
    for cohort in cohorts:
        counts = np.asarray(cohort, dtype=np.float64)
        gone = -np.diff(counts)
        if len(counts) < 2 or (gone < 0).any() or not np.isfinite(counts).all():
            raise NoHistory("A cohort has its customers at the start and after each renewal, never more.")
        lost[: len(gone)] += gone
        kept[len(gone) - 1] += counts[-1]
    return Contracts(lost, kept)


@dataclass(frozen=True, slots=True)
class Sbg(Likely[Contracts]):
    """Probabilities of leaving are beta (alpha, beta) over customers.

    P. S. Fader and B. G. S. Hardie, How to project customer retention, Journal of Interactive Marketing
    21 (2007) 76–90.
    """

    name: ClassVar[str] = "sBG"

    alpha: float
    beta: float

    @classmethod
    def prepared(cls, rows: Contracts) -> Contracts:
        """Return the rows as they are. Raises TooLittle where they are not enough."""
        whole, lost = float(rows.lost.sum() + rows.kept.sum()), float(rows.lost.sum())
        if whole < FEWEST_CUSTOMERS or lost < FEWEST_REPEAT_BUYERS:
            raise TooLittle(
                f"{cls.name} needs at least {FEWEST_CUSTOMERS} contracts of which {FEWEST_REPEAT_BUYERS} "
                f"ended, and there are {whole:.0f} of which {lost:.0f} ended; wait for more renewals."
            )
        if (rows.lost + rows.kept > 0).sum() < 2:
            raise TooLittle(f"{cls.name} needs at least two renewals to tell how customers differ.")
        return rows

    @classmethod
    def starts(cls, rows: Contracts) -> Floats:
        """Return parameters to begin at, one row a start."""
        return np.array([(1.0, 1.0), (0.5, 3.0), (2.0, 10.0), (0.5, 0.5), (5.0, 5.0)])

    def scored(self, rows: Contracts) -> tuple[float, Floats]:
        """Return the log-likelihood and its gradient by the logarithms."""
        betaln, digamma = scipy.special.betaln, scipy.special.digamma
        t = np.arange(1, len(rows.lost) + 1)
        base = betaln(self.alpha, self.beta)
        left = betaln(self.alpha + 1, self.beta + t - 1) - base
        stayed = betaln(self.alpha, self.beta + t) - base
        value = float(rows.lost @ left + rows.kept @ stayed)
        all_in = digamma(self.alpha + self.beta) - digamma(self.alpha + self.beta + t)
        by_alpha = rows.lost @ (1 / self.alpha + all_in) + rows.kept @ all_in
        seen = digamma(self.beta)
        by_beta = rows.lost @ (all_in + digamma(self.beta + t - 1) - seen)
        by_beta += rows.kept @ (all_in + digamma(self.beta + t) - seen)
        return value, np.array([self.alpha * by_alpha, self.beta * by_beta])

    def kept(self, renewals: Floats) -> Floats:
        """Return S(t), the share that is still there after so many renewals, as the paper has it."""
        betaln = scipy.special.betaln
        renewals = np.asarray(renewals, dtype=np.float64)
        found: Floats = np.exp(betaln(self.alpha, self.beta + renewals) - betaln(self.alpha, self.beta))
        return found

    def renewing(self, renewals: Floats) -> Floats:
        """Return r(t), the share that takes renewal t of those who took the one before."""
        renewals = np.asarray(renewals, dtype=np.float64)
        found: Floats = (self.beta + renewals - 1) / (self.alpha + self.beta + renewals - 1)
        return found

    def residual(self, renewals: int, rate: float, horizon: int | None = None) -> float:
        """Return payments expected from somebody who took so many renewals, just before the next one.

        Payment k from now, 0 for the next, is worth (1 + rate)^-k, `rate` being a renewal period's; over
        the next `horizon` renewals, or all. Source: P. S. Fader and B. G. S. Hardie, Customer-base valuation
        in a contractual setting, Marketing Science 29 (2010) 85–93, as a sum of positive terms
        here. Raises WithoutEnd where neither discount nor renewals end.
        """
        betaln = scipy.special.betaln
        bounded(np.inf if horizon is None else horizon, rate)
        if horizon is None:
            horizon = min(int(-np.log(LEFT_OVER) / np.log1p(rate)) + 1, RENEWALS_MOST)
        ahead = np.arange(1, horizon + 1)
        still = betaln(self.alpha, self.beta + renewals + ahead) - betaln(self.alpha, self.beta + renewals)
        return float(np.exp(still - (ahead - 1) * np.log1p(rate)).sum())
