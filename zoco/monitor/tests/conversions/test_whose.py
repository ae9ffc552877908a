"""Whose paths are: a named person is one on all of them, whoever is not named another on each."""

from decimal import Decimal

import pyarrow as pa

from zoco.monitor.attribution.counting import paths_taken, stands_on


def test_who_is_named_counts_once_and_the_others_each_for_himself() -> None:
    table = pa.table(
        {
            "who": pa.array([-7, -7, 5, 0, 0], pa.int64()),
            "path": pa.array([["a"], ["a", "b"], [], ["b"], ["a", "c"]], pa.list_(pa.string())),
            "at": pa.array([[1], [1, 2], [], [], []], pa.list_(pa.int64())),
            "ended_at": pa.array([3, 4, 5, 6, 6], pa.int64()),
            "is_converted": [True, True, True, False, False],
            "value": pa.array([Decimal("2.0000")] * 3 + [Decimal("0.0000")] * 2, pa.decimal128(18, 4)),
            "count": pa.array([1, 1, 1, 3, 2], pa.int64()),
        }
    )

    found = stands_on(paths_taken(table))

    assert found == {
        "conversions": 3, "converted": 2, "people": 7, "touches": 10, "without": 5, "untouched": 1,
        "labels": 3,
    }  # fmt: skip
