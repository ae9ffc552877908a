"""Companies whose channels work as is known: five channels that come and go, a season, a price, and noise."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from zoco.stats.mix import Experiment, Series
from zoco.stats.mix.shapes import adstock, hill

Floats = NDArray[np.float64]
NAMES = ("search", "social", "video", "radio", "print")
RETENTION = np.array([0.2, 0.35, 0.5, 0.65, 0.8])
HALF = np.array([1.0, 0.8, 1.2, 0.7, 1.0])
SLOPE = np.array([1.0, 1.2, 0.9, 1.1, 1.0])
EFFECT = np.array([17_500.0, 12_500.0, 15_000.0, 10_000.0, 12_500.0])
OUTCOME = 50_000.0
YEAR_OF_WEEKS, YEAR_OF_DAYS = 52.18, 365.25
BY_DAY = RETENTION ** (1 / 7)
"""The same carry-over from day to day: half-lives of 3 to 22 days."""
WEEKDAYS = np.array([0.02, 0.03, 0.01, 0.0, 0.02, -0.04, -0.04])


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """What the company knows, and what is true: contributions (periods, channels) and halves in money.

    `wave` is demand, whether it moves anything or nothing.
    """

    series: Series
    contributions: Floats
    half: Floats
    retention: Floats
    wave: Floats

    @property
    def channels(self) -> int:
        """How many channels there are."""
        return len(self.series.channels)

    def response(self, split: Floats) -> float:
        """Return what is truly added in a period when a split is spent in every period."""
        count = self.channels
        with np.errstate(divide="ignore"):
            shares = hill(split[:, None], self.half[:, None], SLOPE[:count, None])[:, 0]
        return float((EFFECT[:count] * shares).sum())

    def lift(self, channel: int, since: int, until: int, share: float, error: float) -> Experiment:
        """Return an experiment that changed spending by a share, with its true effect."""
        column = self.series.spend[:, channel]
        changed = column.copy()
        changed[since:until] *= 1 + share
        effect = (self._added(changed, channel) - self._added(column, channel))[since:until].sum()
        change = share * float(column[since:until].sum())
        return Experiment(self.series.channels[channel], since, until, change, float(effect), error)

    def _added(self, column: Floats, channel: int) -> Floats:
        return _added(column, channel, self.half, self.retention)


def world(
    seed: int,
    *,
    periods: int = 156,
    channels: int = 5,
    noise: float = 0.04,
    demand: float = 0.0,
    is_known: bool = False,
    is_daily: bool = False,
    is_against: bool = False,
) -> World:
    """Return a company. `noise` is in 50,000 (about the mean outcome), as `demand` is that nobody wrote down.

    Demand wanders over weeks and raises outcomes, and the spending of the first channel in the same weeks;
    where it `is_known` somebody did write it down, and where it `is_against` more is spent the week after
    fewer came. Days have channels that are on for weeks, the carry-over of `BY_DAY` and weekdays that differ.
    """
    random = np.random.default_rng(seed)
    retention, year = (BY_DAY, YEAR_OF_DAYS) if is_daily else (RETENTION, YEAR_OF_WEEKS)
    spend = _spending(random, periods, channels, 7 if is_daily else 1)
    wave = np.zeros(periods)
    for at in range(1, periods):
        wave[at] = 0.8 * wave[at - 1] + 0.6 * float(random.standard_normal())
    if demand:
        moved = -np.concatenate([np.zeros(7 if is_daily else 1), wave])[:periods] if is_against else wave
        spend[:, 0] = 800 * np.exp(0.6 * moved + 0.3 * random.standard_normal(periods))
    half = HALF[:channels] * spend.sum(axis=0) / np.maximum((spend > 0).sum(axis=0), 1)
    contributions = np.stack(
        [_added(spend[:, each], each, half, retention) for each in range(channels)], axis=1
    )
    weeks = np.arange(periods)
    angle = 2 * np.pi * weeks / year
    price = random.standard_normal(periods)
    rest = 0.5 + 0.1 * (weeks / periods - 0.5) + 0.06 * np.sin(angle) + 0.04 * np.cos(angle) - 0.03 * price
    rest += demand * wave + noise * random.standard_normal(periods)
    rest += WEEKDAYS[weeks % 7] if is_daily else 0.0
    outcome = np.maximum(contributions.sum(axis=1) + OUTCOME * rest, 0.0)
    known = np.column_stack([price, wave]) if is_known else price[:, None]
    names = ("price", "demand")[: known.shape[1]]
    return World(Series(NAMES[:channels], spend, outcome, known, names), contributions, half, retention, wave)


def unpaid(world: World, seed: int, *, brought: float = 0.0, memory: float | None = None) -> Floats:
    """Return visits that nobody paid for, which demand moves; a share of them may be `brought` by money.

    With a `memory` they wander by themselves, as slowly as that, and not with the company's demand.
    """
    random = np.random.default_rng([seed, 7])
    wave = world.wave if memory is None else wandering(random, len(world.wave), memory)
    money = world.contributions.sum(axis=1)
    noise = 0.05 * random.standard_normal(len(wave))
    found: Floats = 1_000 * np.exp(0.25 * wave + noise) * (1 + brought * money / money.mean())
    return found


def steady(world: World, seed: int) -> Series:
    """Return what is known of a company whose budgets wander by themselves and are never 0."""
    random = np.random.default_rng([seed, 8])
    shape = world.series.spend.shape
    budgets = np.column_stack([0.7 * wandering(random, shape[0], 0.9) for _ in range(shape[1])])
    return replace(world.series, spend=1_000 * np.exp(budgets + 0.1 * random.standard_normal(shape)))


def wandering(random: np.random.Generator, periods: int, memory: float) -> Floats:
    """Return an autoregression of variance 1."""
    found = np.zeros(periods)
    for at in range(1, periods):
        found[at] = memory * found[at - 1] + (1 - memory**2) ** 0.5 * float(random.standard_normal())
    return found


def _spending(random: np.random.Generator, periods: int, channels: int, unit: int) -> Floats:
    return (
        1_000
        * _flights(random, periods, channels, unit)
        * np.exp(0.7 * random.standard_normal((periods, channels)))
    )


def without_control(series: Series) -> Series:
    """Return a series whose control is not known."""
    return replace(series, controls=np.empty((0, 0)), control_names=())


def best_split(world: World, total: float, starts: int = 30) -> float:
    """Return the highest true response within what was ever spent, from many starts.

    It is looked for in shares of the total: in money its steps would be too small to leave their start.
    """
    least, most = (
        bound / total for bound in (world.series.spend.min(axis=0), world.series.spend.max(axis=0))
    )
    random = np.random.default_rng(0)
    found = []

    def lost(shares: Floats) -> float:
        return -world.response(np.clip(shares, least, most) * total) / OUTCOME

    def over(shares: Floats) -> float:
        return float(shares.sum()) - 1

    for _ in range(starts):
        ended = minimize(
            lost,
            np.clip(random.dirichlet(np.ones(len(least))), np.maximum(least, 1e-3), most),
            method="SLSQP",
            bounds=list(zip(np.maximum(least, 1e-9), most, strict=True)),
            constraints={"type": "eq", "fun": over},
            options={"ftol": 1e-10, "maxiter": 500},
        )
        if abs(float(ended.x.sum()) - 1) < 1e-6:
            found.append(world.response(np.clip(ended.x, least, most) * total))
    return max(found)


def _flights(random: np.random.Generator, periods: int, channels: int, unit: int = 1) -> Floats:
    """Return 1 while a channel is on and 0 while it is off, for two to six times `unit` periods each."""
    found = np.zeros((periods, channels))
    for channel in range(channels):
        at = 0
        while at < periods:
            length = unit * int(random.integers(2, 7))
            found[at : at + length, channel] = 1
            at += length + unit * int(random.integers(2, 7))
    return found


def _added(column: Floats, channel: int, half: Floats, retention: Floats) -> Floats:
    arriving = adstock(column, retention[channel])
    found: Floats = EFFECT[channel] * hill(
        arriving, half[channel : channel + 1], SLOPE[channel : channel + 1]
    )
    return found
