"""What a fit says, as JSON: figures with bounds, curves, the waterfall, what was learnt, and advice."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from zoco.stats.mix import (
    Advice,
    Calibrated,
    Comparison,
    Contradicted,
    Fit,
    OutOfRange,
    advised,
    contributions,
    curves,
    knowledge,
    learnt,
    returns,
    waterfall,
)

BUDGETS = (0.8, 0.9, 1.0, 1.1, 1.2)
"""The budgets that advice is given for, as shares of what is spent at present."""
PRESENT_WEEKS = 13
"""Present spending is the mean of so many of the last weeks."""
LEARNT = ("retention", "half", "slope", "steepness", "effect", "roas")


def result_of(answer: Calibrated | Contradicted) -> dict[str, Any]:
    """Return all that is shown of a fit and of the tests that were held against it."""
    fit = answer.fit if isinstance(answer, Calibrated) else answer.without
    known = knowledge(fit)
    parts = contributions(fit)
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
            for each in learnt(fit)
            if each.channel and each.parameter in LEARNT
        ],
        "curves": [_numbers(asdict(each)) for each in curves(fit)],
        "waterfall": [asdict(each) for each in waterfall(fit)],
        "fitted": parts.fitted.tolist(),
        "baseline": parts.baseline.tolist(),
        "r_squared": fit.r_squared,
        "r_hat": max(each.r_hat for each in fit.agreements),
        "draws": min(min(each.sample_size, each.tail_size) for each in fit.agreements),
        "sweeps": fit.sweeps,
        "advice": advice_of(fit),
    }


def advice_of(fit: Fit) -> list[dict[str, Any]]:
    """Return how to split a week's money, for some budgets; those outside of what was ever spent are not."""
    series = fit.series
    since = max(len(series.outcome) - PRESENT_WEEKS, series.run_in)
    least, most = series.spend.min(axis=0), series.spend.max(axis=0)
    present = np.clip(series.spend[since:].mean(axis=0), least, most)
    found = []
    for share in BUDGETS:
        try:
            found.append(_advice(share, advised(fit, float(present.sum()) * share, present)))
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
