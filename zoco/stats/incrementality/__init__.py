"""Incrementality of regions, and of channels in time: differences, synthetic control, switching, plans.

What would have been is assumed, not seen: that trends are parallel, or that a mixture would have gone on.
"""

from zoco.stats.incrementality.differences import two_by_two
from zoco.stats.incrementality.groups import group_placebos
from zoco.stats.incrementality.panels import BadPanel, Panel
from zoco.stats.incrementality.planning import EFFECTS, groups_most, planned
from zoco.stats.incrementality.shifts import lift
from zoco.stats.incrementality.switching import (
    Blocks,
    Switched,
    SwitchPlan,
    measured,
    schedule,
    switch_planned,
)

__all__ = [
    "EFFECTS",
    "BadPanel",
    "Blocks",
    "Panel",
    "SwitchPlan",
    "Switched",
    "group_placebos",
    "groups_most",
    "lift",
    "measured",
    "planned",
    "schedule",
    "switch_planned",
    "two_by_two",
]
