"""A media mix model fitted: draws from its posterior, or a refusal where chains do not agree."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zoco.stats.mix.agreement import r_hat, sample_size, tail_size
from zoco.stats.mix.baseline import Baseline, Turned, baseline_of
from zoco.stats.mix.enough import is_enough
from zoco.stats.mix.experiments import Experiment
from zoco.stats.mix.priors import Model
from zoco.stats.mix.problems import Problem, problem_of
from zoco.stats.mix.sampling import Draws, Told, drawn, silent, warmed
from zoco.stats.mix.series import Series
from zoco.stats.mix.shapes import adstock

Floats = NDArray[np.float64]
SEED = 1
CHAINS = 16
WARMING = 600
SWEEPS = 1_000
ROUNDS = 4
# Both are recommended by Vehtari et al. 2021; 400 is for all chains together.
AGREED = 1.01
DRAWS_AT_LEAST = 400
KEPT = 2_000


class ChainsDisagree(ValueError):
    """Chains that began elsewhere did not come to the same posterior, so no figure of it may be told."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of one quantity: R-hat, and effective sample sizes of its middle and of its tails."""

    channel: str
    parameter: str
    r_hat: float
    sample_size: float
    tail_size: float

    @property
    def is_reached(self) -> bool:
        """Whether R-hat and both sizes are as they should be."""
        return self.r_hat < AGREED and min(self.sample_size, self.tail_size) >= DRAWS_AT_LEAST


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """Draws from the posterior, one row each, evenly spaced over all chains.

    `shapes` is (draws, channels, parameters) as `model.parameters` names them, halves and steepness in the
    channel's mean spend; `effects` (draws, channels), `noise` (draws,) and `coefficients` (draws, columns of
    the baseline) are in outcomes. `agreements` tell of each sampled quantity over all sweeps of all chains.
    """

    series: Series
    model: Model
    experiments: tuple[Experiment, ...]
    baseline: Baseline
    shapes: Floats
    effects: Floats
    noise: Floats
    coefficients: Floats
    agreements: tuple[Agreement, ...]
    sweeps: int

    def contributions(self) -> Iterator[Floats]:
        """Give for each channel what it added in each period of the fit, (draws, periods), in outcomes."""
        for at in range(len(self.series.channels)):
            yield self.contribution(at, self.series.spend[:, at])[:, self.series.run_in :]

    def contribution(self, at: int, spend: Floats) -> Floats:
        """Return what a channel would add in each period with other spending, (draws, periods)."""
        return added(self.series, self.model, at, spend, self.shapes[:, at], self.effects[:, at])

    @property
    def fitted(self) -> Floats:
        """The posterior mean of what is expected in each period."""
        mean: Floats = np.einsum("tk,k->t", self.baseline.columns, self.coefficients.mean(axis=0))
        for each in self.contributions():
            mean = mean + each.mean(axis=0)
        return mean

    @property
    def r_squared(self) -> float:
        """How much of the outcome's variance is fitted.

        It says nothing of whether effects are right: what is left out of the model may drive both spending
        and outcomes, and the fit is as good. Only experiments tell.
        """
        outcome = self.series.outcome[self.series.run_in :]
        return 1 - float(((outcome - self.fitted) ** 2).sum() / ((outcome - outcome.mean()) ** 2).sum())


def added(series: Series, model: Model, at: int, spend: Floats, shapes: Floats, effects: Floats) -> Floats:
    """Return effect · saturation(adstock(spend)) of a channel, (draws, periods of the spending)."""
    arriving = adstock(spend[None] / series.units[at], shapes[:, 0], model.lags)
    found: Floats = effects[:, None] * model.saturated(arriving, shapes)
    return found


def fit(
    series: Series,
    model: Model | None = None,
    experiments: Sequence[Experiment] = (),
    *,
    seed: int = SEED,
    chains: int = CHAINS,
    warming: int = WARMING,
    sweeps: int = SWEEPS,
    told: Told = silent,
) -> Fit:
    """Return draws from the posterior of a media mix model; the same seed gives the same bits.

    Chains go on for up to four times `sweeps`, until they agree. With `experiments` these are data as well:
    ask `calibrated` first whether they contradict. `told` is called after each of at least `warming` +
    `sweeps` sweeps, and may end the fit by what it raises. Raises what `is_enough` raises, BadExperiment, and
    ChainsDisagree.
    """
    model = model or Model()
    for each in experiments:
        each.check(series)
    baseline = baseline_of(series, model)
    shape = len(series.channels) * (1 + len(model.parameters))
    longest = max((each.length for each in model.seasons), default=0.0)
    is_enough(series, baseline, shape + len(baseline.names) + 1, longest)
    problem, turn = problem_of(series, model, experiments)
    random = np.random.default_rng(seed)
    walk = warmed(problem, chains, warming, random, told)
    draws = drawn(walk, sweeps, told)
    agreements = _agreements(problem, draws)
    while len(draws.noise) < ROUNDS * sweeps and not all(each.is_reached for each in agreements):
        draws = _joined(draws, drawn(walk, sweeps, told))
        agreements = _agreements(problem, draws)
    _refuse(agreements)
    return _kept(series, problem, turn, baseline, tuple(experiments), draws, agreements, random)


def _agreements(problem: Problem, draws: Draws) -> tuple[Agreement, ...]:
    named = [("", "noise", draws.noise)]
    for at, channel in enumerate(problem.channels):
        named.append((channel, "effect", draws.effects[:, :, at]))
        named += [
            (channel, name, draws.places[:, :, at, number])
            for number, name in enumerate(problem.model.parameters)
        ]
    return tuple(
        Agreement(channel, name, r_hat(each), sample_size(each), tail_size(each))
        for channel, name, each in named
    )


def _refuse(agreements: tuple[Agreement, ...]) -> None:
    apart = [each for each in agreements if not each.is_reached]
    if apart:
        worst = max(apart, key=lambda each: (each.r_hat, -each.sample_size))
        raise ChainsDisagree(
            f"Chains do not agree about {worst.parameter} of {worst.channel or 'the model'} "
            f"(R-hat {worst.r_hat:.3f}, {worst.sample_size:.0f} draws' worth); take fewer channels, "
            "a longer time, narrower priors or an experiment."
        )


def _joined(before: Draws, after: Draws) -> Draws:
    return Draws(
        np.concatenate([before.places, after.places]),
        np.concatenate([before.effects, after.effects]),
        np.concatenate([before.noise, after.noise]),
        (before.accepted + after.accepted) / 2,
    )


def _kept(
    series: Series,
    problem: Problem,
    turn: Turned,
    baseline: Baseline,
    experiments: tuple[Experiment, ...],
    draws: Draws,
    agreements: tuple[Agreement, ...],
    random: np.random.Generator,
) -> Fit:
    """Thin the draws, and draw the baseline's coefficients given each."""
    places, effects, noise = draws.flat
    chosen = np.linspace(0, len(noise) - 1, min(KEPT, len(noise))).round().astype(np.int64)
    places, effects, noise = places[chosen], effects[chosen], noise[chosen]
    model, unit = problem.model, series.unit
    shapes = [model.shaped(name, places[:, at]) for at, name in enumerate(series.channels)]
    left = problem.outcome
    for at in range(len(series.channels)):
        left = left - effects[:, at, None] * problem.columns(at, places[:, at])[0]
    coefficients = turn.coefficients(problem.projected(left), noise, random) * unit
    return Fit(
        series,
        model,
        experiments,
        baseline,
        np.stack(shapes, axis=1),
        effects * unit,
        noise * unit,
        coefficients,
        agreements,
        len(draws.noise),
    )
