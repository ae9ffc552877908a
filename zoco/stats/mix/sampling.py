"""The sampler: Metropolis steps of shapes, with the channel's effect and the baseline integrated out.

All chains move together as rows of arrays. A sweep takes each channel in turn: given the others' effects and
the noise, its effect is a normal cut off below 0, so it is integrated out of the step for its shape and drawn
after it (D. A. van Dyk and T. Park, Partially Collapsed Gibbs Samplers, J. Amer. Stat. Assoc. 103 (2008)
790–796). A step is a random walk whose covariance and length are learnt while warming up, and fixed then (H.
Haario, E. Saksman and J. Tamminen, Bernoulli 7 (2001) 223–242), or now and then a draw from the prior, which
crosses between modes. No product here depends on how many threads a library has.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from zoco.stats.mix.problems import Problem

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
FROM_PRIOR = 0.1
FROM_CENTRE = 0.5
FREEDOM = 5.0
ACCEPTED = 0.3
NOISE_STEPS = 2
Told = Callable[[], None]


def silent() -> None:
    """Tell nobody how far it is."""


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """By sweep and chain: `places` (…, channels, parameters), `effects` (…, channels) and `noise`.

    `effects` and `noise` (a standard deviation) are in units of the mean outcome. `accepted` is the share of
    random walks, by channel, that moved.
    """

    places: Floats
    effects: Floats
    noise: Floats
    accepted: Floats

    @property
    def flat(self) -> tuple[Floats, Floats, Floats]:
        """Return places, effects and noise with all chains below one another."""
        sweeps, chains = self.noise.shape
        return (
            self.places.reshape(sweeps * chains, *self.places.shape[2:]),
            self.effects.reshape(sweeps * chains, -1),
            self.noise.reshape(-1),
        )


class Walk:
    """All chains at one moment of their walk."""

    def __init__(self, problem: Problem, chains: int, random: np.random.Generator) -> None:
        """Begin each chain at a draw from the prior."""
        self.problem, self.chains, self.random = problem, chains, random
        channels, model = problem.channels, problem.model
        self.places = np.stack([model.drawn(name, chains, random) for name in channels], axis=1)
        scales = np.array([model.priors.of(name).effect for name in channels])
        self.scales = scales
        self.effects = np.abs(random.standard_normal((chains, len(channels)))) * scales
        self.logs = np.log(model.priors.noise * np.abs(random.standard_normal(chains)) + 1e-3)
        drawn = [problem.columns(at, self.places[:, at]) for at in range(len(channels))]
        self.columns = np.stack([each for each, _changes in drawn])
        self.changes = [changes for _column, changes in drawn]
        self.left = problem.outcome - sum(
            self.effects[:, at, None] * column for at, column in enumerate(self.columns)
        )
        size = len(model.parameters)
        self.centres = np.zeros((len(channels), size))
        self.roots = np.stack([np.eye(size)] * len(channels))
        self.inverses = self.roots.copy()
        self.lengths = np.full(len(channels), 1.0)
        self.noise_length = 0.2
        self.moved = np.zeros(len(channels))

    @property
    def noise(self) -> Floats:
        """The standard deviation of each chain's noise."""
        found: Floats = np.exp(self.logs)
        return found

    def sweep(self) -> None:
        """Move every channel and the noise once."""
        variance = np.exp(2 * self.logs)
        weights = 1 / (self.problem.sizes + variance[:, None])
        for at in range(len(self.problem.channels)):
            self._channel(at, variance, weights)
        for _ in range(NOISE_STEPS):
            self._noise()

    def _channel(self, at: int, variance: Floats, weights: Floats) -> None:
        """Step a channel's shape with its effect integrated out, then draw the effect."""
        random = self.random
        own = self.effects[:, at, None]
        left = self.left + own * self.columns[at]
        turned = self.problem.projected(left)
        here = self.places[:, at]
        there, hastings, is_walk = self._proposed(at, here)
        column, changes = self.problem.columns(at, there)
        before = self._told(at, self.columns[at], self.changes[at], left, turned, variance, weights)
        after = self._told(at, column, changes, left, turned, variance, weights)
        is_taken = np.log(random.random(self.chains)) < after[0] - before[0] + hastings
        chosen = is_taken[:, None]
        self.places[:, at] = np.where(chosen, there, here)
        self.columns[at] = np.where(chosen, column, self.columns[at])
        self.changes[at] = np.where(chosen, changes, self.changes[at])
        mean, precision = (
            np.where(is_taken, new, old) for new, old in zip(after[1:], before[1:], strict=True)
        )
        self.effects[:, at] = above_zero(mean, precision**-0.5, random.random(self.chains))
        self.left = left - self.effects[:, at, None] * self.columns[at]
        self.moved[at] = float((is_taken & is_walk).sum()) / max(int(is_walk.sum()), 1)

    def _proposed(self, at: int, here: Floats) -> tuple[Floats, Floats, Bools]:
        """Return where to step, the part of the Metropolis ratio that is not of data, and which are walks.

        Of a draw from the prior its own density cancels; of one around the centre, that of its t distribution
        stays.
        """
        random, model, name = self.random, self.problem.model, self.problem.channels[at]
        kind = random.random(self.chains)
        is_walk, is_prior = kind >= FROM_PRIOR + FROM_CENTRE, kind < FROM_PRIOR
        steps = np.einsum("nk,jk->nj", random.standard_normal(here.shape), self.roots[at])
        heavy = np.sqrt(FREEDOM / random.chisquare(FREEDOM, self.chains))[:, None]
        there = np.where(is_walk[:, None], here + self.lengths[at] * steps, self.centres[at] + heavy * steps)
        there = np.where(is_prior[:, None], model.drawn(name, self.chains, random), there)
        hastings = model.believed(name, there) - model.believed(name, here)
        around = self._around(at, here) - self._around(at, there)
        hastings = np.where(is_prior, 0.0, hastings + np.where(is_walk, 0.0, around))
        return there, hastings, is_walk

    def _around(self, at: int, places: Floats) -> Floats:
        """Return the logarithm of the density of t around the centre, but for a constant."""
        steps = np.einsum("nk,jk->nj", places - self.centres[at], self.inverses[at])
        squares = (steps * steps).sum(axis=1)
        found: Floats = -0.5 * (FREEDOM + places.shape[1]) * np.log1p(squares / FREEDOM)
        return found

    def _told(
        self,
        at: int,
        column: Floats,
        changes: Floats,
        left: Floats,
        turned: Floats,
        variance: Floats,
        weights: Floats,
    ) -> tuple[Floats, Floats, Floats]:
        """Return the log-likelihood with the effect integrated out, and the effect's mean and precision.

        `left` is what the other channels leave, `turned` its products with the baseline's axes. Along an axis
        the variance is s² + σ², across all σ².
        """
        along = self.problem.projected(column)
        across = (column * column).sum(axis=1) - (along * along).sum(axis=1)
        precision = across / variance + (along * along * weights).sum(axis=1)
        both = (column * left).sum(axis=1) - (along * turned).sum(axis=1)
        pull = both / variance + (along * turned * weights).sum(axis=1)
        errors, measured = self.problem.errors[at], self.problem.measured[at]
        precision = precision + ((changes / errors) ** 2).sum(axis=1) + self.scales[at] ** -2
        pull = pull + (changes * measured / errors**2).sum(axis=1)
        mean = pull / precision
        score = pull * precision**-0.5
        told = 0.5 * score * score - 0.5 * np.log(precision) + scipy.special.log_ndtr(score)
        return told, mean, precision

    def _noise(self) -> None:
        """Step the logarithm of the noise's deviation."""
        left, sizes = self.left, self.problem.sizes
        along = self.problem.projected(left) ** 2
        across = np.maximum((left * left).sum(axis=1) - along.sum(axis=1), 0.0)
        free = left.shape[1] - min(len(sizes), left.shape[1])
        scale = self.problem.model.priors.noise

        def told(logs: Floats) -> Floats:
            variance = np.exp(2 * logs)
            total = sizes + variance[:, None]
            spread = free * 2 * logs + (np.log(total).sum(axis=1) if left.shape[1] else 0.0)
            misfit = across / variance + (along / total).sum(axis=1)
            found: Floats = -0.5 * (spread + misfit + variance / scale**2) + logs
            return found

        there = self.logs + self.noise_length * self.random.standard_normal(self.chains)
        is_taken = np.log(self.random.random(self.chains)) < told(there) - told(self.logs)
        self.logs = np.where(is_taken, there, self.logs)
        self.noise_moved = float(is_taken.mean())

    def learn(self, number: int) -> None:
        """Lengthen steps that are often taken, shorten others.

        C. Andrieu and J. Thoms, Statistics and Computing 18 (2008) 343–373, algorithm 4.
        """
        rate = (number + 1) ** -0.6
        self.lengths *= np.exp(rate * (self.moved - ACCEPTED))
        self.noise_length *= float(np.exp(rate * (self.noise_moved - 0.44)))

    def shape(self, seen: Floats) -> None:
        """Take each channel's mean and covariance from places (sweeps, chains, channels, parameters)."""
        for at in range(len(self.problem.channels)):
            rows = seen[:, :, at].reshape(-1, seen.shape[3])
            self.centres[at] = rows.mean(axis=0)
            centred = rows - self.centres[at]
            spread = np.einsum("ni,nj->ij", centred, centred) / len(rows)
            self.roots[at] = np.linalg.cholesky(spread + 1e-6 * np.eye(len(spread)))
            self.inverses[at] = np.linalg.inv(self.roots[at])
        self.lengths[:] = 2.38 / seen.shape[3] ** 0.5


