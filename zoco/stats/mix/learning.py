"""What the data taught: the prior beside the posterior of each parameter, and whether they differ at all."""

import enum
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zoco.stats.mix.figures import CONFIDENCE, Figure, figure
from zoco.stats.mix.fitting import Fit, added

Floats = NDArray[np.float64]
PRIOR_DRAWS = 4_000
BINS = 20
WEAK = 0.35
NOTHING = 0.8


class Knowledge(enum.Enum):
    """What the posterior says that the prior did not.

    By the overlap of their densities, ∫ min(prior, posterior), from 0 to 1: E. S. Garrett and S. L. Zeger,
    Latent class model diagnosis, Biometrics 56 (2000) 1055–1067, who call a parameter weakly
    identified above .35. Above .8 the two are as good as the same, and this package says so; that bound is
    its own: a posterior at the prior's place whose deviation is two thirds of the prior's overlaps by .8.
    """

    IDENTIFIED = "identified"
    WEAKLY_IDENTIFIED = "weakly identified"
    NOT_IDENTIFIABLE = "not identifiable"


@dataclass(frozen=True, slots=True)
class Learnt:
    """A parameter before and after the data. `contraction` is 1 less the ratio of variances.

    Contraction is of M. Betancourt, Calibrating model-based inferences and decisions (2018),
    arXiv:1803.08393; it is below 0 where the posterior is wider.
    """

    channel: str
    parameter: str
    prior: Figure
    posterior: Figure
    overlap: float
    contraction: float

    @property
    def knowledge(self) -> Knowledge:
        """What the data say of it."""
        if self.overlap > NOTHING:
            return Knowledge.NOT_IDENTIFIABLE
        return Knowledge.WEAKLY_IDENTIFIED if self.overlap > WEAK else Knowledge.IDENTIFIED


def learnt(fit: Fit, *, seed: int = 1, confidence: float = CONFIDENCE) -> tuple[Learnt, ...]:
    """Return all that is sampled beside what was believed: of each channel its shape, effect and roas.

    A channel whose `roas` is not identifiable is one that the data say nothing of. Halves and steepness are
    in the channel's mean spend, effects, noise and coefficients in outcomes; those of no channel have the
    name "".
    """
    random = np.random.default_rng(seed)
    unit, priors, series = fit.series.unit, fit.model.priors, fit.series
    found: list[Learnt] = []
    for at, (channel, posterior) in enumerate(zip(series.channels, fit.contributions(), strict=True)):
        column = series.spend[:, at]
        shapes = fit.model.shaped(channel, fit.model.drawn(channel, PRIOR_DRAWS, random))
        effects = np.abs(random.standard_normal(PRIOR_DRAWS)) * priors.of(channel).effect * unit
        for number, name in enumerate(fit.model.parameters):
            found.append(beside(channel, name, shapes[:, number], fit.shapes[:, at, number], confidence))
        lives = half_life(shapes[:, 0]), half_life(fit.shapes[:, at, 0])
        found.append(beside(channel, "half_life", *lives, confidence))
        found.append(beside(channel, "effect", effects, fit.effects[:, at], confidence))
        before = added(series, fit.model, at, column, shapes, effects)[:, series.run_in :].sum(axis=1)
        spent = float(column[series.run_in :].sum())
        found.append(beside(channel, "roas", before / spent, posterior.sum(axis=1) / spent, confidence))
    noise = np.abs(random.standard_normal(PRIOR_DRAWS)) * priors.noise * unit
    found.append(beside("", "noise", noise, fit.noise, confidence))
    for number, name in enumerate(fit.baseline.names):
        before = random.standard_normal(PRIOR_DRAWS) * fit.baseline.deviations[number] * unit
        found.append(beside("", name, before, fit.coefficients[:, number], confidence))
    return tuple(found)


def half_life(retention: Floats) -> Floats:
    """Return after how many periods half of what money does has been done, r^t = 1/2."""
    found: Floats = np.log(0.5) / np.log(np.clip(retention, 1e-12, 1 - 1e-12))
    return found


def knowledge(fit: Fit) -> dict[str, Knowledge]:
    """Return of each channel whether the data tell its return at all."""
    return {each.channel: each.knowledge for each in learnt(fit) if each.parameter == "roas"}


def beside(
    channel: str, parameter: str, prior: Floats, posterior: Floats, confidence: float = CONFIDENCE
) -> Learnt:
    """Return draws from a prior beside draws from its posterior."""
    contraction = 1 - float(posterior.var()) / float(prior.var())
    return Learnt(
        channel,
        parameter,
        figure(prior, confidence),
        figure(posterior, confidence),
        overlap(prior, posterior),
        contraction,
    )


def overlap(prior: Floats, posterior: Floats) -> float:
    """Return ∫ min(prior, posterior), over twenty bins that are alike likely before."""
    edges = np.quantile(prior, np.linspace(0, 1, BINS + 1)[1:-1])
    shares = np.bincount(np.searchsorted(edges, posterior), minlength=BINS) / len(posterior)
    return float(np.minimum(shares, 1 / BINS).sum())
