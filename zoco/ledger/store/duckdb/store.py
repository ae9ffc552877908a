"""The store of one process: it leads where it can and asks the leader where it cannot.

Who leads may change at any moment; no caller notices more than a pause.
"""

import logging
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from weakref import WeakSet

import pyarrow as pa

from zoco.ledger.store import leadership
from zoco.ledger.store.base import Dialect, Drained, Erasure, StoreBusy, StoreNewer
from zoco.ledger.store.duckdb.files import Files
from zoco.ledger.store.duckdb.leader import QUERY_SECONDS, Leader, LedgerUnreadable
from zoco.ledger.store.duckdb.socket import wire
from zoco.ledger.store.duckdb.socket.client import Client, NobodyLeads
from zoco.ledger.store.erasures import ErasureKeyLost
from zoco.ledger.store.leadership import FolderUnwritable, Lock

log = logging.getLogger(__name__)
T = TypeVar("T")

PATIENCE_SECONDS = 10.0
STAND_BY_SECONDS = 0.1
BLOCKED_SECONDS = 5.0
Unfit = (StoreNewer, LedgerUnreadable, FolderUnwritable, ErasureKeyLost, OSError)


class DuckStore:
    """A Store. `lead` True: lead or raise StoreBusy; False: never lead; None: lead if nobody does."""

    dialect: Dialect = "duckdb"

    def __init__(self, folder: Path, *, lead: bool | None = None) -> None:
        self.files = Files(folder.expanduser().absolute().resolve())
        self._may_lead = lead is not False
        self._gate = threading.Lock()
        self._leader: Leader | None = None
        self._client = self._new_client()
        if lead is not False and self._lead() is None and lead is True:
            raise StoreBusy(self._taken())
        _stores.add(self)

    def query(self, sql: str) -> pa.Table:
        """Answer one SELECT. Raises QueryRefused, QueryFailed, StoreBusy."""
        return self._do(lambda leader: leader.query(sql), lambda client: client.table(sql))

    def stream(self, sql: str) -> pa.RecordBatchReader:
        """Answer one SELECT in batches. One that loses its leader half-way raises ConnectionLost."""
        return self._do(lambda leader: leader.stream(sql), lambda client: client.stream(sql))

    def drain(self) -> Drained:
        """Load all closed segments."""
        return self._do(lambda leader: leader.drain(), lambda client: client.drained())

    def erase(self, erasure: Erasure) -> int:
        """Erase at once; `compact` takes the bytes."""
        return self._do(
            lambda leader: leader.erase(erasure), lambda client: client.number(wire.Erase(erasure))
        )

    def reclassify(self, site: int, changes: pa.Table) -> int:
        """Overwrite derived columns."""
        return self._do(
            lambda leader: leader.reclassify(site, changes),
            lambda client: client.number(wire.Reclassify(site, wire.table_bytes(changes))),
        )

    def retain(self, site: int, before: int, *, only_evidence: bool = False) -> int:
        """Drop what occurred before."""
        return self._do(
            lambda leader: leader.retain(site, before, only_evidence=only_evidence),
            lambda client: client.number(wire.Retain(site, before, only_evidence)),
        )

    def put_imported(self, site: int, key: str, rows: pa.Table) -> int:
        """Let an import have these daily sums."""
        return self._do(
            lambda leader: leader.put_imported(site, key, rows),
            lambda client: client.number(wire.Imported(site, key, wire.table_bytes(rows))),
        )

    def compact(self) -> None:
        """Rewrite the file."""
        self._do(lambda leader: leader.compact(), lambda client: client.done(wire.Compact()))

    def backup(self, folder: Path) -> list[Path]:
        """Copy ledger and spool into a folder of this machine."""
        target = folder.absolute()
        return self._do(
            lambda leader: leader.backup(target), lambda client: client.paths(wire.Backup(str(target)))
        )

    def version(self) -> int:
        """Return the number of the data."""
        return self._do(lambda leader: leader.version(), lambda client: client.number(wire.Version(), 10.0))

    @property
    def leads(self) -> bool:
        """Say whether this process leads through this store."""
        return self._leader is not None

    def stand_by(self, stop: threading.Event) -> None:
        """Lead as soon as nobody else does, until `stop`. Raises StoreNewer; waits for what can heal."""
        told = ""
        try:
            while not stop.is_set():
                pause = STAND_BY_SECONDS
                try:
                    self._lead()
                    told = ""
                except StoreNewer:
                    raise
                except Unfit as error:
                    if str(error) != told:
                        log.warning("The ledger cannot be led. reason=%s", error)
                    told, pause = str(error), BLOCKED_SECONDS
                stop.wait(pause)
        finally:
            self.resign()

    def resign(self) -> None:
        """Give leadership back, if this store has it."""
        with self._gate:
            leader, self._leader = self._leader, None
            if leader is not None:
                leader.close()
                log.info("Leadership given back. pid=%s", os.getpid())

    def close(self) -> None:
        """Let go of everything; the store can be used again and then begins anew."""
        self.resign()
        self._client.close()

    def abandon(self) -> None:
        """In a child after a fork: everything is the parent's.

        The engine keeps one instance of a file for each process, and the child has a dead copy of
        the parent's: a child of the leader may ask, and never leads.
        """
        leader, client = self._leader, self._client
        self._may_lead = self._may_lead and leader is None
        self._reset()
        client.close()
        if leader is not None:
            leader.abandon()

    def _reset(self) -> None:
        self._gate = threading.Lock()
        self._leader = None
        self._client = self._new_client()

    def _new_client(self) -> Client:
        return Client(self.files.socket, seconds=QUERY_SECONDS() * 2 + 30)

    def _lead(self) -> Leader | None:
        """Return the leader in this process, taking the lock if it is free and we may."""
        if self._leader is not None or not self._may_lead:
            return self._leader
        with self._gate:
            if self._leader is None:
                lock = Lock.take(self.files.lock)
                if lock is not None:
                    self._leader = self._begin(lock)
            return self._leader

    def _begin(self, lock: Lock) -> Leader:
        try:
            leader = Leader(self.files, lock)
        except BaseException:
            lock.release()
            raise
        log.info("This process leads the ledger. pid=%s", os.getpid())
        return leader

    def _do(self, here: Callable[[Leader], T], there: Callable[[Client], T]) -> T:
        """Do something as the leader or through it, whoever that is by now."""
        patient_until = time.monotonic() + PATIENCE_SECONDS
        was_lost = False
        while True:
            leader = self._leader
            try:
                return here(leader) if leader is not None else there(self._client)
            except NobodyLeads:
                if self._lead() is None and time.monotonic() > patient_until:
                    raise StoreBusy(self._leaderless()) from None
            except wire.ConnectionLost as error:
                if was_lost:
                    raise StoreBusy(
                        "The leader of the ledger went away twice during this; try again."
                    ) from error
                was_lost = True
                patient_until = time.monotonic() + PATIENCE_SECONDS
            except wire.LedgerMoved:
                if was_lost:
                    raise
                was_lost = True
            time.sleep(0.03)

    def _taken(self) -> str:
        pid = leadership.leader_pid(self.files.lock)
        return f"Process {pid} leads the ledger in {self.files.folder}; stop it first (`zoco up`: Ctrl-C)."

    def _leaderless(self) -> str:
        return f"Nobody leads the ledger in {self.files.folder}; start `zoco up` and try again."


_stores: "WeakSet[DuckStore]" = WeakSet()


def _after_fork() -> None:
    for store in list(_stores):
        store.abandon()


os.register_at_fork(after_in_child=_after_fork)
