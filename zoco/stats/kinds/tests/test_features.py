"""Features in standard deviations."""

import numpy as np
import pytest

from zoco.stats.kinds.features import NoSpread, distances, features


def test_columns_are_standardised_after_the_logarithm() -> None:
    found = features({"age": np.array([1.0, 3, 5]), "money": np.array([0.0, 9, 99])}, logs=("money",))

    # The population's standard deviation of 1, 3, 5 is the root of 8/3; logs of 1, 10, 100 are as even.
    even = np.array([-1, 0, 1]) * 2 / np.sqrt(8 / 3)
    assert found.standard == pytest.approx(np.stack([even, even], axis=1))
    assert found.values.tolist() == [[1, 0], [3, 9], [5, 99]]
    assert (found.names, found.logs, len(found)) == (("age", "money"), ("money",), 3)


def test_what_tells_nobody_apart_is_refused() -> None:
    with pytest.raises(NoSpread, match="same for everybody"):
        features({"age": np.ones(4)})
    with pytest.raises(NoSpread, match="has a number"):
        features({"age": np.array([1, np.nan])})
    with pytest.raises(NoSpread, match="no logarithm"):
        features({"money": np.array([1.0, -1.0])}, logs=("money",))


def test_distances_keep_the_digits_of_near_neighbours() -> None:
    found = distances(np.array([[1e8, 0.0], [1e8, 3.0]]), np.array([[1e8 + 4, 0.0]]))

    assert found.tolist() == [[4.0], [5.0]]
