"""Many trials at once that are looked at a hundred times: z-values of each look, from cumulated sums.

The same arithmetic as the metrics have, on arrays of (trials, looks); tests hold one to the other.
"""

from dataclasses import dataclass

import numpy as np

from zoco.stats.trials.moments import Floats, Moments


@dataclass(frozen=True, slots=True)
class Arm:
    """Sums of an arm's columns (trials, looks, columns) and of their products, and units by look."""

    n: Floats
    sums: Floats
    products: Floats

    def moments(self, trial: int, look: int) -> Moments:
        """Return what one trial's arm has at one look."""
        return Moments.summed(
            int(self.n[look]), list(self.sums[trial, look]), [list(row) for row in self.products[trial, look]]
        )

    def means(self) -> Floats:
        """Return means (trials, looks, columns)."""
        found: Floats = self.sums / self.n[:, None]
        return found

    def spread(self) -> Floats:
        """Return summed products of deviations (trials, looks, columns, columns)."""
        found: Floats = (
            self.products - self.sums[..., :, None] * self.sums[..., None, :] / self.n[:, None, None]
        )
        return found


def arm(rows: Floats, looks: int) -> Arm:
    """Return the arm of rows (trials, units, columns) that come in evenly over the looks."""
    trials, units, columns = rows.shape
    parts = rows.reshape(trials, looks, units // looks, columns)
    products = np.einsum("tlui,tluj->tlij", parts, parts)
    n = np.arange(1, looks + 1) * (units // looks)
    return Arm(n.astype(float), parts.sum(2).cumsum(1), products.cumsum(1))


def z_means(control: Arm, treatment: Arm) -> Floats:
    """Return z of the difference of the first column's means."""
    error = sum(each.spread()[..., 0, 0] / (each.n - 1) / each.n for each in (control, treatment))
    gap = treatment.means()[..., 0] - control.means()[..., 0]
    found: Floats = gap / np.sqrt(np.where(error > 0, error, np.inf))
    return found


def z_ratios(control: Arm, treatment: Arm) -> Floats:
    """Return z of the difference of the ratios of the first column to the second."""
    values, error = [], np.zeros(control.sums.shape[:2])
    for each in (control, treatment):
        value = each.sums[..., 0] / each.sums[..., 1]
        spread, n = each.spread(), each.n
        told = spread[..., 0, 0] - 2 * value * spread[..., 0, 1] + value**2 * spread[..., 1, 1]
        error += told / (n - 1) / n / each.means()[..., 1] ** 2
        values.append(value)
    found: Floats = (values[1] - values[0]) / np.sqrt(error)
    return found


def z_adjusted(control: Arm, treatment: Arm) -> Floats:
    """Return z of the difference of the first column's means, regressed on the second column."""
    within = control.spread() + treatment.spread()
    theta = within[..., 0, 1] / within[..., 1, 1]
    gap, error = treatment.means() - control.means(), np.zeros(theta.shape)
    for each in (control, treatment):
        spread = each.spread()
        told = spread[..., 0, 0] - 2 * theta * spread[..., 0, 1] + theta**2 * spread[..., 1, 1]
        error += told / (each.n - 1) / each.n
    found: Floats = (gap[..., 0] - theta * gap[..., 1]) / np.sqrt(error)
    return found
