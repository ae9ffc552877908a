"""What the sampler works on: a series, its model and its experiments, in units that are alike for all."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zoco.stats.mix.baseline import Turned, baseline_of, turned
from zoco.stats.mix.experiments import Experiment
from zoco.stats.mix.priors import Model
from zoco.stats.mix.series import Series
from zoco.stats.mix.shapes import adstock

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """`spends` has for each channel (1 + its experiments, all periods): spent really, and in each.

    `windows` has for each channel, by experiment, the rows that it was measured in; `measured` are its
    effects (1 or chains, experiments) and `errors` their standard errors. `outcome` is (1 or chains, periods
    of the fit); with as many rows as chains each chain has data of its own.
    """

    model: Model
    channels: tuple[str, ...]
    spends: tuple[Floats, ...]
    windows: tuple[tuple[slice, ...], ...]
    measured: tuple[Floats, ...]
    errors: tuple[Floats, ...]
    outcome: Floats
    axes: Floats
    sizes: Floats
    run_in: int

    def columns(self, at: int, places: Floats) -> tuple[Floats, Floats]:
        """Return a channel's saturated adstock (n, periods), and what experiments change (n, experiments).

        Both are for an effect of 1. `places` are (n, parameters), unbounded.
        """
        shape = self.model.shaped(self.channels[at], places)[:, None]
        arriving = adstock(self.spends[at], shape[..., 0], self.model.lags)
        found = self.model.saturated(arriving, shape)
        changes = [
            (found[:, 1 + number, rows] - found[:, 0, rows]).sum(axis=1)
            for number, rows in enumerate(self.windows[at])
        ]
        changed = np.stack(changes, axis=1) if changes else np.empty((len(places), 0))
        return np.ascontiguousarray(found[:, 0, self.run_in :]), changed

    def projected(self, rows: Floats) -> Floats:
        """Return products of (n, periods) with the axes of the baseline, (n, k)."""
        # Not `@`: a library's product depends in its last digits on how many threads it has.
        found: Floats = np.einsum("nt,kt->nk", rows, self.axes)
        return found


def problem_of(series: Series, model: Model, experiments: Sequence[Experiment]) -> tuple[Problem, Turned]:
    """Return the problem, and the turned baseline that its axes come from."""
    turn = turned(baseline_of(series, model))
    unit, units = series.unit if series.periods else 1.0, series.units
    spends, windows, measured, errors = [], [], [], []
    for at, name in enumerate(series.channels):
        own = [each for each in experiments if each.channel == name]
        column = series.spend[:, at]
        spends.append(np.stack([column, *(each.spent(column) for each in own)]) / units[at])
        windows.append(tuple(slice(each.since, each.measured_until) for each in own))
        measured.append(np.array([[each.effect for each in own]]) / unit)
        errors.append(np.array([each.error for each in own]) / unit)
    problem = Problem(
        model,
        series.channels,
        tuple(spends),
        tuple(windows),
        tuple(measured),
        tuple(errors),
        series.outcome[None, series.run_in :] / unit,
        np.ascontiguousarray(turn.axes.T),
        turn.sizes,
        series.run_in,
    )
    return problem, turn
