"""Customers of known kinds."""

import numpy as np
from numpy.typing import NDArray

from zoco.stats.kinds.features import Features, features

MEANS = np.array([[0.0, 0.0, 5.0], [6.0, 1.0, 5.0], [0.0, 9.0, 5.0]])
SIZES = (150, 100, 50)


def crowd(seed: int, spread: float = 0.6) -> tuple[Features, NDArray[np.int64]]:
    """Return customers of three kinds around known means, and of which kind each is."""
    random = np.random.default_rng(seed)
    kinds = np.repeat(np.arange(3), SIZES)
    values = MEANS[kinds] + spread * random.standard_normal((len(kinds), 3))
    return features({"orders": values[:, 0], "money": values[:, 1], "noise": values[:, 2]}), kinds


def is_same(labels: NDArray[np.int64], kinds: NDArray[np.int64]) -> bool:
    """Say whether both part customers alike, whatever the numbers."""
    pairs = set(zip(labels.tolist(), kinds.tolist(), strict=True))
    return len(pairs) == len(set(labels.tolist())) == len(set(kinds.tolist()))
