"""The process that leads: it has the file open, drains the spool, answers the others, rewrites and copies.

Everything that changes data runs under one lock; questions run beside it.
"""

import logging
import os
import threading
import time
from pathlib import Path

import duckdb
import pyarrow as pa

from zoco.kit import conf
from zoco.ledger.spool.folder import SpoolFolder
from zoco.ledger.store.base import Drained, Erasure, StoreBusy, StoreNewer
from zoco.ledger.store.draining import DrainLoop, wait_for_writers
from zoco.ledger.store.duckdb import backup, files
from zoco.ledger.store.duckdb.engine import Engine
from zoco.ledger.store.duckdb.files import Files
from zoco.ledger.store.duckdb.holder import Holder
from zoco.ledger.store.duckdb.questions import Desk
from zoco.ledger.store.duckdb.socket.server import Server
from zoco.ledger.store.erasures import book
from zoco.ledger.store.imported import put_into_duckdb
from zoco.ledger.store.joins import PERSONS_SQL, VISITORS_SQL
from zoco.ledger.store.leadership import Lock

log = logging.getLogger(__name__)

QUERY_SECONDS = conf.declare(
    "QUERY_SECONDS", 60.0, float, "How many seconds the engine may work on one query before it is stopped."
)
QUERY_THREADS = conf.declare(
    "QUERY_THREADS", 4, int, "How many queries the ledger works on at a time; the others wait."
)
RESULT_CACHE = conf.declare(
    "RESULT_CACHE", 64 << 20, int, "Bytes of answers that the ledger keeps until the data change; 0 for none."
)


class LedgerUnreadable(RuntimeError):
    """The file is there but the engine cannot open it. It was not changed."""


