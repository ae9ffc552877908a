"""Loading segments: read, drop what is known or erased, settle, write. Exactly once means by id.

Nothing here needs a transaction: whatever was written before a crash is found by its id when the
segment comes again, and its visitors are settled again.
"""

import logging
from pathlib import Path

import duckdb
import pyarrow as pa

from zoco.ledger import schema
from zoco.ledger.spool.folder import SpoolFolder
from zoco.ledger.spool.salvage import inspect, salvage
from zoco.ledger.spool.table import REQUIRED
from zoco.ledger.store.base import Drained
from zoco.ledger.store.clickhouse import neighbours, scratch
from zoco.ledger.store.clickhouse.book import Book
from zoco.ledger.store.clickhouse.client import Client
from zoco.ledger.store.clickhouse.ddl import journal_sql
from zoco.ledger.store.clickhouse.scratch import Span
from zoco.ledger.store.clickhouse.sending import sendable
from zoco.ledger.store.duckdb.ddl import default_of
from zoco.ledger.store.duckdb.writing.loading import LIVE
from zoco.ledger.store.duckdb.writing.reading import line_select, present_columns
from zoco.ledger.store.joins import take_into_clickhouse

log = logging.getLogger(__name__)

LIVE_MICROS = round(LIVE.total_seconds()) * 1_000_000
PAD = 12 * 3_600_000_000
WIDEST = 40_000 * 86_400_000_000
# DateTime64 with six digits holds the years 1900 to 2299.
FIRST_MOMENT, LAST_MOMENT = "1900-01-01", "2299-12-31"
_PLACED = ("session", *schema.ENTRY)


