"""Loading segments: read, drop what is known or erased, settle, insert, all in one transaction."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import duckdb

from zoco.ledger import schema
from zoco.ledger.spool.folder import SpoolFolder
from zoco.ledger.spool.salvage import inspect, salvage
from zoco.ledger.spool.segment import TABLE, schema_version
from zoco.ledger.spool.table import REQUIRED
from zoco.ledger.store.base import Drained
from zoco.ledger.store.duckdb import settling
from zoco.ledger.store.duckdb.ddl import default_of, table_columns
from zoco.ledger.store.duckdb.reading import line_select

log = logging.getLogger(__name__)

BATCH_BYTES = 48 << 20
BATCH_SEGMENTS = 200
# A table's facts take about so many times more bytes as lines.
TABLE_WEIGHT = 10
UNREADABLE = (duckdb.InvalidInputException, duckdb.ConversionException, duckdb.OutOfRangeException)


class ErasedBook(Protocol):
    """Who was erased and until when; kept outside backups."""

    def __bool__(self) -> bool: ...

    def visitors(self, pairs: list[tuple[int, int]]) -> list[tuple[int, int, int]]:
        """Of (site, visitor) return the erased ones as (site, visitor, until in microseconds)."""

    def persons(self, pairs: list[tuple[int, int]]) -> list[tuple[int, int, int]]:
        """Of (site, person) return the erased ones as (site, person, until in microseconds)."""


class SegmentUnreadable(ValueError):
    """The engine cannot read a segment as facts."""


def batches(segments: list[Path]) -> Iterator[list[Path]]:
    """Part segments into batches of one kind that fit into memory; those of a newer schema are left out."""
    batch: list[Path] = []
    size = 0
    for path in segments:
        if schema_version(path) > schema.VERSION:
            log.warning("Segment left: a newer Zoco wrote it. segment=%s", path.name)
            continue
        length = path.stat().st_size * (TABLE_WEIGHT if path.suffix == TABLE else 1)
        is_full = size + length > BATCH_BYTES or len(batch) >= BATCH_SEGMENTS
        if batch and (is_full or path.suffix != batch[0].suffix):
            yield batch
            batch, size = [], 0
        batch.append(path)
        size += length
    if batch:
        yield batch


def load_batch(
    con: duckdb.DuckDBPyConnection, folder: SpoolFolder, paths: list[Path], book: ErasedBook | None
) -> Drained:
    """Load these segments through a connection of its own; raises duckdb.Error when nothing was done."""
    drained = Drained(segments=len(paths))
    fresh = _not_loaded(con, paths)
    readable, drained.aside = _readable(con, folder, fresh)
    if readable:
        _read(con, readable)
        read = _count(con)
        drained.repeated = _drop_known(con)
        drained.erased = _drop_erased(con, book) if book else 0
        drained.added = read - drained.repeated - drained.erased
        drained.names = {row[0] for row in con.execute("SELECT DISTINCT name FROM line").fetchall()}
        span = settling.settle_line(con)
        con.begin()
        try:
            _insert(con, is_settled=span is not None)
            if span is not None:
                settling.update_moved(con, span)
            con.executemany("INSERT INTO segments VALUES (?, now())", [[path.name] for path in readable])
            con.commit()
        except BaseException:
            con.rollback()
            raise
    for path in paths:
        if path.exists() and not folder.remove(path):
            drained.segments -= 1
    return drained


def _not_loaded(con: duckdb.DuckDBPyConnection, paths: list[Path]) -> list[Path]:
    known = con.execute(
        "SELECT name FROM segments WHERE name IN (SELECT unnest(?))", [[path.name for path in paths]]
    ).fetchall()
    return [path for path in paths if (path.name,) not in known]


def _readable(
    con: duckdb.DuckDBPyConnection, folder: SpoolFolder, paths: list[Path]
) -> tuple[list[Path], int]:
    """Return the segments that the engine reads, after salvaging, and how many lines went aside."""
    aside = sum(inspect(folder, path) for path in paths)
    paths = [path for path in paths if path.exists() and path.stat().st_size]
    if not paths:
        return [], aside
    try:
        _read(con, paths)
    except (SegmentUnreadable, *UNREADABLE):
        pass
    else:
        return paths, aside
    readable = []
    for path in paths:
        try:
            _read(con, [path])
        except (SegmentUnreadable, *UNREADABLE) as error:
            log.warning("Segment has bad lines. segment=%s error=%s", path.name, error)
            aside += salvage(folder, path)
        if path.exists() and path.stat().st_size:
            readable.append(path)
    return readable, aside


def _read(con: duckdb.DuckDBPyConnection, paths: list[Path]) -> None:
    con.execute(f"CREATE OR REPLACE TEMP TABLE line AS {line_select(paths)}")
    missing = " OR ".join(f"{name} IS NULL" for name in REQUIRED)
    row = con.execute(f"SELECT count(*) FROM line WHERE {missing}").fetchone()
    if row and row[0]:
        raise SegmentUnreadable(f"{row[0]} lines lack one of {', '.join(REQUIRED)} or are out of bounds")


def _count(con: duckdb.DuckDBPyConnection) -> int:
    row = con.execute("SELECT count(*) FROM line").fetchone()
    return int(row[0]) if row else 0


def _drop_known(con: duckdb.DuckDBPyConnection) -> int:
    """Delete lines whose id is in the ledger or earlier among the lines; returns how many."""
    total = _count(con)
    row = con.execute("SELECT count(DISTINCT id) FROM line").fetchone()
    if row and row[0] != total:
        con.execute(
            "CREATE OR REPLACE TEMP TABLE line AS SELECT * FROM line"
            " QUALIFY row_number() OVER (PARTITION BY id ORDER BY row_version DESC, occurred_at) = 1"
        )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE known AS SELECT id FROM facts SEMI JOIN line USING (id)"
        " WHERE occurred_at BETWEEN ? AND ?",
        con.execute("SELECT min(occurred_at), max(occurred_at) FROM line").fetchone(),
    )
    con.execute("DELETE FROM line WHERE id IN (SELECT id FROM known)")
    return total - _count(con)


def _drop_erased(con: duckdb.DuckDBPyConnection, book: ErasedBook) -> int:
    before = _count(con)
    erased = (("visitor", book.visitors), ("visitor_before", book.visitors), ("person", book.persons))
    for column, look in erased:
        pairs = con.execute(f"SELECT DISTINCT site, {column} FROM line WHERE {column} <> 0").fetchall()
        for site, value, until in look([(int(site), int(value)) for site, value in pairs]):
            con.execute(
                f"DELETE FROM line WHERE site = ? AND {column} = ? AND occurred_at <= make_timestamp(?)",
                [site, value, until],
            )
    return before - _count(con)


def _insert(con: duckdb.DuckDBPyConnection, *, is_settled: bool) -> None:
    """Move the lines into their tables, facts with what settling placed on them.

    Columns that no line can have are left to the table's default.
    """
    present = _columns_of(con, "line")
    values = {}
    for column in table_columns("facts"):
        written = f"l.{column.name}" if column.name in present else default_of(column)
        if is_settled and column.name in settling.PLACED:
            values[column.name] = f"coalesce(b.{column.name}, {written})"
        elif column.name in present:
            values[column.name] = written
    # Two joins on narrow keys: the texts of a visit are kept once, not once for each of its facts.
    settled = " LEFT JOIN timed t ON l.id = t.id LEFT JOIN begun b ON b.visit = t.visit"
    con.execute(
        f"INSERT INTO facts ({', '.join(values)}) SELECT {', '.join(values.values())}"
        f" FROM line l{settled if is_settled else ''}"
    )
    _insert_part(con, "evidence", [column.name for column in schema.columns("evidence")], present)
    _insert_part(con, "touch", [name for name in schema.TOUCH if name != "channel"], present)
    con.execute(
        "INSERT INTO midnight SELECT l.site, l.visitor_before, l.visitor, min(l.occurred_at) FROM line l"
        " ANTI JOIN midnight m ON m.site = l.site AND m.before = l.visitor_before AND m.visitor = l.visitor"
        " WHERE l.visitor_before <> 0 AND l.visitor <> 0 GROUP BY ALL"
    )


def _insert_part(con: duckdb.DuckDBPyConnection, table: str, worth: list[str], present: set[str]) -> None:
    """Insert the lines' columns of a table where one that is worth keeping is filled."""
    filled = " OR ".join(f"{name} <> ''" for name in worth if name in present)
    if filled:
        names = ", ".join(column.name for column in table_columns(table) if column.name in present)
        con.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM line WHERE {filled}")


def _columns_of(con: duckdb.DuckDBPyConnection, table: str) -> set[str]:
    return {row[0] for row in con.execute(f"DESCRIBE {table}").fetchall()}
