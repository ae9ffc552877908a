"""Incrementality of regions, and of channels in time: differences, synthetic control, switching, plans.

What would have been is assumed, not seen: that trends are parallel, or that a mixture would have gone on.
"""

from zoco.stats.incrementality.differences import Effect, two_by_two, two_way
from zoco.stats.incrementality.groups import group_placebos
from zoco.stats.incrementality.panels import BadPanel, Panel
from zoco.stats.incrementality.planning import EFFECTS, POWER, Candidate, planned
from zoco.stats.incrementality.shifts import Lift, lift
from zoco.stats.incrementality.switching import (
    Blocks,
    Switched,
    SwitchPlan,
    measured,
    schedule,
    switch_planned,
)
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
    "Blocks",
    "Candidate",
    "Effect",
    "Lift",
    "Panel",
    "Placebos",
    "SwitchPlan",
    "Switched",
    "Synthetic",
    "group_placebos",
    "lift",
    "measured",
    "placebo_in_time",
    "placebos",
    "planned",
    "schedule",
    "simplex_fit",
    "switch_planned",
    "synthetic_control",
    "two_by_two",
    "two_way",
]
