"""The importance of predictors: what weights come from it."""

import numpy as np
import pytest

from zoco.stats.incrementality.panels import Panel
from zoco.stats.incrementality.synthetic import simplex_fit, synthetic_control

SINCE = 10


@pytest.mark.parametrize("seed", range(4))
def test_weights_are_those_of_the_importance_of_predictors_by_their_deviation(seed: int) -> None:
    rng = np.random.default_rng(seed)
    given = Panel(tuple("abcde"), rng.normal(50, 8, (14, 5)) + np.arange(14)[:, None] * rng.normal(0, 1, 5))
    predictors = np.stack([rng.normal(1_000, 300, 5), rng.normal(0.2, 0.1, 5)])

    found = synthetic_control(given, "a", SINCE, predictors=predictors)

    rooted = np.sqrt(found.importance)[:, None] * predictors / predictors.std(axis=1, ddof=1)[:, None]
    assert sum(found.importance) == pytest.approx(1)
    assert list(found.weights.values()) == pytest.approx(simplex_fit(rooted[:, 1:], rooted[:, 0]), abs=1e-9)
