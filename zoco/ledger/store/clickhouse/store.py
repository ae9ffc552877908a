"""The store on ClickHouse. Nobody leads: each machine drains its own spool into it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from zoco.kit.ids import uuid7
from zoco.ledger.spool.folder import SpoolFolder
from zoco.ledger.store.base import Dialect, Drained, Erasure
from zoco.ledger.store.clickhouse import changing, rewriting
from zoco.ledger.store.clickhouse.book import Book
from zoco.ledger.store.clickhouse.client import Client
from zoco.ledger.store.clickhouse.ddl import journal_sql
from zoco.ledger.store.clickhouse.loading import Load
from zoco.ledger.store.clickhouse.questions import one_select
from zoco.ledger.store.clickhouse.turns import Turn
from zoco.ledger.store.draining import wait_for_writers
from zoco.ledger.store.duckdb.writing.loading import batches
from zoco.ledger.store.erasures import Erasures
from zoco.ledger.store.imported import put_into_clickhouse

log = logging.getLogger(__name__)

_BACKED_UP = ("facts", "evidence", "touch", "midnight", "imported_daily", "visitor_person", "person_current")


class ClickHouseStore:
    """A store as store.base says. Methods may be called from any thread."""

    dialect: Dialect = "clickhouse"

    def __init__(
        self,
        client: Client,
        spool: SpoolFolder | None,
        *,
        book: Book,
        turn: Turn,
        erasures: Erasures | None = None,
    ) -> None:
        self.client = client
        self.spool = spool
        self.book = book
        self.erasures = erasures
        self.turn = turn

    def query(self, sql: str) -> pa.Table:
        """Answer one SELECT. Raises QueryRefused, QueryFailed, StoreBusy."""
        return self.client.table(one_select(sql))

    def stream(self, sql: str) -> pa.RecordBatchReader:
        """The same, in batches, for answers larger than memory."""
        return self.client.reader(one_select(sql))

    def drain(self) -> Drained:
        """Load and settle the closed segments of this machine's spool; without one nothing happens."""
        drained = Drained()
        if self.spool is None:
            return drained
        self.spool.adopt()
        for batch in batches(self.spool.closed()):
            with self.turn(), Load(self.client, self.book) as load:
                # While the turn was waited for, an erasure may have taken a segment away.
                there = [path for path in batch if path.exists()]
                if there:
                    drained += load.segments(self.spool, there)
        return drained

    def erase(self, erasure: Erasure) -> int:
        """Erase facts and this machine's lines of them at once. What segments of other machines hold
        is dropped when they are drained; lines set aside there stay until it is erased there too.
        """
        with self._changing("erase"), Load(self.client, self.book) as load:
            self.book.add(erasure)
            return self._strip(erasure) + changing.erase(load, erasure)

    def reclassify(self, site: int, changes: pa.Table) -> int:
        """Overwrite derived columns: `changes` has id, occurred_at and the columns to set."""
        with self._changing("reclassify"), Load(self.client, self.book) as load:
            return changing.reclassify(load, site, changes)

    def retain(self, site: int, before: int, *, only_evidence: bool = False) -> int:
        """Drop the facts of a site that occurred before this moment (UTC microseconds)."""
        with self._changing("retain"):
            return changing.retain(self.client, site, before, only_evidence=only_evidence)

    def put_imported(self, site: int, key: str, rows: pa.Table) -> int:
        """Let an import have these daily sums and no others."""
        with self._changing("import"):
            return put_into_clickhouse(self.client, site, key, rows)

    def compact(self) -> None:
        """Merge all parts, so that each row is there once; returns when erased bytes have left the disk."""
        rewriting.rewrite(self.client)

    def backup(self, folder: Path) -> list[Path]:
        """Write each table as a Parquet file. A table is consistent in itself; for a cluster
        ClickHouse's own BACKUP is faster.
        """
        folder.mkdir(parents=True, exist_ok=True)
        made = []
        for table in _BACKED_UP:
            made.append(folder / f"{table}.parquet")
            reader = self.client.reader(f"SELECT * FROM {table}")
            with pq.ParquetWriter(made[-1], reader.schema, compression="zstd") as writer:
                for batch in reader:
                    writer.write_batch(batch)
        return made

    def version(self) -> int:
        """Return a number that grows with every change, whichever machine made it."""
        found = self.client.rows("SELECT toUnixTimestamp64Micro(max(at)) AS newest FROM journal")
        return int(found[0][0] or 0)

    def close(self) -> None:
        """Close the connections."""
        self.client.close()

    def _strip(self, erasure: Erasure) -> int:
        """Write the erasure down on this machine and take its lines out of the spool."""
        if self.erasures is None or self.spool is None:
            return 0
        self.erasures.add(erasure)
        wait_for_writers(self.spool)
        return self.erasures.strip_folder(self.spool)

    @contextmanager
    def _changing(self, kind: str) -> Iterator[None]:
        with self.turn():
            yield
            self.client.change(journal_sql(kind, uuid7()))
