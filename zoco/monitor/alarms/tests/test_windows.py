"""Windows of hours, on counts whose hour n counts n: what is seen, which past stands beside it."""

from datetime import datetime

import numpy as np
import pytest

from zoco.monitor.alarms.cube import Cube, Cut
from zoco.monitor.alarms.watched import measure_named
from zoco.monitor.alarms.windows import Window, taken
from zoco.stats.seasonal import Forecast

MONDAY = datetime(2026, 3, 2)  # noqa: DTZ001 - a wall clock's
DAYS = 42
END = 24 * 37 + 12


@pytest.fixture
def cube() -> Cube:
    hours = np.arange(24 * DAYS, dtype=float)[None]
    parts = Cut.of(("ES", "DE"), np.concatenate([hours / 4, hours * 3 / 4]))
    return Cube(measure_named("visits"), MONDAY, Cut.of(("",), hours), {"country": parts})


def of_hours(end: int, hours: int) -> float:
    """Return the sum of the numbers of the hours before `end`."""
    return float(sum(range(end - hours, end)))


def test_what_is_seen_is_the_sum_of_the_last_hours(cube: Cube) -> None:
    window = Window(cube, END, 6, 28)

    assert window.seen(cube.total).tolist() == [of_hours(END, 6)]
    assert window.seen(cube.parts.cut).tolist() == [of_hours(END, 6) / 4, of_hours(END, 6) * 3 / 4]
    assert window.past(cube.total)[0].tolist() == [of_hours(END - 24 * back, 6) for back in range(28, 0, -1)]
    assert window.past(cube.parts.cut, np.array([1]))[0][-1] == of_hours(END - 24, 6) * 3 / 4


@pytest.mark.parametrize(("hours", "newest"), [(6, 1), (24, 1), (25, 2), (48, 2), (168, 7)])
def test_no_past_overlaps_what_is_seen(cube: Cube, hours: int, newest: int) -> None:
    window = Window(cube, END, hours, 28)

    assert window.ends[-1] == END - 24 * newest
    assert window.ends[0] == max(END - 24 * 28, END - 24 * ((END - hours) // 24))


def test_the_past_begins_with_the_first_whole_window(cube: Cube) -> None:
    assert Window(cube, END, 12, 56).ends[0] == 12
    assert Window(cube, END, 13, 56).ends[0] == 36


def test_a_window_is_of_the_day_in_which_its_last_hour_lies(cube: Cube) -> None:
    sunday, monday = Window(cube, 24 * 28, 6, 21), Window(cube, 24 * 28 + 1, 6, 21)

    assert (sunday.kind, monday.kind) == (6, 0)
    assert (sunday.kinds[-7:].tolist(), monday.kinds[-7:].tolist()) == (
        [6, 0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4, 5, 6]
    )  # fmt: skip


def test_the_rough_expectation_is_the_mean_of_four_weeks(cube: Cube) -> None:
    weeks = [of_hours(END - 24 * 7 * back, 6) for back in (1, 2, 3, 4)]

    assert Window(cube, END, 6, 56).rough(cube.total).tolist() == [sum(weeks) / 4]


@pytest.mark.parametrize(
    ("hours", "third", "fewer"), [(6, 2, 1), (24, 8, 4), (48, 16, 8), (72, 24, 4), (168, 56, 2)]
)
def test_longer_windows_have_a_newest_third_and_more_room_for_chance(
    cube: Cube, hours: int, third: int, fewer: float
) -> None:
    window = Window(cube, END, hours, 21)

    newest = window.newest()
    assert (newest.hours, newest.end, newest.days, window.fewer) == (third, END, 21, fewer)
    assert window.newest() is newest
    hour = Window(cube, END, 1, 21)
    assert hour.newest() is hour


def test_what_was_done_ahead_is_taken_if_it_is_all_there() -> None:
    known = np.array([1, 4, 6]), Forecast(*(np.array([10.0, 40.0, 60.0]) + add for add in (0, 1, 2)))

    found = taken(known, np.array([4, 6]))

    assert found is not None
    assert (found.mean.tolist(), found.variance.tolist()) == ([40, 60], [41, 61])
    assert [taken(known, np.array(rows, dtype=int)) for rows in ([4, 5], [7], [])] == [None] * 3
    assert taken(None, np.array([4])) is None
