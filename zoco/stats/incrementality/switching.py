"""Switching a channel off and on in time: pairs of blocks, a coin for each pair, a test by those coins.

R. A. Fisher, The Design of Experiments (1935), section 21: under no effect each difference of a pair had been
as likely the other way round. For time, I. Bojinov, D. Simchi-Levi and J. Zhao, Design and Analysis of
Switchback Experiments, Management Science 69 (2023) 3759–3777. What a block leaves behind in the next one is
not seen: the first days of each block may be left out.
"""

from dataclasses import dataclass
from hashlib import sha256

import numpy as np

from zoco.stats.incrementality.panels import BadPanel, Bools, Floats
from zoco.stats.incrementality.planning import EFFECTS, POWER, WINDOWS

PAIRS_LEAST, PAIRS_MOST = 5, 26
"""With fewer pairs not even differences that all point one way are rare at 90 %: 2 / 2⁴ is .125."""
COUNTED_MOST = 13
"""Of so many pairs a plan counts all ways to flip; of more a sample tells those p that it can tell apart."""
SAMPLES = (256, 4096)
CLEAR = 3.0
"""So many standard errors of a sample are between what it tells and what is to be counted."""
SCHEDULES = 10
WINDOWS_LEAST = 8
HALVINGS = 50


@dataclass(frozen=True, slots=True)
class Blocks:
    """Pairs of blocks of whole weeks; `left_out` days at the start of each are not counted."""

    pairs: int
    weeks: int
    left_out: int = 0

    def __post_init__(self) -> None:
        """Raise BadPanel where nothing could be told."""
        if not PAIRS_LEAST <= self.pairs <= PAIRS_MOST or not 0 <= self.left_out < 7 * self.weeks:
            raise BadPanel(f"Pairs are {PAIRS_LEAST} to {PAIRS_MOST}, and days are left in each block.")

    @property
    def days(self) -> int:
        """How long all of it is."""
        return 14 * self.pairs * self.weeks

    def sums(self, days: Floats) -> Floats:
        """Return what was counted in both blocks of each pair; `days` is as long as all of it."""
        each = days.reshape(self.pairs, 2, 7 * self.weeks)
        return np.asarray(each[:, :, self.left_out :].sum(axis=2), dtype=np.float64)


def schedule(pairs: int, draw: int) -> Bools:
    """Return for each pair whether its first block is the one that is off, by a coin; the same for a draw.

    The coin of a pair, counted from 1, is the first bit of the SHA-256 of "draw pairs pair", such as "7 6 1":
    the first block is off if the hexadecimal digest begins with 8 or more. A calendar is kept nowhere but in
    its draw, and NumPy does not promise (NEP 19) that its random numbers stay the same over versions.
    """
    digests = (sha256(f"{draw} {pairs} {pair}".encode()).digest() for pair in range(1, pairs + 1))
    return np.array([digest[0] >= 0x80 for digest in digests])


def gains(sums: Floats, first_off: Bools) -> Floats:
    """Return what came in the block that was on less what came in the one that was off, of each pair."""
    return np.where(first_off, sums[:, 1] - sums[:, 0], sums[:, 0] - sums[:, 1])


@dataclass(frozen=True, slots=True)
class Switched:
    """What a channel added to the blocks in which it was on, in all; `p` is of no effect, two-sided.

    Bounds are those of an effect that is the same in each pair; `share` is of what came in those blocks.
    """

    added: float
    low: float
    high: float
    share: float
    p: float


def measured(sums: Floats, first_off: Bools, *, confidence: float = 0.9) -> Switched:
    """Return what being on added, with bounds by flips."""
    each = gains(sums, first_off)
    pairs, error = len(each), (1 - confidence) / 2
    came = float(np.where(first_off, sums[:, 1], sums[:, 0]).sum())
    low, high = _bound(each, error), -_bound(-each, error)
    added = float(each.sum())
    return Switched(added, pairs * low, pairs * high, added / came if came else 0.0, _p(each))


def _above(each: Floats, least: float) -> float:
    """Return in which share of all 2ⁿ ways to flip pairs the sum is at least so much.

    Counted, none left out and none drawn, also of 26 pairs: each sum is one of half of the pairs and one of
    the others, of which there are 2¹³ each (Horowitz and Sahni, Journal of the ACM 21 (1974) 277–292).
    """
    half = len(each) // 2
    ours, others = _flipped(each[:half]), np.sort(_flipped(each[half:]))
    below = np.searchsorted(others, least - ours, side="left")
    return float(1 - below.mean() / len(others))


def _flipped(each: Floats) -> Floats:
    """Return the sums of all ways to flip."""
    sums = np.zeros(1)
    for one in each:
        sums = np.concatenate([sums + one, sums - one])
    return sums


