"""Tables of the DuckDB file, made from ledger.schema, and their upgrades.

Beside the facts stand small tables that settling needs: `touch` (a fact's own touch values, since
those of the session overwrite them) and `midnight` (which pseudonym was whose yesterday).
"""

from collections.abc import Iterator

import duckdb

from zoco.ledger import schema
from zoco.ledger.store.base import StoreNewer
from zoco.ledger.store.joins import DUCKDB_TABLES

TYPES: dict[schema.Kind, str] = {
    "uuid": "UUID",
    "int": "BIGINT",
    "small": "INTEGER",
    "text": "VARCHAR",
    "moment": "TIMESTAMP",
    "money": "DECIMAL(18,4)",
    "json": "JSON",
}
_DEFAULTS: dict[schema.Kind, str] = {
    "uuid": "'00000000-0000-0000-0000-000000000000'::UUID",
    "int": "0",
    "small": "0",
    "text": "''",
    "moment": "TIMESTAMP '1970-01-01'",
    "money": "0",
    "json": "'{}'",
}
EVIDENCE_KEYS = ("id", "site", "occurred_at", "visitor", "person")
_SMALL_TABLES = (
    "CREATE TABLE IF NOT EXISTS meta (key VARCHAR, value VARCHAR)",
    "CREATE TABLE IF NOT EXISTS segments (name VARCHAR, loaded_at TIMESTAMP)",
    "CREATE TABLE IF NOT EXISTS midnight"
    " (site INTEGER, before BIGINT, visitor BIGINT, occurred_at TIMESTAMP)",
    "CREATE TABLE IF NOT EXISTS imported_daily (site INTEGER, origin_key VARCHAR, day DATE,"
    " dimension VARCHAR, label VARCHAR, measure VARCHAR, amount DECIMAL(18,4))",
    *DUCKDB_TABLES,
)


def table_columns(table: str) -> tuple[schema.Column, ...]:
    """Return the columns of a table that is made from the schema: facts, evidence or touch."""
    if table == "facts":
        return schema.columns("facts")
    keys = tuple(column for column in schema.columns("facts") if column.name in EVIDENCE_KEYS)
    if table == "evidence":
        return keys + schema.columns("evidence")
    return keys + tuple(column for column in schema.columns("facts") if column.name in schema.TOUCH)


SCHEMA_TABLES = ("facts", "evidence", "touch")


def migrate(con: duckdb.DuckDBPyConnection) -> None:
    """Create what is missing and add new columns. Raises StoreNewer for a newer file."""
    con.execute(_SMALL_TABLES[0])
    held = con.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()
    if held is not None and int(held[0]) > schema.VERSION:
        raise StoreNewer(
            f"The ledger is of version {held[0]}, this program knows {schema.VERSION}; install the newer one."
        )
    con.begin()
    for statement in _statements(con):
        con.execute(statement)
    con.execute("DELETE FROM meta WHERE key = 'schema'")
    con.execute("INSERT INTO meta VALUES ('schema', ?)", [str(schema.VERSION)])
    con.commit()


def _statements(con: duckdb.DuckDBPyConnection) -> Iterator[str]:
    yield from _SMALL_TABLES
    for table in SCHEMA_TABLES:
        there = {
            row[0]
            for row in con.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = ?", [table]
            ).fetchall()
        }
        columns = table_columns(table)
        if not there:
            yield f"CREATE TABLE {table} ({', '.join(_declared(column) for column in columns)})"
            continue
        for column in columns:
            if column.name not in there:
                yield f"ALTER TABLE {table} ADD COLUMN {_declared(column)}"


def default_of(column: schema.Column) -> str:
    """Return the default of a column as SQL; never null."""
    if column.text_default:
        return quoted(column.text_default)
    return _DEFAULTS[column.kind]


def quoted(text: str) -> str:
    """Write a string literal."""
    return "'" + text.replace("'", "''") + "'"


def _declared(column: schema.Column) -> str:
    return f"{column.name} {TYPES[column.kind]} DEFAULT {default_of(column)}"
