"""How a segment becomes a table: the SQL that reads NDJSON with declared types, never guessed ones."""

from collections.abc import Sequence
from pathlib import Path

from zoco.ledger import schema
from zoco.ledger.spool.salvage import LINE_BYTES, MOMENT_BOUNDS
from zoco.ledger.spool.segment import columns_named
from zoco.ledger.store.duckdb.ddl import TYPES, default_of, quoted

REQUIRED = ("id", "site", "name", "origin", "occurred_at")
# What loading and settling read of every line, whether or not it can have a value.
ALWAYS = (*REQUIRED, "row_version", "visitor", "visitor_before", "person", "path", *schema.TOUCH)


def present_columns(segments: Sequence[Path]) -> tuple[schema.Column, ...]:
    """Return the columns that these segments can have values of, what must be there included."""
    named = [columns_named(path) for path in segments]
    if any(names is None for names in named):
        return schema.columns()
    wanted = {*ALWAYS, *(name for names in named if names for name in names)}
    return tuple(column for column in schema.columns() if column.name in wanted)


def line_select(segments: Sequence[Path]) -> str:
    """Return the SELECT of the present columns of these segments' lines, defaults filled in."""
    columns = present_columns(segments)
    given = ", ".join(f"'{column.name}': '{_read_as(column)}'" for column in columns)
    files = ", ".join(quoted(str(path)) for path in segments)
    wanted = ", ".join(_filled(column) for column in columns)
    return (
        f"SELECT {wanted} FROM read_json([{files}], format = 'newline_delimited',"
        f" maximum_object_size = {LINE_BYTES}, columns = {{{given}}})"
    )


def _read_as(column: schema.Column) -> str:
    return "BIGINT" if column.kind == "moment" else TYPES[column.kind]


def _filled(column: schema.Column) -> str:
    name = column.name
    if column.kind == "moment":
        low, high = MOMENT_BOUNDS
        inside = f"CASE WHEN {name} BETWEEN {low} AND {high} THEN {name} END"
        stated = f"make_timestamp({inside})"
    else:
        stated = name
    if name in REQUIRED:
        return f"{stated} AS {name}"
    return f"coalesce({stated}, {default_of(column)}) AS {name}"
