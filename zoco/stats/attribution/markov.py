"""Markov chains of channels: what would be lost if a channel led nowhere, worked out exactly.

E. Anderl, I. Becker, F. von Wangenheim and J. H. Schumann, Mapping the customer journey: Lessons learned from
graph-based online attribution modeling, International Journal of Research in Marketing 33 (2016) 457–474.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np

from zoco.stats.attribution.models import Parts, features_made
from zoco.stats.attribution.paths import Floats, Ints, Paths, paths_without_repeats

STATES_MOST = 1_500
"""A matrix of more states would take seconds and tens of megabytes for each answer."""

COUNTED_MOST = 4_000_000
SIDE_BY_SIDE = 300
CHAINS_AT_ONCE = 16
"""What fits into a processor's cache together."""


class TooManyStates(ValueError):
    """A chain has more states than one matrix may hold."""


@dataclass(frozen=True, slots=True)
class Markov:
    """Credits in proportion to removal effects in a chain of order 1 or 2.

    A state of order 2 is a channel with the one before it (or the start), observed ones alone. Removal sends
    whoever would come to the channel to the end without a conversion (Anderl et al. 2016, section 3.2); the
    worth of a channel is the share of conversions, or of revenue, that is lost. Revenue enters as the mean
    gain of a visit to the last state before the end. Without `repeats`, touches that follow one of the same
    channel count as one; of order 1 this changes no removal effect, as it changes nowhere who comes from one
    channel to another. Raises TooManyStates.
    """

    order: int = 1
    repeats: bool = True
    is_timed = False

    def __post_init__(self) -> None:
        """Refuse orders that are not there."""
        if self.order not in {1, 2}:
            raise ValueError("The order of a chain of channels is 1 or 2.")

    def parts(self, paths: Paths, gains: Floats) -> Parts:
        """Return visits of states, gains at their ends, and steps between them."""
        if not self.repeats:
            paths = paths_without_repeats(paths)
        rows = paths.rows
        states, channel_of = _states(paths, self.order)
        size = len(channel_of)
        if size > STATES_MOST:
            raise TooManyStates(f"{size} states are more than {STATES_MOST}; put channels together.")
        ends = paths.offsets[1:][paths.lengths > 0] - 1
        goes_on = np.diff(rows) == 0
        steps, step = _numbered(states[:-1][goes_on] * size + states[1:][goes_on], size * size)
        features = features_made(
            np.concatenate([rows, rows[ends], rows[:-1][goes_on]]),
            np.concatenate([states, size + states[ends], 2 * size + step]),
            np.concatenate([np.ones(len(rows)), gains[rows[ends]], np.ones(len(step))]),
            (len(gains), 2 * size + len(steps)),
        )
        of_channel = [np.nonzero(channel_of == each)[0] for each in range(len(paths.labels))]
        worths = partial(_worths, steps=steps, of_channel=of_channel, size=size)
        return Parts(features, worths, 3 * size * size + features.shape[1])


def removal_effects(visits: Floats, gains: Floats, steps: Floats, of_channel: list[Ints]) -> Floats:
    """Return the share of all gains that is lost without each channel; a row a chain.

    `visits` and `gains` have a column a state: how often it was visited, and what was gained by visits after
    which nothing followed. `steps` are matrices of how often one state followed another. One inverse, the
    fundamental matrix N of J. G. Kemeny and J. L. Snell, Finite Markov Chains (1960), section 3.2, gives all
    effects: as visits v are those of the start s times N, first entries into the states A of a channel are
    v_A N_AA⁻¹, and each of them gains (N g)_A on average; what is never gained without the channel is their
    product. Chains without gains lose nothing: 0.
    """
    often = np.maximum(visits, 1.0)
    inverse = _inverted(np.eye(visits.shape[1]) - steps / often[:, :, None])
    expected = (inverse @ (gains / often)[:, :, None])[:, :, 0]
    lost = np.zeros((len(visits), len(of_channel)))
    for channel, states in enumerate(of_channel):
        if len(states):
            block = inverse[:, states[:, None], states[None, :]]
            entered = np.linalg.solve(block, expected[:, states, None])[:, :, 0]
            lost[:, channel] = np.einsum("bs,bs->b", visits[:, states], entered)
    whole = gains.sum(axis=1, keepdims=True)
    shares = np.divide(lost, whole, out=np.zeros_like(lost), where=whole > 0)
    # Beyond 0 and 1 there are only last digits.
    found: Floats = np.clip(shares, 0.0, 1.0)
    return found


def _inverted(matrices: Floats) -> Floats:
    """Return the inverses of matrices I - Q, by Gauss–Jordan over all of them at once.

    Without pivots: rows of Q add up to at most 1, so that no pivot is lost. Of many small matrices LAPACK's
    threads wait for each other longer than they work, and the last digits would depend on how many there are.
    """
    size = matrices.shape[1]
    if size > SIDE_BY_SIDE:
        return np.linalg.inv(matrices).astype(np.float64, copy=False)
    for start in range(0, len(matrices), CHAINS_AT_ONCE):
        found = matrices[start : start + CHAINS_AT_ONCE]
        for at in range(size):
            row = found[:, at, :] / found[:, at, at, None]
            row[:, at] = 1 / found[:, at, at]
            column = found[:, :, at].copy()
            column[:, at] = 0.0
            found[:, :, at] = 0.0
            found -= column[:, :, None] * row[:, None, :]
            found[:, at, :] = row
    return matrices


def _states(paths: Paths, order: int) -> tuple[Ints, Ints]:
    """Return the state of each touch, and the channel of each state."""
    codes = paths.channels
    if order == 2:
        before = np.concatenate([[0], paths.channels[:-1] + 1])[: len(codes)]
        before[paths.offsets[:-1][paths.lengths > 0]] = 0
        codes = before * len(paths.labels) + codes
    size = max(len(paths.labels), 1)
    seen, states = _numbered(codes, size * (size + 1))
    return states, seen % size


def _numbered(codes: Ints, most: int) -> tuple[Ints, Ints]:
    """Return the codes under `most` that are there and each one's place, without sorting where few can be."""
    if most > COUNTED_MOST:
        return np.unique(codes, return_inverse=True)
    is_there = np.bincount(codes, minlength=most) > 0
    return np.nonzero(is_there)[0], (np.cumsum(is_there) - 1)[codes]


def _worths(summed: Floats, *, steps: Ints, of_channel: list[Ints], size: int) -> Floats:
    visits, gains = summed[:, :size], summed[:, size : 2 * size]
    followed = np.zeros((len(summed), size * size))
    followed[:, steps] = summed[:, 2 * size :]
    return removal_effects(visits, gains, followed.reshape(len(summed), size, size), of_channel)
