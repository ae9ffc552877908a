"""What a fit says, as JSON: figures with bounds, curves, the waterfall, what was learnt, and advice."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from zoco.stats.mix import (
    Advice,
    Calibrated,
    Comparison,
    Contradicted,
    Fit,
    Learnt,
    OutOfRange,
    advised,
    contributions,
    curves,
    knowledge,
    learnt,
    moved,
    returns,
    waterfall,
)

BUDGETS = (0.8, 0.9, 1.0, 1.1, 1.2)
"""The budgets that advice is given for, as shares of what is spent at present."""
PRESENT_WEEKS = 13
"""Present spending is the mean of so many of the last weeks."""
LEARNT = ("retention", "half_life", "half", "slope", "steepness", "effect", "roas")


def result_of(answer: Calibrated | Contradicted, days: int = 7, held: Collection[str] = ()) -> dict[str, Any]:
    """Return all that is shown of a fit of periods of so many days, and of tests held against it.

    No advice moves channels that are `held`.
    """
    fit = answer.fit if isinstance(answer, Calibrated) else answer.without
    known = knowledge(fit)
    parts, taught = contributions(fit), learnt(fit)
    return {
        "is_contradicted": isinstance(answer, Contradicted),
        "comparisons": [_comparison(each) for each in answer.comparisons],
        "channels": [{**asdict(each), "knowledge": known[each.channel].value} for each in returns(fit)],
        "learnt": [
            {
                "channel": each.channel,
                "parameter": each.parameter,
                "prior": asdict(each.prior),
                "posterior": asdict(each.posterior),
                "overlap": each.overlap,
                "knowledge": each.knowledge.value,
            }
            for each in taught
            if each.channel and each.parameter in LEARNT
        ],
        "controls": _controls(fit, taught),
        "curves": [_numbers(asdict(each)) for each in curves(fit)],
        "waterfall": [asdict(each) for each in waterfall(fit)],
        "fitted": parts.fitted.tolist(),
        "baseline": parts.baseline.tolist(),
        "r_squared": fit.r_squared,
        "r_hat": max(each.r_hat for each in fit.agreements),
        "draws": min(min(each.sample_size, each.tail_size) for each in fit.agreements),
        "sweeps": fit.sweeps,
        "advice": advice_of(fit, days, held),
        "held": sorted(held),
    }


def _controls(fit: Fit, taught: Sequence[Learnt]) -> list[dict[str, Any]]:
    """Return what controls do, and what was believed of them, of a standard deviation each."""
    by_name = {each.parameter: each for each in taught if not each.channel}
    return [
        {
            **asdict(each),
            "prior": asdict(by_name[each.control].prior),
            "posterior": asdict(by_name[each.control].posterior),
            "knowledge": by_name[each.control].knowledge.value,
        }
        for each in moved(fit)
    ]


def advice_of(fit: Fit, days: int = 7, held: Collection[str] = ()) -> list[dict[str, Any]]:
    """Return how to split a period's money, for budgets within what was ever spent.

    There is none where channels that are `held` leave fewer than two to move money between.
    """
    series = fit.series
    if held and len(series.channels) - len(held) < 2:
        return []
    since = max(len(series.outcome) - PRESENT_WEEKS * 7 // days, series.run_in)
    least, most = series.spend.min(axis=0), series.spend.max(axis=0)
    present = np.clip(series.spend[since:].mean(axis=0), least, most)
    found = []
    for share in BUDGETS:
        try:
            found.append(_advice(share, advised(fit, float(present.sum()) * share, present, held=held)))
        except OutOfRange:
            continue
    return found


def _advice(share: float, advice: Advice) -> dict[str, Any]:
    return {"share": share, **asdict(advice)}


def _comparison(each: Comparison) -> dict[str, Any]:
    return {
        "channel": each.experiment.channel,
        "effect": each.experiment.effect,
        "error": each.experiment.error,
        "expected": asdict(each.expected),
        "errors": each.errors,
        "chance": each.chance,
        "is_contradiction": each.is_contradiction,
    }


def _numbers(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in fields.items()
    }
