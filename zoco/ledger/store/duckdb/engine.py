"""The open DuckDB file. One process has it; every method may be called from any thread.

Changes are made one at a time under a lock, each in one transaction; questions run beside them
on cursors of their own and see the last committed state.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from zoco.ledger.spool.folder import SpoolFolder
from zoco.ledger.store.base import Drained, Erasure, QueryFailed
from zoco.ledger.store.duckdb.ddl import migrate, quoted
from zoco.ledger.store.duckdb.writing import changing, loading
from zoco.ledger.store.duckdb.writing.loading import ErasedBook

log = logging.getLogger(__name__)

# So much memory for blocks is kept once it was used: getting it from the system and giving it back
# again and again took a twentieth of what loading takes.
BLOCKS = "64MB"
# A checkpoint packs the youngest row group of `facts` anew. At the engine's own 16 MB each was packed four
# times, which cost as much as all the rest of loading; so many bytes of log are about one row group, and
# are read again within a second after a kill.
LOG_BYTES = "64MB"


class Engine:
    """Opens and migrates the file. Raises StoreNewer, and duckdb.Error for a file that is none."""

    def __init__(
        self,
        path: Path,
        *,
        spool: SpoolFolder,
        memory: str,
        threads: int,
        temp: Path,
        book: ErasedBook | None = None,
    ) -> None:
        self.path = path
        self.spool = spool
        self.book = book
        self._change = threading.RLock()
        self._version = 0
        self._con = duckdb.connect(
            str(path),
            config={
                "threads": threads,
                "memory_limit": memory,
                "block_allocator_memory": BLOCKS,
                "checkpoint_threshold": LOG_BYTES,
            },
        )
        try:
            self._lock_down(temp)
            migrate(self._con)
        except BaseException:
            self._con.close()
            raise

    def _lock_down(self, temp: Path) -> None:
        allowed = ", ".join(quoted(str(folder.resolve())) for folder in (self.spool.path, self.path.parent))
        for statement in (
            "SET GLOBAL python_enable_replacements = false",
            f"SET temp_directory = {quoted(str(temp))}",
            "SET TimeZone = 'UTC'",
            "SET preserve_insertion_order = true",
            "SET autoinstall_known_extensions = false",
            "SET autoload_known_extensions = false",
            f"SET allowed_directories = [{allowed}]",
            "SET enable_external_access = false",
            "SET lock_configuration = true",
        ):
            self._con.execute(statement)

    def load(self, segments: list[Path]) -> Drained:
        """Load closed segments, settle the sessions they touch, remove the files. Exactly once by id.

        A segment with bad lines is salvaged; one of a newer schema stays where it is.
        """
        drained = Drained()
        for batch in loading.batches(segments):
            with self._alone() as con:
                drained += loading.load_batch(con, self.spool, batch, self.book)
        return drained

    def reader(self, sql: str) -> pa.RecordBatchReader:
        """Answer a query in batches, on a cursor of its own. Raises QueryFailed."""
        try:
            return self._con.cursor().sql(sql).to_arrow_reader(65_536)
        except duckdb.Error as error:
            raise QueryFailed(str(error)) from error

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Return a cursor of its own, for whoever must be able to interrupt it."""
        return self._con.cursor()

    def erase(self, erasure: Erasure) -> int:
        """Delete what was written of these visitors and persons until then; returns facts deleted."""
        with self.changing() as con:
            return changing.erase(con, erasure)

    def retain(self, site: int, before: int, *, only_evidence: bool = False) -> int:
        """Delete the facts of a site, or their evidence, that occurred before this moment."""
        with self.changing() as con:
            return changing.retain(con, site, before, only_evidence=only_evidence)

    def reclassify(self, site: int, changes: pa.Table) -> int:
        """Set derived columns of facts by id and raise their row_version; settles what moved."""
        with self.changing() as con:
            return changing.reclassify(con, site, changes)

    def rewrite(self, target: Path) -> None:
        """Write all live data into a fresh file: what was deleted is not in it. Changes wait meanwhile."""
        target.unlink(missing_ok=True)
        with self._change:
            self._con.execute("CHECKPOINT")
            self._con.execute(f"ATTACH {quoted(str(target))} AS fresh")
            try:
                self._con.execute(f'COPY FROM DATABASE "{self.path.stem}" TO fresh')
                self._con.execute("CHECKPOINT fresh")
            finally:
                self._con.execute("DETACH fresh")

    def version(self) -> int:
        """Return a number that grows with every change made since the file was opened."""
        return self._version

    def close(self) -> None:
        """Checkpoint and close; running questions fail."""
        with self._change:
            self._con.close()

    @contextmanager
    def changing(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Hold the lock and a transaction; commit at the end, roll back on an exception."""
        with self._alone() as con:
            con.begin()
            try:
                yield con
            except BaseException:
                con.rollback()
                raise
            con.commit()

    @contextmanager
    def _alone(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Hold the lock and a connection whose temp tables go with it."""
        with self._change:
            con = self._con.cursor()
            try:
                yield con
            finally:
                con.close()
                self._version += 1