class Leader:
    """Leads from the moment it is made until `close`. It owns the lock it is given.

    Raises StoreNewer, LedgerUnreadable, FolderUnwritable, ErasureKeyLost.
    """

    def __init__(self, place: Files, lock: Lock) -> None:
        self.files = place
        self._lock = lock
        self._changing = threading.RLock()
        self._is_closed = False
        files.recover(place)
        self.spool = SpoolFolder(place.spool)
        self.erasures = book(place.folder)
        self.holder = Holder(self._open())
        self.desk = Desk(
            self.holder, threads=QUERY_THREADS(), seconds=QUERY_SECONDS(), cache_bytes=RESULT_CACHE()
        )
        self.holder.cut = self.desk.cut
        try:
            if place.unerased.exists():
                self._erase_again()
            self.server = Server(place.socket, self)
        except BaseException:
            self.holder.close()
            raise
        self.loop = DrainLoop(self.spool, self.load, self._mend)

    def query(self, sql: str) -> pa.Table:
        """Answer one SELECT."""
        return self.desk.table(sql)

    def stream(self, sql: str) -> pa.RecordBatchReader:
        """Answer one SELECT in batches."""
        answer = self.desk.ask(sql)
        return pa.RecordBatchReader.from_batches(answer.schema, answer)

    def version(self) -> int:
        """Return the number of the data."""
        return self.holder.version()

    def drain(self) -> Drained:
        """Load all closed segments, those of dead writers too."""
        with self._changing:
            self.spool.adopt()
            return self.load(self.spool.closed())

    def load(self, segments: list[Path]) -> Drained:
        """Load these segments."""
        if not segments:
            return Drained()
        with self._changing, self.holder.using() as engine:
            return engine.load([path for path in segments if path.exists()])

    def erase(self, erasure: Erasure) -> int:
        """Write the erasure down, then delete; returns how many facts and lines went."""
        with self._changing:
            self.erasures.add(erasure)
            wait_for_writers(self.spool)
            gone = self.erasures.strip_folder(self.spool)
            with self.holder.using() as engine:
                return gone + engine.erase(erasure)

    def reclassify(self, site: int, changes: pa.Table) -> int:
        """Overwrite derived columns."""
        with self._changing, self.holder.using() as engine:
            return engine.reclassify(site, changes)

    def retain(self, site: int, before: int, *, only_evidence: bool = False) -> int:
        """Drop what occurred before."""
        with self._changing, self.holder.using() as engine:
            return engine.retain(site, before, only_evidence=only_evidence)

    def put_imported(self, site: int, key: str, rows: pa.Table) -> int:
        """Let an import have these daily sums."""
        with self._changing, self.holder.using() as engine, engine.changing() as con:
            return put_into_duckdb(con, site, key, rows)

    def compact(self) -> None:
        """Put a fresh copy in the file's place; queries wait while it is exchanged. Raises NoRoom."""
        with self._changing:
            files.want_room(self.files.folder, self.files.size())
            try:
                with self.holder.using() as engine:
                    engine.rewrite(self.files.partial)
            except BaseException:
                files.recover_partial(self.files)
                raise
            files.finish(self.files)
            self.holder.exchange(self._exchanged)

    def backup(self, folder: Path) -> list[Path]:
        """Copy what waits in the spool, then the ledger, into a folder; returns the files."""
        with self._changing, self.holder.using() as engine:
            files.want_room(self.files.folder, self.files.size())
            return backup.copy_ledger(engine, self.files, self.spool, folder)

    def close(self) -> None:
        """Finish the change under way, hang up, close the file, give the lock back."""
        if self._is_closed:
            return
        self._is_closed = True
        self.loop.end()
        with self._changing:
            self.server.close()
            try:
                self.holder.close()
            finally:
                self.desk.close()
                self._lock.release()

    def abandon(self) -> None:
        """In a child after a fork: drop what is the parent's without touching it."""
        self._lock.abandon()
        self.server.abandon()
        self.desk.abandon()
        self.holder.abandon()
        for handle in files.descriptors(self.files.ledger):
            os.close(handle)

    def _mend(self, error: Exception) -> str:
        """Open the file again when the engine gave up on it; say what the matter was."""
        try:
            with self.holder.using() as engine:
                engine.cursor().execute("SELECT 1").fetchone()
        except (duckdb.Error, StoreBusy):
            try:
                with self._changing:
                    self.holder.exchange(self._open)
            except Exception as worse:  # whatever it is, the next pass tries again
                return f"{error}; then the file could not be opened: {worse}"
        return str(error)

    def _exchanged(self) -> Engine:
        files.wait_until_closed(self.files.ledger)
        files.put_in_place(self.files)
        return self._open()

    def _open(self) -> Engine:
        """Open the file, which a leader just killed may still hold for a moment."""
        late = time.monotonic() + 2
        while True:
            try:
                return Engine(
                    self.files.ledger,
                    spool=self.spool,
                    memory=conf.MEMORY(),
                    threads=conf.THREADS(),
                    temp=self.files.temp,
                    book=self.erasures,
                )
            except duckdb.Error as error:
                if "lock" not in str(error).lower() or time.monotonic() > late:
                    raise _unreadable(self.files.ledger, error) from error
            time.sleep(0.05)

    def _erase_again(self) -> None:
        """Erase from a restored ledger who was erased since its backup."""
        with self.holder.using() as engine:
            cursor = engine.cursor()
            visitors, persons = (cursor.execute(sql).fetchall() for sql in (VISITORS_SQL, PERSONS_SQL))
            cursor.close()
            for erasure in self.erasures.found_in(visitors, persons):
                engine.erase(erasure)
        self.erasures.strip_folder(self.spool)
        self.compact()
        self.files.unerased.unlink()


def _unreadable(path: Path, error: duckdb.Error) -> Exception:
    text = str(error)
    if "newer" in text and "version" in text:
        return StoreNewer(f"{path} was written by a newer DuckDB; install the newer Zoco. ({text})")
    return LedgerUnreadable(
        f"{path} cannot be opened and was left as it is: {text} "
        "Put it elsewhere and restore a backup with `zoco restore`."
    )
