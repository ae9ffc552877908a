"""Incrementality of what regions were treated with: differences in differences, synthetic control, plans.

What would have been is assumed, not seen: that trends are parallel, or that a mixture would have gone on.
"""

from zoco.stats.incrementality.differences import Effect, two_by_two, two_way
from zoco.stats.incrementality.groups import group_placebos
from zoco.stats.incrementality.panels import BadPanel, Panel
from zoco.stats.incrementality.planning import EFFECTS, POWER, Candidate, planned
from zoco.stats.incrementality.shifts import Lift, lift
from zoco.stats.incrementality.synthetic import (
    Placebos,
    Synthetic,
    placebo_in_time,
    placebos,
    simplex_fit,
    synthetic_control,
)

__all__ = [
    "EFFECTS",
    "POWER",
    "BadPanel",
    "Candidate",
    "Effect",
    "Lift",
    "Panel",
    "Placebos",
    "Synthetic",
    "group_placebos",
    "lift",
    "placebo_in_time",
    "placebos",
    "planned",
    "simplex_fit",
    "synthetic_control",
    "two_by_two",
    "two_way",
]
