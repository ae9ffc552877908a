"""The Bayesian view of a metric: a second one, which decides nothing.

Of shares it begins with Beta(1, 1), each share alike likely, and is exact; of means, ratios and revenue with
nothing known, and is the normal approximation with standard errors taken as known. It is of units as they
are, without any adjustment, and not corrected for looking often (`zoco.stats.trials.believing`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from zoco.stats.trials.believing import Belief, Beta, Normal, believed
from zoco.stats.trials.comparing import CONFIDENCE
from zoco.stats.trials.live import EVENTS_LEAST, UNITS_LEAST
from zoco.stats.trials.moments import Estimate, NoSpread
from zoco.trials.designs import SHARES, Metric

Kept = dict[str, Any]
BETA, NOTHING = "beta", "nothing"
"""The priors: all shares alike likely; nothing known of a mean."""


def view(metric: Metric, plain: Mapping[str, Estimate], arms: tuple[str, ...]) -> Kept:
    """Return what is kept of the view: its prior and what is believed of each arm, or why there is none.

    `plain` are the estimates of units as they are; the first of `arms` is the control.
    """
    if metric.kind == "quantile":
        return {"why": "no_belief"}
    if any(key not in plain for key in arms):
        return {"why": "too_few"}
    is_share = metric.kind in SHARES
    if not is_share and not all(_is_many(plain[key]) for key in arms):
        return {"why": "too_few"}
    try:
        beliefs: dict[str, Belief] = {key: _belief(plain[key], is_share) for key in arms}
    except NoSpread:
        return {"why": "no_spread"}
    found = believed(beliefs, arms[0], is_higher_better=metric.is_higher_better)
    return {
        "prior": BETA if is_share else NOTHING,
        "arms": {
            key: {
                "mean": each.mean,
                "within": _within(beliefs[key]),
                "best": each.best,
                "loss": each.loss,
                "lift_within": list(each.lift) if each.lift is not None else None,
            }
            for key, each in found.items()
        },
    }


def _is_many(estimate: Estimate) -> bool:
    """Return whether a mean is of so many that the normal approximation may stand."""
    return estimate.n >= UNITS_LEAST and estimate.told >= EVENTS_LEAST


def _belief(estimate: Estimate, is_share: bool) -> Belief:
    if is_share:
        return Beta().after(round(estimate.value * estimate.n), estimate.n)
    return Normal().after(estimate)


def _within(belief: Belief) -> list[float]:
    """Return the credible interval of an arm's own value, with equal tails."""
    outside = (1 - CONFIDENCE) / 2
    return [float(each) for each in belief.at(np.array([outside, 1 - outside]))]
