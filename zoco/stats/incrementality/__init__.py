"""Incrementality of what regions were treated with: differences in differences, synthetic control, plans.

What would have been is assumed, not seen: that trends are parallel, or that a mixture would have gone on.
"""

from zoco.stats.incrementality.differences import two_by_two
from zoco.stats.incrementality.groups import group_placebos
from zoco.stats.incrementality.panels import BadPanel, Panel
from zoco.stats.incrementality.planning import EFFECTS, groups_most, planned
from zoco.stats.incrementality.shifts import lift

__all__ = [
    "EFFECTS",
    "BadPanel",
    "Panel",
    "group_placebos",
    "groups_most",
    "lift",
    "planned",
    "two_by_two",
]
