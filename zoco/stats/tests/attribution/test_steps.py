"""Credits in steps such as cents, intervals as the quantiles that they are, many chains inverted at once."""

from dataclasses import replace

import numpy as np
import pytest

from zoco.stats.attribution import Attribution, Credit, Linear, Measure, attribute
from zoco.stats.attribution.credits import Enough, Lack, Line, TooLittle
from zoco.stats.attribution.distinct import distinct
from zoco.stats.attribution.markov import CHAINS_AT_ONCE, _inverted
from zoco.stats.attribution.resampling import worths_drawn
from zoco.stats.tests.attribution.walks import paths_of


def credited(*units: int, undivided: int = 0, withheld: int = 0) -> Attribution:
    lines = tuple(
        Line(name, 9, Credit(each, 0.5, 1.0, None, None, None))
        for name, each in zip("abc", units, strict=False)
    )
    return Attribution(Measure.REVENUE, sum(units) + undivided, lines, withheld, undivided, 0)


@pytest.mark.parametrize(
    ("together", "steps"),
    [(249, 200), (250, 200), (251, 300), (349, 300), (350, 400), (351, 400), (300, 300), (0, 0)],
)
def test_a_sum_is_rounded_to_the_nearest_step_and_from_the_middle_to_an_even_one(
    together: int, steps: int
) -> None:
    assert sum(credited(together - together // 3, together // 3).in_steps(100)) == steps


def test_what_is_undivided_counts_to_the_sum_unless_something_is_withheld() -> None:
    assert sum(credited(120, 120, undivided=20).in_steps(100)) == 300
    assert sum(credited(120, 120, undivided=20, withheld=40).in_steps(100)) == 200


def test_a_line_without_a_figure_has_no_steps() -> None:
    found = credited(150, 150)
    lack = replace(found.lines[1], credit=TooLittle(Lack.CHANNEL, 3, 20))

    assert replace(found, lines=(found.lines[0], lack), withheld=150).in_steps(100) == (200, 0)


@pytest.mark.parametrize("confidence", [0.9, 0.5])
def test_intervals_leave_half_of_what_is_outside_on_either_side(confidence: float) -> None:
    paths = paths_of([("ABA", 1), ("BC", 2), ("CA", -1), ("B", 3), ("ACB", 1), ("A", -1), ("CC", 1)] * 8)

    found = attribute(paths, Linear(), confidence=confidence, enough=Enough(0, 0), replicates=200, seed=5)

    seen = distinct(paths, by_value=False, by_time=False)
    gains = seen.paths.gains(Measure.CONVERSIONS)
    worths, gained = worths_drawn(seen, Linear().parts(seen.paths, gains), gains, 200, 5)
    shares = worths / worths.sum(axis=1)[:, None]
    for at, line in enumerate(found.lines):
        assert isinstance(line.credit, Credit)
        for interval, drawn in (
            (line.credit.of_share, shares[:, at]),
            (line.credit.of_worth, worths[:, at]),
            (line.credit.of_units, shares[:, at] * gained),
        ):
            ordered = np.sort(drawn)
            outside = (1 - confidence) / 2
            # Linear between the two ordered draws at place (n - 1) × share.
            places = [199 * outside, 199 * (1 - outside)]
            ends = [np.interp(each, np.arange(200), ordered) for each in places]
            assert interval is not None
            assert [interval.low, interval.high] == pytest.approx(ends)


@pytest.mark.parametrize("size", [1, 3, 12])
def test_many_matrices_are_inverted_as_each_is_by_itself(size: int) -> None:
    rng = np.random.default_rng(9)
    going = rng.uniform(0, 1, (CHAINS_AT_ONCE + 3, size, size))
    going *= rng.uniform(0.2, 0.95, (len(going), size, 1)) / going.sum(axis=2, keepdims=True)
    matrices = np.eye(size) - going

    found = _inverted(matrices.copy())

    assert np.abs(found @ matrices - np.eye(size)).max() < 1e-9
