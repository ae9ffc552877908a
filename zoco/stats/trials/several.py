"""Many p-values at once, of metrics or of arms, corrected for how many they are."""

from collections.abc import Mapping
from typing import TypeVar

import numpy as np

Key = TypeVar("Key")


def holm(p_values: Mapping[Key, float]) -> dict[Key, float]:
    """Return adjusted p-values: at most a of all trials has one at a or below that is false.

    Whatever depends on what. Source: S. Holm, A simple sequentially rejective multiple test procedure,
    Scand. J. Statist. 6 (1979) 65–70. For the metrics that decide, and for arms. Live p-values may be
    adjusted at every look.
    """
    keys, ordered, ranks = _ordered(p_values)
    adjusted = np.minimum(np.maximum.accumulate(ordered * (len(keys) - ranks)), 1.0)
    return {key: float(each) for key, each in zip(keys, adjusted, strict=True)}


def benjamini_hochberg(p_values: Mapping[Key, float]) -> dict[Key, float]:
    """Return adjusted p-values: of those at a or below, a share of at most a is false on the average.

    For independent p-values, and such as rise together. Source: Benjamini and Hochberg, Controlling the
    false discovery rate, J. R. Stat. Soc. B 57 (1995) 289–300. For many metrics that are looked through.
    """
    keys, ordered, ranks = _ordered(p_values)
    scaled = ordered * (len(keys) / (ranks + 1))
    adjusted = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return {key: float(each) for key, each in zip(keys, adjusted, strict=True)}


def _ordered(p_values: Mapping[Key, float]) -> tuple[list[Key], np.ndarray, np.ndarray]:
    """Return keys by rising p-value, the values, and their ranks from 0."""
    keys = sorted(p_values, key=lambda key: p_values[key])
    ordered = np.array([p_values[key] for key in keys], dtype=float)
    if len(ordered) and not (ordered.min() >= 0 and ordered.max() <= 1):
        raise ValueError("P-values lie from 0 to 1.")
    return keys, ordered, np.arange(len(keys))
