"""Paths: what is refused, equal ones once, people with equal ones once, refunds, and Arrow tables."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zoco.stats.attribution import Linear, Measure, Paths, attribute, paths_read
from zoco.stats.attribution.distinct import distinct, sequences_numbered
from zoco.stats.attribution.paths import BadPaths
from zoco.stats.tests.attribution.walks import paths_of

WORDS = st.lists(st.text("ABCDEFGHIJ", max_size=60), max_size=30)


@given(WORDS)
@settings(max_examples=100, deadline=None, derandomize=True)
def test_equal_sequences_have_one_number_and_different_ones_different_numbers(words: list[str]) -> None:
    offsets = np.concatenate([[0], np.cumsum([len(word) for word in words])]).astype(np.int64)
    codes = np.array([ord(each) - ord("A") for word in words for each in word], dtype=np.int64)

    numbers = sequences_numbered(offsets, codes, 10).tolist()

    assert len(set(zip(words, numbers, strict=True))) == len(set(words)) == len(set(numbers))
    assert sorted(set(numbers)) == list(range(len(set(words))))


def test_large_codes_are_read_one_by_one() -> None:
    codes = np.array([2**39, 2**39 - 1, 2**39, 2**39 - 1, 2**39, 7], dtype=np.int64)

    assert sequences_numbered(np.array([0, 2, 4, 6]), codes, 2**40).tolist() in ([0, 0, 1], [1, 1, 0])


def test_long_sequences_of_many_codes_do_not_overflow_into_each_other() -> None:
    # Six codes of ten bits are read at a time, and fewer behind the number of what was before: the 17th
    # beginning would else be pushed out of 64 bits, and stand for the first.
    rows = [[each, 1, 2, 3, 4, 5, *[9] * 6] for each in range(40)]
    codes = np.array(rows + rows[::-1], dtype=np.int64).ravel()

    numbers = sequences_numbered(np.arange(81) * 12, codes, 1023).tolist()

    assert sorted(numbers[:40]) == list(range(40))
    assert numbers[40:] == numbers[:40][::-1]


def test_equal_paths_stand_once_with_their_number() -> None:
    paths = paths_of(
        [("AB", 5), ("AB", 5), ("AB", -1), ("AB", 7), ("BA", 5), ("", -1)], counts=[1, 2, 4, 1, 1, 3]
    )

    together = distinct(paths)
    by_value = distinct(paths, by_value=True)
    by_time = distinct(paths, by_time=True)

    assert sorted(together.paths.counts.tolist()) == [1, 3, 4, 4]
    assert sorted(by_value.paths.counts.tolist()) == [1, 1, 3, 3, 4]
    assert sorted(by_time.paths.counts.tolist()) == [1, 1, 1, 2, 3, 4]
    assert by_value.paths.total(Measure.REVENUE) == paths.total(Measure.REVENUE) == 270_000


def test_people_with_the_same_paths_stand_once() -> None:
    rows = [("A", 1), ("B", -1), ("B", -1), ("A", 1), ("A", 1), ("A", 1), ("C", -1)]
    seen = distinct(paths_of(rows, people=[7, 7, 3, 3, 9, 9, 5]))

    held = Counter(
        (int(people), tuple(sorted(row.tolist())))
        for people, row in zip(seen.people, seen.held.toarray(), strict=True)
    )

    # Two people have A and B, one has A twice, one C.
    assert held == Counter({(2, (0.0, 1.0, 1.0)): 1, (1, (0.0, 0.0, 2.0)): 1, (1, (0.0, 0.0, 1.0)): 1})
    assert (seen.people @ seen.held).tolist() == seen.paths.counts.tolist()
    assert seen.converted() == 3
    assert seen.converting_people().tolist() == [3, 0, 0]


def test_what_is_refunded_beyond_the_price_is_of_no_channel() -> None:
    less = replace(paths_of([("A", 10), ("B", 20)]), values=np.array([-50_000, 200_000]))

    found = attribute(less, Linear(), measure=Measure.REVENUE, replicates=0)

    assert (found.total, found.unassigned, found.withheld) == (150_000, -50_000, 200_000)


def changed(**columns: Any) -> Paths:
    good = paths_of([("AB", 1), ("", -1), ("B", -1)])
    fields = {name: columns.get(name, getattr(good, name)) for name in Paths.__slots__}
    return Paths(**fields)


@pytest.mark.parametrize(
    "columns",
    [
        {"offsets": np.array([0, 2, 2])},
        {"offsets": np.array([0, 2, 1, 3])},
        {"offsets": np.array([1, 2, 2, 3])},
        {"channels": np.array([0, 1, 2])},
        {"channels": np.array([0, -1, 1])},
        {"at": np.array([2, 1, 1])},
        {"ended_at": np.array([0, 0, 0])},
        {"counts": np.array([1, -1, 1])},
        {"values": np.array([1, 0, 1])},
        {"values": np.array([2**53, 0, 0])},
        {"counts": np.array([2, 1, 1]), "people": np.array([1, 2, 3])},
    ],
)
def test_arrays_that_do_not_fit_are_refused(columns: dict[str, Any]) -> None:
    assert len(changed().counts) == 3
    with pytest.raises(BadPaths):
        changed(**columns)


def table(**columns: Any) -> pa.Table:
    day = [datetime(2026, 5, each, tzinfo=UTC) for each in range(1, 5)]
    moments = pa.timestamp("us", "UTC")
    fields = {
        "channels": pa.array([["email", "ads"], [], ["email"]], pa.list_(pa.string())),
        "at": pa.array([day[:2], [], day[2:3]], pa.list_(moments)),
        "ended_at": pa.array([day[2], day[2], day[3]], moments),
        "is_converted": pa.array([True, False, True]),
        "value": pa.array([Decimal("12.3456"), None, Decimal("-0.0100")], pa.decimal128(18, 4)),
    }
    return pa.table(fields | columns)


def test_a_table_is_read_as_it_is() -> None:
    first = int(datetime(2026, 5, 1, tzinfo=UTC).timestamp()) * 10**6

    paths = paths_read(table())

    assert paths.labels == ("ads", "email")
    assert paths.offsets.tolist() == [0, 2, 2, 3]
    assert paths.channels.tolist() == [1, 0, 1]
    assert ((paths.at - first) / 86_400e6).tolist() == [0, 1, 2]
    assert paths.is_converted.tolist() == [True, False, True]
    assert paths.values.tolist() == [123_456, 0, -100]
    assert paths.counts.tolist() == [1, 1, 1]
    assert paths.people is None


def test_pieces_slices_dictionaries_people_and_counts_are_read() -> None:
    plain = table()
    coded = plain.set_column(
        0, "channels", plain["channels"].cast(pa.list_(pa.dictionary(pa.int32(), pa.string())))
    )
    pieces = pa.concat_tables([coded.slice(0, 1), coded.slice(1, 2)])

    paths = paths_read(pieces.append_column("person", pa.array([5, 6, 5])))
    last = paths_read(plain.append_column("count", pa.array([1, 2, 9])).slice(2, 1))

    assert (paths.labels, paths.channels.tolist()) == (("ads", "email"), [1, 0, 1])
    assert paths.values.tolist() == [123_456, 0, -100]
    assert paths.people is not None
    assert paths.people.tolist() == [5, 6, 5]
    assert (last.labels, last.channels.tolist(), last.values.tolist()) == (("email",), [0], [-100])
    assert last.counts.tolist() == [9]


def test_an_empty_table_is_no_paths() -> None:
    paths = paths_read(table().slice(0, 0))

    found = attribute(paths, Linear())

    assert len(paths.counts) == 0
    assert (found.total, found.lines) == (0, ())


@pytest.mark.parametrize(
    "columns",
    [
        {"channels": pa.array([["a"], [], ["b"]])},
        {"channels": pa.array([["a", None], [], ["b"]])},
        {"channels": pa.array([["a", "b"], None, ["b"]])},
    ],
)
def test_lists_that_do_not_fit_are_refused(columns: dict[str, Any]) -> None:
    with pytest.raises(BadPaths):
        paths_read(table(**columns))
