"""What a fit says of channels: what they added and when, what money brought, and what more money would bring.

All amounts are within the periods of the fit: what spending of the last periods brings later is not counted.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zoco.stats.mix.fitting import Fit

Floats = NDArray[np.float64]
CONFIDENCE = 0.9
MORE = 0.01
POINTS = 41


@dataclass(frozen=True, slots=True)
class Figure:
    """A posterior mean with the interval of equal tails around it."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, eq=False)
class Contributions:
    """What came of what, in outcomes by period: means of the posterior, and bounds of each channel's.

    `baseline` (periods,) and `channels` (periods, channels) add up to `fitted`. `low` and `high` are bounds
    of `channels`; bounds do not add up.
    """

    baseline: Floats
    channels: Floats
    low: Floats
    high: Floats
    fitted: Floats


@dataclass(frozen=True, slots=True)
class Returned:
    """Of a channel: what was spent and added; outcomes per money of all spending, and of one per cent more.

    `roas` is the return on ad spend where outcomes are revenue, `marginal` the return of the next money.
    """

    channel: str
    spend: float
    contribution: Figure
    roas: Figure
    marginal: Figure


@dataclass(frozen=True, slots=True)
class Step:
    """One bar of a waterfall: a part of all outcomes, from `start` to `end`; `total` bars begin at 0."""

    name: str
    amount: Figure
    start: float
    end: float
    is_total: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """What a channel adds in a period when `spend` is spent in every period, over the range ever spent."""

    channel: str
    spend: Floats
    mean: Floats
    low: Floats
    high: Floats


def contributions(fit: Fit, confidence: float = CONFIDENCE) -> Contributions:
    """Return what the baseline and each channel brought in each period."""
    parts = [(each.mean(axis=0), *_bounds(each, confidence)) for each in fit.contributions()]
    means, lows, highs = (np.stack(each, axis=1) for each in zip(*parts, strict=True))
    baseline = np.einsum("tk,k->t", fit.baseline.columns, fit.coefficients.mean(axis=0))
    return Contributions(baseline, means, lows, highs, baseline + means.sum(axis=1))


def returns(fit: Fit, confidence: float = CONFIDENCE) -> tuple[Returned, ...]:
    """Return what money brought, by channel.

    The marginal return is of spending one per cent more in every period, the run-in among them.
    """
    found = []
    since = fit.series.run_in
    for at, (channel, totals) in enumerate(zip(fit.series.channels, _totals(fit), strict=True)):
        column = fit.series.spend[:, at]
        spent = float(column[since:].sum())
        more = fit.contribution(at, column * (1 + MORE))[:, since:].sum(axis=1)
        found.append(
            Returned(
                channel,
                spent,
                figure(totals, confidence),
                figure(totals / spent, confidence),
                figure((more - totals) / (MORE * spent), confidence),
            )
        )
    return tuple(found)


def waterfall(fit: Fit, confidence: float = CONFIDENCE) -> tuple[Step, ...]:
    """Return the parts of all outcomes: the baseline's, the channels, what is unexplained, and the total.

    Parts of the baseline (baseline, season, holidays, controls) are there where the model has them;
    unexplained is the outcome less the fitted.
    """
    weights = fit.baseline.columns.sum(axis=0)
    parts: list[tuple[str, Floats]] = []
    for group in dict.fromkeys(fit.baseline.groups):
        mask = np.array([each == group for each in fit.baseline.groups])
        parts.append((group, (fit.coefficients[:, mask] * weights[mask]).sum(axis=1)))
    parts += zip(fit.series.channels, _totals(fit), strict=True)
    outcome = float(fit.series.outcome[fit.series.run_in :].sum())
    parts.append(("unexplained", outcome - np.sum([draws for _name, draws in parts], axis=0)))
    steps, at = [], 0.0
    for name, draws in parts:
        amount = figure(draws, confidence)
        steps.append(Step(name, amount, at, at + amount.mean))
        at += amount.mean
    return (*steps, Step("total", Figure(outcome, outcome, outcome), 0.0, outcome, is_total=True))


@dataclass(frozen=True, slots=True)
class Moved:
    """What a control does: in outcomes of a period, for a unit more of it, and from its least to its most."""

    control: str
    by_unit: Figure
    swing: Figure


def moved(fit: Fit, confidence: float = CONFIDENCE) -> tuple[Moved, ...]:
    """Return what controls do, over the periods of the fit."""
    found = []
    since = fit.series.run_in
    for name, column in zip(fit.series.control_names, fit.series.controls[since:].T, strict=True):
        # The baseline's column is in standard deviations.
        by_unit = fit.coefficients[:, fit.baseline.names.index(name)] / float(column.std())
        width = float(np.ptp(column))
        found.append(Moved(name, figure(by_unit, confidence), figure(by_unit * width, confidence)))
    return tuple(found)


def curves(fit: Fit, points: int = POINTS, confidence: float = CONFIDENCE) -> tuple[Curve, ...]:
    """Return the response curve of each channel with its band, over what was ever spent in a period."""
    found = []
    for at, (channel, column) in enumerate(zip(fit.series.channels, fit.series.spend.T, strict=True)):
        spend = np.linspace(float(column.min()), float(column.max()), points)
        drawn = responses(fit, at, spend)
        found.append(Curve(channel, spend, drawn.mean(axis=0), *_bounds(drawn, confidence)))
    return tuple(found)


def responses(fit: Fit, at: int, spend: Floats) -> Floats:
    """Return what a channel adds in a period when this much is spent in every period, (draws, spends).

    Weights of the carry-over add up to 1, so spending that never changes arrives as it is.
    """
    arriving = spend[None] / fit.series.units[at]
    found: Floats = fit.effects[:, at, None] * fit.model.saturated(arriving, fit.shapes[:, at])
    return found


def figure(draws: Floats, confidence: float = CONFIDENCE) -> Figure:
    """Return mean and interval of draws (n,)."""
    low, high = _bounds(draws, confidence)
    return Figure(float(draws.mean()), float(low), float(high))


def _bounds(draws: Floats, confidence: float) -> tuple[Floats, Floats]:
    low, high = np.quantile(draws, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
    return low, high


def _totals(fit: Fit) -> Iterator[Floats]:
    for each in fit.contributions():
        yield each.sum(axis=1)