def _p(each: Floats) -> float:
    """Return the share of flips in which the sum is at least as far from nothing."""
    least = abs(float(each.sum())) - _tie(each)
    return min(2 * _above(each, least), 1.0)


def _tie(each: Floats) -> float:
    """Return by how much sums may differ that are the same but for rounding."""
    return 1e-9 * float(np.abs(each).sum())


def _upper(each: Floats) -> float:
    return _above(each, float(each.sum()) - _tie(each))


def _bound(each: Floats, error: float) -> float:
    """Return the least effect of a pair that is not refused: with more taken away, the rest is less rare."""
    spread = float(np.ptp(each)) + 1e-12
    low, high = float(each.min()) - spread, float(each.mean())
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if _upper(each - middle) <= error else (low, middle)
    return high


@dataclass(frozen=True, slots=True)
class SwitchPlan:
    """What switching could show: `power` by effect in `EFFECTS`, a share of what comes while it is on.

    `detectable` is the least that is found with `POWER`, None if even the largest is not; `false` is how
    often something is found where nothing was put in; `windows` are those of the past that were tried.
    """

    power: tuple[float, ...]
    detectable: float | None
    false: float
    windows: int


def switch_planned(days: Floats, blocks: Blocks, *, confidence: float = 0.9) -> SwitchPlan:
    """Count in windows of the past how often an effect that is put in is found. Raises BadPanel.

    `days` are whole weeks, the oldest first. In each window some schedules are drawn, as they will be: draws
    1 to 200 of `schedule`. Of more than `COUNTED_MOST` pairs a fixed sample of flips says what is found,
    and all are counted only where it is close: these are thousands of tests, and a page waits for them.
    """
    starts = np.arange(0, len(days) - blocks.days + 1, 7)
    if len(starts) < WINDOWS_LEAST:
        raise BadPanel(f"The past is at least {WINDOWS_LEAST - 1} weeks longer than the test.")
    taken = starts[np.unique(np.linspace(0, len(starts) - 1, WINDOWS).astype(np.int64))]
    effects, rows = (0.0, *EFFECTS), []
    for number, start in enumerate(taken):
        sums = blocks.sums(days[start : start + blocks.days])
        for draw in range(number * SCHEDULES + 1, (number + 1) * SCHEDULES + 1):
            first_off = schedule(blocks.pairs, draw)
            rows += [gains(_put_in(sums, first_off, effect), first_off) for effect in effects]
    shares = _are_rare(np.array(rows), 1 - confidence).reshape(-1, len(effects)).mean(axis=0)
    power = tuple(float(each) for each in shares[1:])
    seen = [effect for effect, share in zip(EFFECTS, power, strict=True) if share >= POWER]
    return SwitchPlan(power, min(seen, default=None), float(shares[0]), len(taken))


def _are_rare(rows: Floats, error: float) -> Bools:
    """Return of each row of gains whether its p is at most `error`."""
    found, left = np.zeros(len(rows), dtype=bool), np.arange(len(rows))
    sampled = SAMPLES if rows.shape[1] > COUNTED_MOST else ()
    flips = _flips(rows.shape[1]) if sampled else rows
    for ways in sampled:
        shares = _shares(rows[left], flips[:, :ways])
        off = CLEAR * (error * (1 - error) / ways) ** 0.5
        found[left[shares <= error - off]] = True
        left = left[np.abs(shares - error) < off]
    found[left] = [_p(rows[each]) <= error for each in left]
    return found


def _flips(pairs: int) -> Floats:
    """Return a sample of the ways to flip pairs, a column each, 1 or -1: the same for ever.

    The coins of way 7 are the first bits of the SHA-256 of "flip 7", a pair each (`schedule` says why).
    """
    digests = b"".join(sha256(f"flip {way}".encode()).digest() for way in range(1, SAMPLES[-1] + 1))
    bits = np.unpackbits(np.frombuffer(digests, dtype=np.uint8).reshape(SAMPLES[-1], -1), axis=1)
    return np.ascontiguousarray(1.0 - 2.0 * bits[:, :pairs].T)


def _shares(rows: Floats, flips: Floats) -> Floats:
    """Return of rows of gains in which share of flips the sum is at least as far from nothing."""
    least = np.abs(rows.sum(axis=1)) - 1e-9 * np.abs(rows).sum(axis=1)
    return np.asarray((np.abs(rows @ flips) >= least[:, None]).mean(axis=1), dtype=np.float64)


def _put_in(sums: Floats, first_off: Bools, effect: float) -> Floats:
    """Return what had come if the blocks that are off had this share less."""
    left = np.ones_like(sums)
    left[np.arange(len(sums)), np.where(first_off, 0, 1)] -= effect
    return np.asarray(sums * left, dtype=np.float64)
