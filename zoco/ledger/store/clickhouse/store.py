"""The store on ClickHouse. Nobody leads: each machine drains its own spool into it."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from zoco.ledger.spool.folder import SpoolFolder
from zoco.ledger.store.base import Dialect, Drained, Erasure
from zoco.ledger.store.clickhouse import changing
from zoco.ledger.store.clickhouse.book import Book
from zoco.ledger.store.clickhouse.client import Client
from zoco.ledger.store.clickhouse.ddl import shard, tables
from zoco.ledger.store.clickhouse.loading import Load
from zoco.ledger.store.clickhouse.questions import one_select
from zoco.ledger.store.clickhouse.turns import Turn
from zoco.ledger.store.duckdb.loading import batches

log = logging.getLogger(__name__)

_BACKED_UP = ("facts", "evidence", "touch", "midnight", "imported_daily")


class ClickHouseStore:
    """A store as store.base says. Methods may be called from any thread."""

    dialect: Dialect = "clickhouse"

    def __init__(self, client: Client, spool: SpoolFolder | None, *, book: Book, turn: Turn) -> None:
        self.client = client
        self.spool = spool
        self.book = book
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
                drained += load.segments(self.spool, batch)
        return drained

    def erase(self, erasure: Erasure) -> int:
        """Erase facts at once; what segments still hold of them is dropped when they are drained."""
        with self._changing("erase"):
            self.book.add(erasure)
            return changing.erase(self.client, erasure)

    def reclassify(self, site: int, changes: pa.Table) -> int:
        """Overwrite derived columns: `changes` has id, occurred_at and the columns to set."""
        with self._changing("reclassify"), Load(self.client, self.book) as load:
            return changing.reclassify(load, site, changes)

    def retain(self, site: int, before: int, *, only_evidence: bool = False) -> int:
        """Drop the facts of a site that occurred before this moment (UTC microseconds)."""
        with self._changing("retain"):
            return changing.retain(self.client, site, before, only_evidence=only_evidence)

    def compact(self) -> None:
        """Merge all parts, so that each row is there once."""
        cluster = self.client.address.cluster
        on = f" ON CLUSTER {cluster}" if cluster else ""
        for table in tables():
            self.client.change(f"OPTIMIZE TABLE {shard(table, cluster)}{on} FINAL")

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

    @contextmanager
    def _changing(self, kind: str) -> Iterator[None]:
        with self.turn():
            yield
            self.client.change(f"INSERT INTO journal VALUES ('{kind}', '{time.time_ns()}', now64(6))")
