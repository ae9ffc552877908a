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
EXACT, PLANNED = 15, 10
"""So many pairs are flipped in all ways when something is measured, or planned; of more a sample is."""
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
    signs = _signs(pairs, EXACT)
    came = float(np.where(first_off, sums[:, 1], sums[:, 0]).sum())
    low, high = _bound(each, signs, error), -_bound(-each, signs, error)
    added = float(each.sum())
    return Switched(added, pairs * low, pairs * high, added / came if came else 0.0, _p(each, signs))


def _signs(pairs: int, most: int) -> Floats:
    """Return all ways to flip pairs, or so many at random with the one that was among them."""
    if pairs <= most:
        bits = np.arange(2**pairs)[:, None] >> np.arange(pairs) & 1
        return np.asarray(1 - 2 * bits, dtype=np.float64)
    drawn = np.random.default_rng(pairs).integers(0, 2, (2**most, pairs))
    drawn[0] = 0
    return np.asarray(1 - 2 * drawn, dtype=np.float64)


def _p(each: Floats, signs: Floats) -> float:
    """Return the share of flips in which the sum is at least as far from nothing."""
    sums = np.abs(signs @ each)
    return float((sums >= sums[0] * (1 - 1e-9)).mean())


def _upper(each: Floats, signs: Floats) -> float:
    sums = signs @ each
    return float((sums >= sums[0] - 1e-9 * np.abs(each).sum()).mean())


def _bound(each: Floats, signs: Floats, error: float) -> float:
    """Return the least effect of a pair that is not refused: with more taken away, the rest is less rare."""
    spread = float(np.ptp(each)) + 1e-12
    low, high = float(each.min()) - spread, float(each.mean())
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if _upper(each - middle, signs) <= error else (low, middle)
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


def switch_planned(days: Floats, blocks: Blocks, *, confidence: float = 0.9, seed: int = 1) -> SwitchPlan:
    """Count in windows of the past how often an effect that is put in is found. Raises BadPanel.

    `days` are whole weeks, the oldest first. In each window some schedules are drawn, as they will be.
    """
    starts = np.arange(0, len(days) - blocks.days + 1, 7)
    if len(starts) < WINDOWS_LEAST:
        raise BadPanel(f"The past is at least {WINDOWS_LEAST - 1} weeks longer than the test.")
    taken = starts[np.unique(np.linspace(0, len(starts) - 1, WINDOWS).astype(np.int64))]
    signs, random = _signs(blocks.pairs, PLANNED), np.random.default_rng(seed)
    found = np.zeros(len(EFFECTS) + 1)
    for start in taken:
        sums = blocks.sums(days[start : start + blocks.days])
        for _ in range(SCHEDULES):
            first_off = random.random(blocks.pairs) < 0.5
            for place, effect in enumerate((0.0, *EFFECTS)):
                each = gains(_put_in(sums, first_off, effect), first_off)
                found[place] += each.any() and _p(each, signs) <= 1 - confidence
    shares = found / (len(taken) * SCHEDULES)
    power = tuple(float(each) for each in shares[1:])
    seen = [effect for effect, share in zip(EFFECTS, power, strict=True) if share >= POWER]
    return SwitchPlan(power, min(seen, default=None), float(shares[0]), len(taken))


def _put_in(sums: Floats, first_off: Bools, effect: float) -> Floats:
    """Return what had come if the blocks that are off had this share less."""
    left = np.ones_like(sums)
    left[np.arange(len(sums)), np.where(first_off, 0, 1)] -= effect
    return np.asarray(sums * left, dtype=np.float64)
