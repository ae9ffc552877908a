"""Segments that are tables: Parquet, for facts that come by the hundred thousand.

A table has the columns of the schema that it needs, none of them null; the rest have their defaults.
Moments are numbers, as in the lines of other segments. Only a table whose checksum is right is read.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from zoco.ledger import schema

if TYPE_CHECKING:
    import io

    import pyarrow as pa
    import pyarrow.parquet as pq

REQUIRED = ("id", "site", "name", "origin", "occurred_at")
# Values that hardly repeat: packing them costs time and saves nothing.
_INCOMPRESSIBLE = ("id", "visitor", "visitor_before", "session", "person")
_DICTIONARY_BYTES = 64 << 20


@cache
def arrow_types() -> dict[str, "pa.DataType"]:
    """Return the type of each column of the schema in a table."""
    import pyarrow as pa

    kinds: dict[schema.Kind, pa.DataType] = {
        "uuid": pa.uuid(),
        "int": pa.int64(),
        "small": pa.int32(),
        "text": pa.string(),
        "moment": pa.int64(),
        "money": pa.decimal128(18, 4),
        "json": pa.string(),
    }
    return {column.name: kinds[column.kind] for column in schema.columns()}


def writer(sink: "io.RawIOBase | Path", given: "pa.Schema") -> "pq.ParquetWriter":
    """Return a writer of tables with these columns."""
    import pyarrow.parquet as pq

    return pq.ParquetWriter(
        sink,
        given,
        compression={name: "NONE" if name in _INCOMPRESSIBLE else "SNAPPY" for name in given.names},
        use_dictionary=[name for name in given.names if arrow_types()[name] == "string"],
        dictionary_pagesize_limit=_DICTIONARY_BYTES,
        write_statistics=False,
        store_schema=False,
    )


def whole(table: "pa.Table") -> "pa.Table":
    """Return a table whose columns are said never to be null. Raises ValueError for what holds no facts."""
    import pyarrow as pa

    fault = _fault(table.schema)
    if fault:
        raise ValueError(fault)
    return table.cast(pa.schema([field.with_nullable(False) for field in table.schema]))


def row_count(path: Path) -> int:
    """Return how many facts a table holds, by its footer."""
    import pyarrow.parquet as pq

    return int(pq.read_metadata(path).num_rows)


def column_names(path: Path) -> frozenset[str]:
    """Return which columns a table has, by its footer."""
    import pyarrow.parquet as pq

    return frozenset(pq.read_schema(path).names)


def fault_of(path: Path) -> str:
    """Say why a file is no table of facts; "" when it is one."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        found = pq.read_schema(path)
    except (OSError, pa.ArrowException) as error:
        return f"it cannot be read: {error}"
    nullable = [field.name for field in found if field.nullable]
    return f"a value of {nullable[0]} may be missing" if nullable else _fault(found)


def _fault(found: "pa.Schema") -> str:
    import pyarrow as pa

    for field in found:
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        if field.name not in arrow_types():
            return f"{field.name} is no column"
        if kind != arrow_types()[field.name]:
            return f"{field.name} is {field.type}"
    missing = [name for name in REQUIRED if name not in found.names]
    return f"{missing[0]} is missing" if missing else ""


def rows(path: Path, names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """Yield these columns of every fact, None for a column that the table has not."""
    import pyarrow.parquet as pq

    there = column_names(path)
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(columns=[name for name in names if name in there]):
            columns = [
                batch.column(name).to_pylist() if name in there else [None] * batch.num_rows for name in names
            ]
            yield from zip(*columns, strict=True)


def facts(path: Path) -> Iterator[schema.Fact]:
    """Yield the facts of a table, as a line of another segment would decode."""
    names = [column.name for column in schema.columns() if column.name in column_names(path)]
    for row in rows(path, names):
        columns = dict(zip(names, row, strict=True))
        columns["id"] = str(columns["id"])
        if "props" in columns:
            columns["props"] = msgspec.json.decode(columns["props"])
        yield schema.Fact(**columns)


def copy_where(path: Path, target: Path, wanted: Callable[[int], bool]) -> int:
    """Write the facts whose number is wanted into another file; returns how many those are."""
    import pyarrow.parquet as pq

    at = kept = 0
    with pq.ParquetFile(path) as file, writer(target, file.schema_arrow) as out:
        for group in range(file.num_row_groups):
            table = file.read_row_group(group)
            rest = table.filter([wanted(number) for number in range(at, at + table.num_rows)])
            out.write_table(rest, row_group_size=max(rest.num_rows, 1))
            at += table.num_rows
            kept += rest.num_rows
    return kept
