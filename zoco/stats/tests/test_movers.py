"""Who moved: the paper's own example, and parts whose fall is known."""

import numpy as np
import pytest

from zoco.stats.movers import explanatory_power, movers, surprise

# Bhagwan et al. 2014, table 2: revenue expected and seen, by data centre, advertiser and device.
CENTRES = (np.array([94.0, 6.0]), np.array([47.0, 3.0]))
ADVERTISERS = (np.array([50.0, 20.0, 20.0, 10.0]), np.array([24.0, 21.0, 4.0, 1.0]))
DEVICES = (np.array([50.0, 25.0, 25.0]), np.array([49.0, 1.0, 0.0]))


def test_explanatory_power_is_that_of_the_paper() -> None:
    found = [
        explanatory_power(seen, expected).round(2).tolist()
        for expected, seen in (CENTRES, ADVERTISERS, DEVICES)
    ]

    assert found == [[0.94, 0.06], [0.52, -0.02, 0.32, 0.18], [0.02, 0.48, 0.5]]


def test_the_most_surprising_dimension_is_that_of_the_paper() -> None:
    found = [float(surprise(seen, expected).sum()) for expected, seen in (CENTRES, ADVERTISERS, DEVICES)]

    assert found[0] == pytest.approx(0, abs=1e-12)
    assert found[2] > found[1] > found[0]


def test_the_values_that_fell_are_found_and_where_all_fell_alike_none() -> None:
    expected, seen = DEVICES

    found = movers(seen, expected, is_fall=True)

    assert found is not None
    assert sorted(found.values) == [1, 2]
    assert found.explains == pytest.approx(0.98)
    assert movers(CENTRES[1], CENTRES[0], is_fall=True) is None


def test_a_rise_is_found_in_what_was_hardly_expected() -> None:
    found = movers(np.array([100.0, 52.0, 400.0]), np.array([100.0, 50.0, 0.01]), is_fall=False)

    assert found is not None
    assert found.values == (2,)


def test_the_likelihood_ratio_is_kulldorffs() -> None:
    found = movers(np.array([10.0, 90.0]), np.array([40.0, 60.0]), is_fall=True)

    assert found is not None
    assert found.likelihood == pytest.approx(10 * np.log(10 / 40) + 90 * np.log(90 / 60))
