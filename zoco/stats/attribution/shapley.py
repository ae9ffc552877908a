"""Shapley values of channels, free of order, exact.

L. S. Shapley, A value for n-person games, Contributions to the Theory of Games II (1953) 307–317: a channel's
value is what it adds to those that came before it, on average over all orders in which channels could come.
"""

from dataclasses import dataclass
from functools import partial
from math import comb

import numpy as np

from zoco.stats.attribution.models import Parts, features_made
from zoco.stats.attribution.paths import Floats, Ints, Paths

CHANNELS_MOST = 15
"""Coalitions double with each channel; 32,768 of them are worked out in milliseconds."""


class TooManyChannels(ValueError):
    """Coalitions of so many channels cannot be counted out."""


@dataclass(frozen=True, slots=True)
class Shapley:
    """What is meant by Shapley where nothing else is said: v(S) is what was gained on paths within S.

    Each path is then a game of its own in which its channels gain together or not at all, so each distinct
    channel of the path has the same share of its gain (K. Zhao, S. H. Mahboobi and S. R. Bagheri, Shapley
    value methods for attribution modeling in online advertising, arXiv:1804.05327 (2018), section 3). Values
    are never negative, for any number of channels; paths that did not convert do not count.
    """

    is_timed = False

    def parts(self, paths: Paths, gains: Floats) -> Parts:
        """Return the parts of the model."""
        size = len(paths.labels)
        pairs = np.unique(paths.rows * size + paths.channels)
        rows, channels = pairs // max(size, 1), pairs % max(size, 1)
        different = np.bincount(rows, minlength=len(gains))
        features = features_made(rows, channels, gains[rows] / different[rows], (len(gains), size))
        return Parts(features, np.asarray, size)


@dataclass(frozen=True, slots=True)
class ShapleyRates:
    """Shapley values of rates: v(S) is the gain per path among all paths within S, converted or not.

    It says how much more of those who met channels of S convert; v of no channel, or of channels on which no
    path was, is 0, and v of all is the rate of all. Worths are values times the number of paths, so they add
    up to all gains. A channel whose paths convert less than others has a negative worth and no credit; what
    the others get is then cut in proportion. Exact, by sums over subsets, up to 15 channels that were met;
    raises TooManyChannels above.
    """

    is_timed = False

    def parts(self, paths: Paths, gains: Floats) -> Parts:
        """Return how many paths each set of channels had, and their gains."""
        met, code = np.unique(paths.channels, return_inverse=True)
        if len(met) > CHANNELS_MOST:
            raise TooManyChannels(f"{len(met)} channels are more than {CHANNELS_MOST}; put some together.")
        coalition = np.zeros(len(gains), dtype=np.int64)
        np.bitwise_or.at(coalition, paths.rows, 1 << code)
        walked = np.nonzero(coalition)[0]
        seen, number = np.unique(coalition[walked], return_inverse=True)
        features = features_made(
            np.concatenate([walked, walked]),
            np.concatenate([number, number + len(seen)]),
            np.concatenate([np.ones(len(walked)), gains[walked]]),
            (len(gains), 2 * len(seen)),
        )
        worths = partial(_rates, seen=seen, met=met, size=len(paths.labels))
        return Parts(features, worths, 8 * 2 ** len(met))


def shapley_values(games: Floats) -> Floats:
    """Return the values of the players of games, a row each; columns are coalitions, bit i for player i.

    Player i has Σ (|S| - 1)! (n - |S|)! / n! v(S) over coalitions with him less Σ |S|! (n - |S| - 1)! / n!
    v(S) over those without: Shapley 1953, equation (13), in the other order of summing.
    """
    players = games.shape[1].bit_length() - 1
    sizes = np.bitwise_count(np.arange(games.shape[1], dtype=np.uint64)).astype(int)
    within = np.array(
        [1 / (players * comb(players - 1, size - 1)) if size else 0.0 for size in range(players + 1)]
    )
    beside = np.array([-1 / (players * comb(players - 1, size)) for size in range(players)] + [0.0])
    is_in = (np.arange(games.shape[1])[:, None] >> np.arange(players)) & 1
    found: Floats = games @ np.where(is_in, within[sizes][:, None], beside[sizes][:, None])
    return found


def subset_sums(amounts: Floats) -> Floats:
    """Return of each coalition the sum over its subsets; columns are coalitions (Yates's algorithm, 1937)."""
    found = amounts.copy()
    for bit in range(amounts.shape[1].bit_length() - 1):
        split = found.reshape(len(found), -1, 2, 1 << bit)
        split[:, :, 1] += split[:, :, 0]
    return found


def _rates(summed: Floats, *, seen: Ints, met: Ints, size: int) -> Floats:
    found = np.zeros((len(summed), size))
    if not len(met):
        return found
    counts, gains = (np.zeros((len(summed), 1 << len(met))) for _ in range(2))
    counts[:, seen], gains[:, seen] = summed[:, : len(seen)], summed[:, len(seen) :]
    within = subset_sums(counts)
    rates = np.divide(subset_sums(gains), within, out=np.zeros_like(within), where=within > 0)
    found[:, met] = shapley_values(rates) * within[:, -1:]
    return found
