"""Budget advice: how to split what is spent in a period, within what was ever spent, and how sure that is."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zoco.stats.mix.figures import CONFIDENCE, Figure, figure, responses
from zoco.stats.mix.fitting import Fit

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
UNITS = 200
DRAWS = 500


class OutOfRange(ValueError):
    """A budget that cannot be split within what was ever spent: what would come of it nobody has seen."""


@dataclass(frozen=True, slots=True)
class Share:
    """What is spent on a channel in a period: at present, advised, and the bounds of what was ever spent."""

    channel: str
    present: float
    advised: float
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Advice:
    """The split of a budget whose expected outcome is highest, and what it gains over the present.

    `gain` is None where the present split is of another total: then there is nothing alike to compare.
    `regret` is how much more the best split of each draw would bring, on the average: what is
    lost by not knowing the truth. `step` is the money that the splits differ by.
    """

    budget: float
    shares: tuple[Share, ...]
    response: Figure
    gain: Figure | None
    regret: float
    step: float


def advised(
    fit: Fit,
    budget: float | None = None,
    present: Floats | None = None,
    *,
    held: Collection[str] = (),
    confidence: float = CONFIDENCE,
) -> Advice:
    """Return how to split the money of a period, spent alike in every period.

    `present` is what is spent on each channel now, by default the mean of the fitted periods; `budget` is as
    much in total by default. What is spent on channels that are `held` stays as it is. Responses
    are means over the posterior of `responses`. Over steps of a 200th of what is free to move the split is
    the best there is, also where curves are S-shaped: the channels are joined one by one (R. Bellman, Dynamic
    Programming (1957), chapter I, on allocation). Raises OutOfRange.
    """
    series = fit.series
    now = series.spend[series.run_in :].mean(axis=0) if present is None else present
    total = float(now.sum()) if budget is None else budget
    ever = series.spend.min(axis=0), series.spend.max(axis=0)
    least, most = _bounds(total, now, ever, [each in held for each in series.channels])
    step = max(total - float(least.sum()), 0.0) / UNITS
    chosen = np.linspace(0, len(fit.noise) - 1, min(DRAWS, len(fit.noise))).round().astype(np.int64)
    grids = _grids(fit, least, most, step, chosen)
    units = _best(np.stack([each.mean(axis=0) for each in grids])[:, None])[1][0]
    split = _completed(least + step * units, most, total)
    mine, theirs = _together(fit, split), _together(fit, now)
    best = np.maximum(_best(np.stack(grids))[0], mine[chosen])
    is_alike = abs(float(now.sum()) - total) <= 1e-6 * total
    rows = zip(series.channels, *(each.tolist() for each in (now, split, *ever)), strict=True)
    return Advice(
        total,
        tuple(Share(*row) for row in rows),
        figure(mine, confidence),
        figure(mine - theirs, confidence) if is_alike else None,
        float((best - mine[chosen]).mean()),
        step,
    )


def _grids(fit: Fit, least: Floats, most: Floats, step: float, chosen: Ints) -> list[Floats]:
    """Return of each channel the responses of the chosen draws to so many steps above its least."""
    return [
        _responses(fit, at, low + step * np.arange(UNITS + 1), high)[chosen]
        for at, (low, high) in enumerate(zip(least, most, strict=True))
    ]


def _bounds(total: float, now: Floats, ever: tuple[Floats, Floats], is_held: list[bool]) -> list[Floats]:
    """Return the least and most of each channel, both as now where it is held. Raises OutOfRange."""
    _inside(total, now, *ever)
    found = [np.where(is_held, now, bound) for bound in ever]
    _inside(total, now, *found)
    return found


def _inside(total: float, now: Floats, least: Floats, most: Floats) -> None:
    """Raise OutOfRange unless a budget and the present split are within what was ever spent."""
    if now.shape != least.shape or not ((now >= least * (1 - 1e-9)) & (now <= most * (1 + 1e-9))).all():
        raise OutOfRange(
            "The present split has an amount for each channel, within what was ever spent on it."
        )
    low, high = float(least.sum()), float(most.sum())
    if not low * (1 - 1e-9) <= total <= high * (1 + 1e-9):
        raise OutOfRange(
            f"A period's budget of {total:g} is outside of what was ever spent: "
            f"from {low:g} to {high:g} over all channels."
        )


def _together(fit: Fit, split: Floats) -> Floats:
    """Return what all channels add in a period with a split, one a draw."""
    found: Floats = np.sum(
        [responses(fit, at, amount[None])[:, 0] for at, amount in enumerate(split)], axis=0
    )
    return found


def _responses(fit: Fit, at: int, spend: Floats, most: float) -> Floats:
    """Return responses (draws, spends), and minus infinity above what was ever spent."""
    found = responses(fit, at, np.minimum(spend, most))
    return np.where(spend <= most * (1 + 1e-9), found, -np.inf)


def _best(grids: Floats) -> tuple[Floats, Ints]:
    """Return for (channels, rows, units + 1) each row's highest sum, and the units of each channel.

    All units are spent, or as many as fit under the bounds. Joined[u] = max over v of before[u - v] + own[v].
    """
    channels, rows, width = grids.shape
    joined = grids[0].copy()
    choices = []
    for own in grids[1:]:
        highest, choice = np.full((rows, width), -np.inf), np.zeros((rows, width), dtype=np.int64)
        for units in range(width):
            sums = joined[:, : width - units] + own[:, units, None]
            is_higher = sums > highest[:, units:]
            highest[:, units:] = np.where(is_higher, sums, highest[:, units:])
            choice[:, units:] = np.where(is_higher, units, choice[:, units:])
        joined = highest
        choices.append(choice)
    reachable = np.isfinite(joined)
    left = width - 1 - np.argmax(reachable[:, ::-1], axis=1)
    at = np.arange(rows)
    value, found = joined[at, left], np.zeros((rows, channels), dtype=np.int64)
    for channel in range(channels - 1, 0, -1):
        found[:, channel] = choices[channel - 1][at, left]
        left = left - found[:, channel]
    found[:, 0] = left
    return value, found


def _completed(split: Floats, most: Floats, total: float) -> Floats:
    """Put what the steps could not reach under the bounds where there is room."""
    found = np.minimum(split, most)
    for at in np.argsort(found - most, kind="stable"):
        found[at] += min(most[at] - found[at], max(total - float(found.sum()), 0.0))
    return found
