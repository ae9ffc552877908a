"""Histories from a log of purchases, counted by hand."""

import numpy as np
import pytest

from zoco.stats.value.histories import Histories, NoHistory, aggregated, buyers_of, histories

CUSTOMERS = np.array([7, 3, 7, 7, 3, 9, 7, 7])
AT = np.array([5.0, 1.0, 2.0, 5.0, 1.0, 11.0, 8.5, 12.0])
AMOUNTS = np.array([10.0, 4.0, 99.0, 5.0, 6.0, 1.0, 35.0, 77.0])


def test_purchases_at_one_moment_are_one_and_the_first_is_the_birth() -> None:
    found = buyers_of(CUSTOMERS, AT, AMOUNTS, 10.0)

    assert found.ids.tolist() == [3, 7]
    assert found.first.tolist() == [1.0, 2.0]
    assert found.histories.purchases.tolist() == [0.0, 2.0]
    assert found.histories.last.tolist() == [0.0, 6.5]
    assert found.histories.age.tolist() == [9.0, 8.0]
    assert found.spend.tolist() == [0.0, 25.0]  # 10 + 5 at one moment, and 35


def test_what_came_later_is_not_known_yet() -> None:
    before, after = buyers_of(CUSTOMERS, AT, None, 10.0), buyers_of(CUSTOMERS, AT, None, 12.0)

    assert (len(before.ids), len(after.ids)) == (2, 3)
    assert after.histories.purchases.tolist() == [0.0, 3.0, 0.0]
    assert len(buyers_of(CUSTOMERS, AT, AMOUNTS, 0.5).ids) == 0


def test_equal_rows_are_one_with_all_their_customers() -> None:
    # Ten sevenths less seven is not three sevenths, as computers count.
    later = 10 / 7 - 1
    rows = histories(np.array([1, 0, 1, 1.0]), np.array([3 / 7, 0, later, 3 / 7]), np.array([5, 5, 5, 6.0]))

    found = aggregated(rows)

    assert later != 3 / 7
    assert found.customers.tolist() == [1.0, 2.0, 1.0]
    assert (found.count, len(found)) == (4, 3)
    assert found.purchases.tolist() == [0.0, 1.0, 1.0]
    assert found.age.tolist() == [5.0, 5.0, 6.0]


@pytest.mark.parametrize(
    ("purchases", "last", "age", "says"),
    [
        (1.0, 6.0, 5.0, "later than the end"),
        (0.0, 2.0, 5.0, "never came back"),
        (-1.0, 0.0, 5.0, "at least 0"),
        (1.0, np.nan, 5.0, "at least 0"),
    ],
)
def test_rows_that_cannot_be_are_refused(purchases: float, last: float, age: float, says: str) -> None:
    with pytest.raises(NoHistory, match=says):
        histories(np.array([purchases]), np.array([last]), np.array([age]))


def test_columns_are_of_one_length() -> None:
    with pytest.raises(NoHistory, match="Each row"):
        Histories(np.zeros(2), np.zeros(2), np.ones(3), np.ones(2))
