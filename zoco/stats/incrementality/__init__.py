"""Incrementality without an experiment: differences in differences and synthetic control.

What would have been is assumed, not seen: that trends are parallel, or that a mixture would have gone on.
"""

from zoco.stats.incrementality.differences import Effect, two_by_two, two_way
from zoco.stats.incrementality.panels import BadPanel, Panel
from zoco.stats.incrementality.synthetic import (
    Placebos,
    Synthetic,
    placebo_in_time,
    placebos,
    simplex_fit,
    synthetic_control,
)

__all__ = [
    "BadPanel",
    "Effect",
    "Panel",
    "Placebos",
    "Synthetic",
    "placebo_in_time",
    "placebos",
    "simplex_fit",
    "synthetic_control",
    "two_by_two",
    "two_way",
]
