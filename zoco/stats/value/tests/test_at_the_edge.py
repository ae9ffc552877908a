"""Which way a parameter runs that the customers do not tell, and which one it is."""

import numpy as np
import pytest

from zoco.stats.value.fitting import REACH, UNKNOWN, AtTheEdge, _inside
from zoco.stats.value.geometric import BgNbd

MIDDLE = np.array([0.5, 1.0, -0.5, 0.0])
KNOWN = np.eye(4)


@pytest.mark.parametrize(("away", "way"), [(REACH, "without bound"), (-REACH, "to nothing")])
def test_the_parameter_that_runs_away_is_named_with_its_way(away: float, way: str) -> None:
    with pytest.raises(AtTheEdge, match=f"the parameter a runs {way},"):
        _inside(BgNbd, MIDDLE + np.array([0.0, 0.0, away - np.sign(away) * 0.05, 0.0]), MIDDLE, KNOWN)


def test_a_parameter_that_may_be_almost_anything_is_named_and_a_known_one_is_not() -> None:
    unknown = np.diag([1.0, 0.9 / UNKNOWN**2, 1.0, 1.0])

    _inside(BgNbd, MIDDLE + 0.9 * REACH, MIDDLE, KNOWN / (0.9 * UNKNOWN**2))
    with pytest.raises(AtTheEdge, match="the parameter alpha may be almost anything"):
        _inside(BgNbd, MIDDLE, MIDDLE, unknown)
