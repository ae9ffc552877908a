"""Scores and segments of people who bought."""

import numpy as np
import pytest

from zoco.research.purchases import DAY, Bought
from zoco.research.scores.scoring import FIXED, SEGMENTS, BoundsWrong, Scale, bounds_read, chosen, scored

UNTIL = 1_000 * DAY


def bought(*rows: tuple[int, int, float]) -> Bought:
    """Return people 1, 2 … of days since the last purchase, purchases and money."""
    since, often, money = (np.array(each, dtype=np.float64) for each in zip(*rows, strict=True))
    last = (UNTIL - since * DAY).astype(np.int64)
    return Bought(np.arange(1, len(rows) + 1), often.astype(np.int64), last, last, money, often)


def names(found: object) -> list[str]:
    keys = list(SEGMENTS)
    return [keys[each] for each in found.segments]  # type: ignore[attr-defined]


def test_fifths_of_five_people_are_one_each() -> None:
    found = scored(bought((1, 9, 500), (2, 7, 400), (3, 5, 300), (4, 3, 200), (5, 1, 100)), Scale(), UNTIL)

    assert found.scores.cells.tolist() == [555, 444, 333, 222, 111]
    assert names(found) == ["champions", "loyal", "attention", "asleep", "asleep"]
    assert chosen(found, recency=4).tolist() == [1]
    assert chosen(found, segment="asleep", frequency=1).tolist() == [4]
    assert chosen(found, segment="new").tolist() == []


def test_fixed_bounds_do_not_depend_on_who_else_there_is() -> None:
    scale = Scale(FIXED, ((30, 90, 180, 270), (2, 3, 4, 6), (50, 100, 250, 500)))

    alone = scored(bought((30, 6, 500.0)), scale, UNTIL)
    late = scored(bought((30, 6, 500.0), (31, 1, 49.99), (271, 2, 1.0)), scale, UNTIL)

    assert alone.scores.cells.tolist() == [555]
    assert late.scores.cells.tolist() == [555, 411, 121]
    assert names(late) == ["champions", "promising", "asleep"]


def test_whoever_bought_once_of_late_is_new_though_most_bought_once() -> None:
    rows = [(day, 1, 10.0) for day in range(1, 9)] + [(1, 5, 90.0), (20, 6, 90.0)]

    found = scored(bought(*rows), Scale(), UNTIL)

    assert set(found.scores.frequency[:8].tolist()) == {3}
    assert names(found)[0] == "new"
    assert names(found)[8] == "champions"


def test_nobody_has_no_scores() -> None:
    none = np.arange(0)
    found = scored(Bought(none, none, none, none, np.zeros(0), np.zeros(0)), Scale(), UNTIL)

    assert chosen(found).tolist() == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1,2,3",
        "1,2,3,4,5",
        "4,3,2,1",
        "1,1,2,3",
        "a,b,c,d",
        "1,2,3,nan",
        "1,2,3,sNaN",
        "1,2,3,1e99",
        "-1,2,3,4",
    ],
)
def test_bounds_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(BoundsWrong):
        bounds_read(text)


def test_bounds_ascend_from_nothing_to_the_largest() -> None:
    assert bounds_read(" 0, 1,2.5,1e12") == (0, 1, 2.5, 1e12)
    with pytest.raises(BoundsWrong, match="Write 4 numbers"):
        bounds_read("0,1,2.5,1.1e12")
