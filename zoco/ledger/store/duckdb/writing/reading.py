"""How a segment becomes a table: the SQL that reads it with declared types, never guessed ones."""

from collections.abc import Sequence
from pathlib import Path

from zoco.ledger import schema
from zoco.ledger.spool.salvage import LINE_BYTES, MOMENT_BOUNDS
from zoco.ledger.spool.segment import TABLE, columns_named
from zoco.ledger.spool.table import REQUIRED
from zoco.ledger.store.duckdb.ddl import TYPES, default_of, quoted

# What loading and settling read of every line, whether or not it can have a value.
ALWAYS = (*REQUIRED, "row_version", "visitor", "visitor_before", "known", "person", "path", *schema.TOUCH)


def present_columns(segments: Sequence[Path]) -> tuple[schema.Column, ...]:
    """Return the columns that these segments can have values of, what must be there included."""
    named = [columns_named(path) for path in segments]
    if any(names is None for names in named):
        return schema.columns()
    wanted = {*ALWAYS, *(name for names in named if names for name in names)}
    return tuple(column for column in schema.columns() if column.name in wanted)


def line_select(segments: Sequence[Path]) -> str:
    """Return the SELECT of the present columns of these segments' facts, defaults filled in.

    All must be of one kind, lines or tables.
    """
    columns = present_columns(segments)
    if segments[0].suffix == TABLE:
        return _table_select(segments, columns)
    given = ", ".join(f"'{column.name}': '{_read_as(column)}'" for column in columns)
    wanted = ", ".join(_filled(column) for column in columns)
    return (
        f"SELECT {wanted} FROM read_json([{_listed(segments)}], format = 'newline_delimited',"
        f" maximum_object_size = {LINE_BYTES}, columns = {{{given}}})"
    )


def _table_select(segments: Sequence[Path], columns: Sequence[schema.Column]) -> str:
    """Read tables with the same columns together; one that lacks a column has its default."""
    alike: dict[frozenset[str], list[Path]] = {}
    for path in segments:
        alike.setdefault(columns_named(path) or frozenset(), []).append(path)
    selects = []
    for names, paths in alike.items():
        wanted = ", ".join(_held(column, column.name in names) for column in columns)
        selects.append(f"SELECT {wanted} FROM read_parquet([{_listed(paths)}])")
    return " UNION ALL ".join(selects)


def _held(column: schema.Column, is_there: bool) -> str:
    if is_there and column.kind == "moment":
        return _filled(column)
    stated = column.name if is_there else default_of(column)
    return f"{stated}::{TYPES[column.kind]} AS {column.name}"


def _listed(segments: Sequence[Path]) -> str:
    return ", ".join(quoted(str(path)) for path in segments)


def _read_as(column: schema.Column) -> str:
    return "BIGINT" if column.kind == "moment" else TYPES[column.kind]


def _stated(column: schema.Column) -> str:
    """Return the value as it stands, null for a moment out of bounds."""
    if column.kind != "moment":
        return column.name
    low, high = MOMENT_BOUNDS
    return f"make_timestamp(CASE WHEN {column.name} BETWEEN {low} AND {high} THEN {column.name} END)"


def _filled(column: schema.Column) -> str:
    stated = _stated(column)
    if column.name in REQUIRED:
        return f"{stated} AS {column.name}"
    return f"coalesce({stated}, {default_of(column)}) AS {column.name}"
