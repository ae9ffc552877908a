"""Paths out of an Arrow table, without a loop over rows."""

from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zoco.stats.attribution.paths import BadPaths, Ints, Paths

MONEY = pa.decimal128(18, 4)
MOMENT = pa.timestamp("us")


def paths_read(table: Any) -> Paths:
    """Return the paths of a table with one row a path.

    Columns: `channels` list of text, `at` list of moments, `ended_at` moment, `is_converted`, `value` decimal
    of four places or null, and if they are there `count` and `person` (whole numbers). Labels stand in the
    order of the alphabet. Raises BadPaths where lists are missing or of different lengths.
    """
    table = table.combine_chunks()
    channels, at = _list(table["channels"]), _list(table["at"])
    offsets = _ints(channels.offsets)
    if not np.array_equal(np.diff(offsets), np.diff(_ints(at.offsets))):
        raise BadPaths("Each touch has a channel and a time.")
    coded = _flat(channels).dictionary_encode()
    labels = [str(each) for each in coded.dictionary.to_pylist()]
    order = np.argsort(np.array(labels, dtype=object), kind="stable")
    names = table.column_names
    return Paths(
        labels=tuple(labels[each] for each in order),
        offsets=offsets - offsets[0],
        channels=np.argsort(order)[_ints(coded.indices)] if labels else np.zeros(0, np.int64),
        at=_moments(_flat(at)),
        ended_at=_moments(_one(table["ended_at"])),
        is_converted=np.asarray(_one(table["is_converted"]).to_numpy(zero_copy_only=False), dtype=bool),
        values=_units(_one(table["value"])),
        counts=_ints(_one(table["count"])) if "count" in names else np.ones(len(table), np.int64),
        people=_ints(_one(table["person"])) if "person" in names else None,
    )


def _one(column: Any) -> Any:
    """Return a column as one array."""
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


def _list(column: Any) -> Any:
    found = _one(column)
    if found.null_count:
        raise BadPaths("A path without touches has an empty list, not none.")
    return found.cast(pa.list_(found.type.value_type))


def _flat(lists: Any) -> Any:
    found = lists.flatten()
    if found.null_count:
        raise BadPaths("A touch has no channel, or no time.")
    return found


def _ints(array: Any) -> Ints:
    found: Ints = array.cast(pa.int64()).to_numpy(zero_copy_only=False).astype(np.int64)
    return found


def _moments(array: Any) -> Ints:
    if not pa.types.is_integer(array.type):
        zone = array.type.tz
        array = array.cast(pa.timestamp("us", zone) if zone else MOMENT)
    return _ints(array)


def _units(array: Any) -> Ints:
    """Return decimals of four places as whole numbers, as they are stored: 128 bits, the lower half first."""
    filled = pc.fill_null(array.cast(MONEY), pa.scalar(Decimal(0), MONEY))
    words = np.frombuffer(filled.buffers()[1], dtype=np.int64)
    start = 2 * filled.offset
    return words[start : start + 2 * len(filled) : 2].copy()
