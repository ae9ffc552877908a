"""Loading segments: read, drop what is known or erased, settle, insert, all in one transaction.

What is loaded is the temp view `line`. Lines of JSON are read once, into the temp table `held`; a table
stays where it is and every step reads the columns that it needs, most of which are few.
"""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import duckdb

from zoco.ledger import schema
from zoco.ledger.spool.folder import SpoolFolder
from zoco.ledger.spool.salvage import inspect, salvage
from zoco.ledger.spool.segment import TABLE, schema_version
from zoco.ledger.spool.table import REQUIRED
from zoco.ledger.store.base import Drained
from zoco.ledger.store.duckdb.ddl import default_of, table_columns
from zoco.ledger.store.duckdb.writing import settling
from zoco.ledger.store.duckdb.writing.reading import line_select
from zoco.ledger.store.joins import take_into_duckdb

log = logging.getLogger(__name__)

# Longer than a collector takes facts late.
LIVE = timedelta(hours=25)
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - as the engine gives it
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
        try:
            length = path.stat().st_size * (TABLE_WEIGHT if path.suffix == TABLE else 1)
        except FileNotFoundError:  # another process loaded it since the folder was listed
            continue
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
    readable = _readable(con, folder, _not_loaded(con, paths), drained)
    if readable:
        try:
            _load(con, readable, book, drained)
        except UNREADABLE as error:
            log.warning("Segments are read again, one by one. error=%s", error)
            readable = _readable(con, folder, readable, drained, is_wary=True)
            if readable:
                _load(con, readable, book, drained)
    for path in paths:
        if path.exists() and not folder.remove(path):
            drained.segments -= 1
    return drained


def _load(
    con: duckdb.DuckDBPyConnection, paths: list[Path], book: ErasedBook | None, drained: Drained
) -> None:
    """Load what is in `line`, the facts of these segments, and count it."""
    read = _count(con)
    drained.repeated = _drop_known(con)
    drained.erased = _drop_erased(con, book) if book else 0
    drained.added = read - drained.repeated - drained.erased
    drained.names = {row[0] for row in con.execute("SELECT DISTINCT name FROM line").fetchall()}
    span = settling.settle_line(con)
    con.begin()
    try:
        _insert(con, is_settled=span is not None)
        take_into_duckdb(con)
        if span is not None:
            settling.update_moved(con, span)
        con.executemany("INSERT INTO segments VALUES (?, now())", [[path.name] for path in paths])
        con.commit()
    except BaseException:
        con.rollback()
        raise


def _not_loaded(con: duckdb.DuckDBPyConnection, paths: list[Path]) -> list[Path]:
    known = con.execute(
        "SELECT name FROM segments WHERE name IN (SELECT unnest(?))", [[path.name for path in paths]]
    ).fetchall()
    return [path for path in paths if (path.name,) not in known]


def _readable(
    con: duckdb.DuckDBPyConnection,
    folder: SpoolFolder,
    paths: list[Path],
    drained: Drained,
    *,
    is_wary: bool = False,
) -> list[Path]:
    """Make `line` of the segments that the engine reads, after salvaging, and return those; counts what
    went aside. Of a table only a wary reader looks at every value.
    """
    drained.aside += sum(inspect(folder, path) for path in paths)
    paths = [path for path in paths if path.exists() and path.stat().st_size]
    try:
        if paths and not is_wary:
            _read(con, paths)
            return paths
    except (SegmentUnreadable, *UNREADABLE):
        pass
    readable = []
    for path in paths:
        try:
            _read(con, [path], is_held=True)
        except (SegmentUnreadable, *UNREADABLE) as error:
            log.warning("Segment has bad lines. segment=%s error=%s", path.name, error)
            drained.aside += salvage(folder, path)
        if path.exists() and path.stat().st_size:
            readable.append(path)
    if readable:
        _read(con, readable)
    return readable


def _read(con: duckdb.DuckDBPyConnection, paths: list[Path], *, is_held: bool = False) -> None:
    """Make `line`. Raises SegmentUnreadable, and what is in UNREADABLE."""
    con.execute(f"CREATE OR REPLACE TEMP VIEW line AS {line_select(paths)}")
    if is_held or paths[0].suffix != TABLE:
        _hold(con)
    missing = " OR ".join(f"{name} IS NULL" for name in REQUIRED)
    row = con.execute(f"SELECT count(*) FROM line WHERE {missing}").fetchone()
    if row and row[0]:
        raise SegmentUnreadable(f"{row[0]} lines lack one of {', '.join(REQUIRED)} or are out of bounds")


def _hold(con: duckdb.DuckDBPyConnection, only: str = "") -> None:
    """Have the lines themselves in `held`, where they can be deleted; `only` leaves some out."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE held AS SELECT * FROM line {only}")
    con.execute("CREATE OR REPLACE TEMP VIEW line AS SELECT * FROM held")


def _count(con: duckdb.DuckDBPyConnection) -> int:
    row = con.execute("SELECT count(*) FROM line").fetchone()
    return int(row[0]) if row else 0


def _drop_known(con: duckdb.DuckDBPyConnection) -> int:
    """Drop lines whose id is in the ledger or earlier among the lines; returns how many."""
    total = _count(con)
    row = con.execute("SELECT count(DISTINCT id) FROM line").fetchone()
    if row and row[0] != total:
        _hold(con, "QUALIFY row_number() OVER (PARTITION BY id ORDER BY row_version DESC, occurred_at) = 1")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE known AS SELECT id FROM facts SEMI JOIN line USING (id)"
        " WHERE occurred_at BETWEEN ? AND ?",
        _span_known(con),
    )
    if con.execute("SELECT 1 FROM known LIMIT 1").fetchone():
        _hold(con, "WHERE id NOT IN (SELECT id FROM known)")
    return total - _count(con)


def _span_known(con: duckdb.DuckDBPyConnection) -> list[datetime]:
    """Return the span in which facts of the same ids can lie.

    What a tracker sends again happened a little earlier or later by its second word, within a live fact's
    time; whatever is imported again is of the same moment.
    """
    row = con.execute(
        "SELECT min(occurred_at), max(occurred_at), coalesce(bool_or(origin = 'tracker'), false) FROM line"
    ).fetchone()
    if row is None or row[0] is None:
        return [EPOCH, EPOCH]
    span = settling.Span(row[0], row[1])
    span = span.wider(LIVE) if row[2] else span
    return [span.lo, span.hi]


def _drop_erased(con: duckdb.DuckDBPyConnection, book: ErasedBook) -> int:
    before = _count(con)
    numbers = ("visitor", "visitor_before", "known")
    erased = (*((name, book.visitors) for name in numbers), ("person", book.persons))
    is_held = False
    for column, look in erased:
        pairs = con.execute(f"SELECT DISTINCT site, {column} FROM line WHERE {column} <> 0").fetchall()
        for site, value, until in look([(int(site), int(value)) for site, value in pairs]):
            if not is_held:
                _hold(con)
                is_held = True
            con.execute(
                f"DELETE FROM held WHERE site = ? AND {column} = ? AND occurred_at <= make_timestamp(?)",
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