def above_zero(mean: Floats, deviation: Floats, chance: Floats) -> Floats:
    """Return draws of normals cut off below 0, by inversion in the logarithm, right in either tail."""
    inside = scipy.special.log_ndtr(mean / deviation) + np.log1p(-chance)
    found: Floats = np.maximum(mean - deviation * scipy.special.ndtri_exp(inside), 0.0)
    return found


def warmed(
    problem: Problem, chains: int, sweeps: int, random: np.random.Generator, told: Told = silent
) -> Walk:
    """Return chains that have walked so many sweeps while their steps were learnt, a few times anew.

    `told` is called after each sweep; what it raises ends them.
    """
    walk = Walk(problem, chains, random)
    ends = [sweeps // 6, sweeps // 2, sweeps]
    since = 0
    for until in ends:
        seen = []
        for number in range(until - since):
            walk.sweep()
            walk.learn(number)
            told()
            seen.append(walk.places.copy())
        if until < sweeps:
            walk.shape(np.stack(seen[len(seen) // 2 :]))
        since = until
    return walk


def drawn(walk: Walk, sweeps: int, told: Told = silent) -> Draws:
    """Return so many further sweeps of chains whose steps stay as they are; `told` as in `warmed`."""
    places, effects, noise, moved = [], [], [], np.zeros_like(walk.moved)
    for _ in range(sweeps):
        walk.sweep()
        told()
        places.append(walk.places.copy())
        effects.append(walk.effects.copy())
        noise.append(walk.noise)
        moved += walk.moved
    return Draws(np.stack(places), np.stack(effects), np.stack(noise), moved / sweeps)