class Load:
    """One batch of segments on its way into the store."""

    def __init__(self, client: Client, book: Book) -> None:
        self.client = client
        self.book = book
        self.con = scratch.open_scratch()

    def __enter__(self) -> "Load":
        return self

    def __exit__(self, *_: object) -> None:
        self.con.close()

    def segments(self, folder: SpoolFolder, paths: list[Path]) -> Drained:
        """Load these segments and remove their files; those loaded before are only removed."""
        drained = Drained(segments=len(paths))
        fresh = self._not_loaded(paths)
        readable, drained.aside = self._readable(folder, fresh)
        if readable:
            self._lines(drained)
            self._journal(readable)
        for path in paths:
            if path.exists() and not folder.remove(path):
                drained.segments -= 1
        return drained

    def _lines(self, drained: Drained) -> None:
        """Settle and write what is in `line`."""
        read = self._count()
        drained.erased = self.book.drop_erased(self.con)
        span = self.span("line")
        if span is None:
            return
        self._drop_doubles()
        known = self._known(span)
        drained.added = self._count() - known
        drained.repeated = read - drained.erased - drained.added
        drained.names = {row[0] for row in self.con.execute("SELECT DISTINCT name FROM line").fetchall()}
        seen = self.settle(span)
        self._write_new()
        take_into_clickhouse(self.client, self.con)
        self.write_moved(seen)

    def settle_known(self) -> None:
        """Settle `line`, facts that the store has, and write what moved."""
        span = self.span("line")
        if span is not None:
            self.write_moved(self.settle(span))

    def settle(self, span: Span) -> Span:
        """Make `placed` for `line`, looking as far around as its sessions reach."""
        sites = [row[0] for row in self.con.execute("SELECT DISTINCT site FROM line").fetchall()]
        scratch.link(self.con, neighbours.links(self.client, sites, span))
        near = neighbours.Neighbours(self.client, scratch.concerned(self.con))
        pad = PAD
        while True:
            seen = span.wider(pad)
            is_whole = scratch.place(self.con, near.facts(seen), near.touch(seen), seen)
            if is_whole or pad > WIDEST:
                return seen
            pad *= 4

    def write_moved(self, seen: Span) -> None:
        """Write a newer version of the known facts whose session or entry changed."""
        moved = self.con.sql("SELECT * EXCLUDE (is_new) FROM placed WHERE NOT is_new").to_arrow_table()
        if not moved.num_rows:
            return
        self.con.register("moved_given", moved)
        visitors = self.con.execute(
            "SELECT DISTINCT k.site, k.visitor FROM known k SEMI JOIN moved_given USING (id) ORDER BY 1, 2"
        ).fetchall()
        names = [column.name for column in schema.columns("facts")]
        self.con.register("whole", neighbours.Neighbours(self.client, visitors).facts(seen, names))
        values = [_value(name) for name in names]
        self._insert("facts", f"SELECT {', '.join(values)} FROM whole l JOIN moved_given p USING (id)")
        self.con.unregister("whole")
        self.con.unregister("moved_given")

    def _write_new(self) -> None:
        """Write the lines that the store has not, with what was placed on them."""
        names = [column.name for column in schema.columns("facts")]
        values = [
            f"coalesce(p.{name}, l.{name}) AS {name}" if name in _PLACED else f"l.{name}" for name in names
        ]
        fresh = "(SELECT * FROM line WHERE id NOT IN (SELECT id FROM repeated))"
        self._insert("facts", f"SELECT {', '.join(values)} FROM {fresh} l LEFT JOIN placed p ON l.id = p.id")
        keys = "id, site, occurred_at, row_version, visitor, person"
        for table, columns in (
            ("evidence", [c.name for c in schema.columns("evidence")]),
            ("touch", schema.TOUCH),
        ):
            filled = " OR ".join(f"{name} <> ''" for name in columns if name != "channel")
            self._insert(table, f"SELECT {keys}, {', '.join(columns)} FROM {fresh} WHERE {filled}")
        self._insert(
            "midnight",
            "SELECT site, visitor_before AS before, visitor, min(occurred_at) AS occurred_at FROM line"
            " WHERE visitor_before <> 0 AND visitor <> 0 GROUP BY ALL",
        )

    def _insert(self, table: str, select: str) -> None:
        """Send the rows of a SELECT of the scratch engine to the store."""
        rows = self.con.sql(select).to_arrow_table()
        self.client.insert(table, sendable(rows))

    def _not_loaded(self, paths: list[Path]) -> list[Path]:
        names = ", ".join("'" + path.name.replace("'", "") + "'" for path in paths)
        known = {
            row[0]
            for row in self.client.rows(
                f"SELECT name FROM journal WHERE kind = 'segment' AND name IN ({names})"
            )
        }
        return [path for path in paths if path.name not in known]

    def _journal(self, paths: list[Path]) -> None:
        for path in paths:
            self.client.change(journal_sql("segment", path.name))

    def _readable(self, folder: SpoolFolder, paths: list[Path]) -> tuple[list[Path], int]:
        """Read segments into `line`; bad lines go aside, each with why. Returns the good segments."""
        aside = sum(inspect(folder, path) for path in paths)
        paths = [path for path in paths if path.exists() and path.stat().st_size]
        if not paths:
            return [], aside
        if self._read(paths):
            return paths, aside
        readable = []
        for path in paths:
            if not self._read([path]):
                log.warning("Segment has bad lines. segment=%s", path.name)
                aside += salvage(folder, path)
            if path.exists() and path.stat().st_size:
                readable.append(path)
        if readable and not self._read(readable):
            for path in readable:
                folder.set_aside(path, f"a moment lies outside {FIRST_MOMENT} to {LAST_MOMENT}")
            return [], aside
        return readable, aside

    def _read(self, paths: list[Path]) -> bool:
        """Read segments into `line`; False when a line is no fact that the store can hold."""
        missing = " OR ".join(f"{name} IS NULL" for name in REQUIRED)
        outside = f"NOT occurred_at BETWEEN '{FIRST_MOMENT}' AND '{LAST_MOMENT}'"
        try:
            self.con.execute(
                f"CREATE OR REPLACE TEMP TABLE line AS SELECT {_whole(paths)} FROM ({line_select(paths)})"
            )
        except duckdb.Error as error:
            log.info("Segments not read at once. error=%s", error)
            return False
        found = self.con.execute(f"SELECT count(*) FROM line WHERE {missing} OR {outside}").fetchall()
        return not found[0][0]

    def _drop_doubles(self) -> None:
        self.con.execute(
            "CREATE OR REPLACE TEMP TABLE line AS SELECT * FROM line"
            " QUALIFY row_number() OVER (PARTITION BY id ORDER BY row_version DESC, occurred_at) = 1"
        )

    def _known(self, span: Span) -> int:
        """Make `repeated`, the ids of lines that the store has; returns how many."""
        rows = self.con.execute("SELECT site, visitor, id::VARCHAR FROM line").fetchall()
        live = self.con.execute("SELECT bool_or(origin = 'tracker') FROM line").fetchall()[0][0]
        found = neighbours.known_ids(self.client, rows, span.wider(LIVE_MICROS) if live else span)
        self.con.register("found", pa.table({"id": pa.array(found, pa.string())}))
        self.con.execute("CREATE OR REPLACE TEMP TABLE repeated AS SELECT id::UUID AS id FROM found")
        self.con.unregister("found")
        return len(found)

    def span(self, table: str) -> Span | None:
        """Return the span of a scratch table's facts; None when it is empty."""
        row = self.con.execute(
            f"SELECT epoch_us(min(occurred_at)), epoch_us(max(occurred_at)) FROM {table}"
        ).fetchall()[0]
        return None if row[0] is None else Span(int(row[0]), int(row[1]))

    def _count(self) -> int:
        return int(self.con.execute("SELECT count(*) FROM line").fetchall()[0][0])


def _whole(paths: list[Path]) -> str:
    """Return the list of all columns, those that no line of these segments can have as their default."""
    present = {column.name for column in present_columns(paths)}
    return ", ".join(
        column.name if column.name in present else f"{default_of(column)} AS {column.name}"
        for column in schema.columns()
    )


def _value(name: str) -> str:
    if name in _PLACED:
        return f"p.{name} AS {name}"
    return f"l.{name} + 1 AS {name}" if name == "row_version" else f"l.{name} AS {name}"
