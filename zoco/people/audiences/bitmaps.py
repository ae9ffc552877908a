"""Roaring bitmaps of the keys of people: out of the database, out of the ledger, and as bytes."""

from array import array
from typing import TYPE_CHECKING, Any

import msgspec
from django.db.models import Aggregate, QuerySet, TextField
from pyroaring import BitMap

from zoco.people.models import Person

if TYPE_CHECKING:
    import pyarrow as pa

_keys = msgspec.json.Decoder(list[int])


class Listed(Aggregate):
    """All values of a column in one text, parted by commas: as rows a million would cost a second."""

    function = "GROUP_CONCAT"
    output_field = TextField()
    allow_distinct = False

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """Write it for PostgreSQL."""
        template = "STRING_AGG((%(expressions)s)::text, ',')"
        return self.as_sql(compiler, connection, function="STRING_AGG", template=template, **more)


def of_rows(rows: QuerySet[Any], column: str = "person_id") -> BitMap:
    """Return the keys in a column of rows."""
    listed = rows.order_by().aggregate(all=Listed(column))["all"]
    return BitMap(_keys.decode(f"[{listed or ''}]"))


def of_table(table: "pa.Table") -> BitMap:
    """Return the keys in the first column of an answer of the ledger."""
    import pyarrow as pa

    try:
        found = table.column(0).cast(pa.uint32())
    except pa.ArrowInvalid:
        raise OverflowError("The key of a person is larger than a bitmap can hold (2**32 - 1).") from None
    keys = array("I")
    for chunk in filter(len, found.chunks):  # as bytes: through NumPy it would import pandas, half a second
        start = chunk.offset * keys.itemsize
        keys.frombytes(chunk.buffers()[1][start : start + len(chunk) * keys.itemsize])
    return BitMap(keys)


def everybody(gone: BitMap | None = None) -> BitMap:
    """Return all people but those who were merged into others; `gone` are those, where they are known."""
    return of_rows(Person.objects.all(), "pk") - (merged() if gone is None else gone)


def merged() -> BitMap:
    """Return those for whom others stand: SQLite reads an index by a range, and all people for NOT."""
    return of_rows(Person.objects.filter(merged_into__gt=0), "pk")


def packed(people: BitMap) -> bytes:
    """Return people as they are kept."""
    kept = people.copy()
    kept.run_optimize()
    return bytes(kept.serialize())


def unpacked(kept: bytes | memoryview) -> BitMap:
    """Return people from what is kept; nobody for nothing."""
    return BitMap.deserialize(bytes(kept)) if kept else BitMap()
