"""Calibration: experiments are held against the model without them, before they are averaged into it.

A model that leaves out what drives both spending and outcomes fits as well as a right one, and gives credit
for what would have happened anyway. A randomised experiment does not: where the two contradict each other,
their mean is neither.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from zoco.stats.mix.experiments import BadExperiment, Experiment
from zoco.stats.mix.figures import Figure, figure
from zoco.stats.mix.fitting import SEED, Fit, fit
from zoco.stats.mix.priors import Model
from zoco.stats.mix.sampling import Told, silent
from zoco.stats.mix.series import Series

# Of experiments that the model is right about, one in 22 is further off.
CONTRADICTION = 2.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """What an experiment found beside what a model that does not know it expects, both sums of outcomes.

    `errors` is k: how many standard errors the experiment is above (or below, if negative) the model's mean,
    the error being that of the difference, sqrt(standard error² + posterior variance). `chance` is how
    probably an experiment is at least as far off on either side if the model is right, from its draws (G. E.
    P. Box, J. Royal Stat. Soc. A 143 (1980) 383–430, on predictive checks).
    """

    experiment: Experiment
    expected: Figure
    errors: float
    chance: float

    @property
    def is_contradiction(self) -> bool:
        """Whether the experiment and the model are too far apart for both to be right."""
        return abs(self.errors) >= CONTRADICTION


@dataclass(frozen=True, slots=True, eq=False)
class Calibrated:
    """Experiments that the model did not contradict, and the model that knows them as well."""

    comparisons: tuple[Comparison, ...]
    fit: Fit


@dataclass(frozen=True, slots=True, eq=False)
class Contradicted:
    """Experiments of which some contradict the model; `without` is the model that knows none of them."""

    comparisons: tuple[Comparison, ...]
    without: Fit

    @property
    def contradictions(self) -> tuple[Comparison, ...]:
        """Those that contradict it, the furthest first."""
        apart = [each for each in self.comparisons if each.is_contradiction]
        return tuple(sorted(apart, key=lambda each: -abs(each.errors)))


def compared(without: Fit, experiments: Sequence[Experiment]) -> tuple[Comparison, ...]:
    """Return each experiment beside what a fit expects of it. Raises BadExperiment where the fit knows it."""
    found = []
    for each in experiments:
        each.check(without.series)
        if each in without.experiments:
            raise BadExperiment(
                "A model that was fitted to an experiment says nothing about whether it is right."
            )
        draws = expected(without, each)
        error = float(np.hypot(each.error, draws.std()))
        below = float(scipy.special.ndtr((each.effect - draws) / each.error).mean())
        found.append(
            Comparison(
                each, figure(draws), (each.effect - float(draws.mean())) / error, 2 * min(below, 1 - below)
            )
        )
    return tuple(found)


def expected(without: Fit, experiment: Experiment) -> np.ndarray:
    """Return draws of the effect that a fit expects of an experiment."""
    at = without.series.place(experiment.channel)
    column, rows = without.series.spend[:, at], slice(experiment.since, experiment.measured_until)
    change = without.contribution(at, experiment.spent(column)) - without.contribution(at, column)
    found: np.ndarray = change[:, rows].sum(axis=1)
    return found


def calibrated(
    series: Series,
    experiments: Sequence[Experiment],
    model: Model | None = None,
    *,
    seed: int = SEED,
    anyway: bool = False,
    told: Told = silent,
) -> Calibrated | Contradicted:
    """Hold experiments against the model without them, and fit it anew with them unless one contradicts it.

    With `anyway` they are averaged in whatever they say. `told` is as in `fit`. Raises what `fit` raises.
    """
    without = fit(series, model, seed=seed, told=told)
    comparisons = compared(without, experiments)
    if not anyway and any(each.is_contradiction for each in comparisons):
        return Contradicted(comparisons, without)
    return Calibrated(comparisons, fit(series, model, experiments, seed=seed, told=told))
