"""Running queries: how many work at once, for how long, and for whom.

QUERY_SECONDS counts the time in which the engine works, not that in which the asker reads.
"""

import ctypes
import select
import socket
import threading
import time
import weakref
from collections.abc import Callable, Iterable
from typing import TypeVar

import duckdb
import pyarrow as pa

from zoco.ledger.store.base import QueryFailed, StoreBusy
from zoco.ledger.store.duckdb.cache import Cache, Key
from zoco.ledger.store.duckdb.holder import Holder
from zoco.ledger.store.duckdb.permitted import one_select
from zoco.ledger.store.duckdb.socket.wire import LedgerMoved, QueryTooSlow

T = TypeVar("T")

BATCH_ROWS = 65_536
TICK_SECONDS = 0.05
_HUNG_UP = select.POLLHUP | select.POLLERR | getattr(select, "POLLRDHUP", 0)


class Question:
    """One running query; iterate over it once. Closed at its end, on an error, or by hand."""

    def __init__(self, desk: "Desk", sql: str, peer: socket.socket | None, key: Key | None) -> None:
        self._desk = desk
        self._peer = peer
        self._key = key
        self._kept: list[pa.RecordBatch] = []
        self._size = 0
        self._lock = threading.Lock()
        self._spent = 0.0
        self._since = 0.0
        self._why: Exception | None = None
        self._reader: pa.RecordBatchReader | None = None
        self._cursor: duckdb.DuckDBPyConnection | None = None
        self._is_closed = True
        engine = desk.holder.enter()
        self._is_closed = False
        try:
            cursor = self._cursor = engine.cursor()
            desk.watch(self)
            self._reader = self._step(lambda: cursor.sql(sql).to_arrow_reader(BATCH_ROWS))
        except BaseException:
            self.close()
            raise
        self.schema: pa.Schema = self._reader.schema

    def __iter__(self) -> "Question":
        return self

    def __next__(self) -> pa.RecordBatch:
        try:
            batch = self._step(self._read)
        except StopIteration:
            self._keep_answer()
            self.close()
            raise
        except BaseException:
            self.close()
            raise
        self._collect(batch)
        return batch

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the cursor and its snapshot; twice is no error."""
        with self._lock:
            self._close()

    def cut(self) -> None:
        """Take the cursor away from whoever reads: the file is exchanged. Not at once while it works."""
        self._stop(LedgerMoved("The ledger was rewritten under the query; ask again."))
        if self._lock.acquire(timeout=TICK_SECONDS):
            try:
                self._close()
            finally:
                self._lock.release()

    def look(self, now: float) -> None:
        """Stop the query when it took too long or nobody waits for it any more."""
        since = self._since
        if not since:
            return
        if self._spent + now - since > self._desk.seconds:
            self._stop(
                QueryTooSlow(
                    f"The query took longer than {self._desk.seconds:g} s and was stopped; "
                    "ask for a shorter period or raise ZOCO_QUERY_SECONDS."
                )
            )
        elif self._peer is not None and _is_gone(self._peer):
            self._stop(QueryFailed("Nobody waits for the answer."))

    def abandon(self) -> None:
        """In a child after a fork: nothing of the engine may be touched or freed, it is the parent's."""
        self._is_closed = True
        for held in (self._reader, self._cursor):
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(held))
        self._reader = self._cursor = None
        self._why = QueryFailed("The query belongs to the parent process.")

    def _stop(self, why: Exception) -> None:
        self._why = self._why or why
        cursor = self._cursor
        if self._since and cursor is not None:
            cursor.interrupt()

    def _close(self) -> None:
        if self._is_closed:
            return
        self._is_closed = True
        reader, self._reader = self._reader, None
        cursor, self._cursor = self._cursor, None
        self._kept = []
        if reader is not None:
            reader.close()
        if cursor is not None:
            cursor.close()
        self._desk.forget(self)
        self._desk.holder.leave()

    def _read(self) -> pa.RecordBatch:
        if self._reader is None:
            raise StopIteration
        return self._reader.read_next_batch()

    def _collect(self, batch: pa.RecordBatch) -> None:
        """Remember the batch if the whole answer may be worth keeping."""
        if self._key is None:
            return
        self._size += batch.get_total_buffer_size()
        self._kept.append(batch)
        if self._size > self._desk.cache.largest:
            self._key, self._kept = None, []

    def _keep_answer(self) -> None:
        if self._key is not None and not self._is_closed:
            self._desk.cache.put(self._key, pa.Table.from_batches(self._kept, self.schema), self._size)

    def _step(self, work: Callable[[], T]) -> T:
        """Let the engine work in one of the places; translate what it raises."""
        with self._desk.place(), self._lock:
            if self._why is not None:
                raise self._why
            self._since = time.monotonic()
            try:
                return work()
            except (duckdb.Error, pa.ArrowException, OSError) as error:
                raise (self._why or QueryFailed(str(error))) from error
            finally:
                self._spent += time.monotonic() - self._since
                self._since = 0.0


class Desk:
    """Takes questions. `threads` of them work at a time, the others wait."""

    def __init__(self, holder: Holder, *, threads: int, seconds: float, cache_bytes: int) -> None:
        self.holder = holder
        self.seconds = seconds
        self.cache = Cache(cache_bytes)
        self._places = threading.BoundedSemaphore(threads)
        self._threads = threads
        self._running: dict[int, weakref.ref[Question]] = {}
        self._is_asked = threading.Event()
        self._is_ended = False
        threading.Thread(target=self._watch, name="ledger-watch", daemon=True).start()

    def ask(self, sql: str, peer: socket.socket | None = None) -> "Question | pa.RecordBatchReader":
        """Return the answer in batches: a kept one, or that of a query which begins now.

        `peer` is who waits; the query ends when it hangs up. Raises QueryRefused, QueryFailed, StoreBusy.
        """
        select = one_select(sql)
        key = (sql, self.holder.version())
        kept = self.cache.get(key)
        if kept is not None:
            return kept.to_reader()
        return Question(self, sql, peer, None if select.is_volatile or not self.cache.largest else key)

    def table(self, sql: str) -> pa.Table:
        """Return the whole answer."""
        answer = self.ask(sql)
        return pa.Table.from_batches(list(answer), answer.schema)

    def place(self) -> "_Place":
        """Wait for one of the places and hold it. Raises StoreBusy after QUERY_SECONDS."""
        return _Place(self._places, self.seconds, self._threads)

    def watch(self, question: Question) -> None:
        """Look after a query from now on."""
        self._running[id(question)] = weakref.ref(question)
        self._is_asked.set()

    def forget(self, question: Question) -> None:
        """A query has ended."""
        self._running.pop(id(question), None)

    def cut(self) -> None:
        """End all queries: the file under them goes."""
        for question in self._questions():
            question.cut()

    def abandon(self) -> None:
        """In a child after a fork: drop all queries without touching the engine."""
        for question in self._questions():
            question.abandon()

    def close(self) -> None:
        """End the watch."""
        self._is_ended = True
        self._is_asked.set()

    def _questions(self) -> Iterable[Question]:
        found = [reference() for reference in list(self._running.values())]
        return [question for question in found if question is not None]

    def _watch(self) -> None:
        while not self._is_ended:
            if not self._running:
                self._is_asked.clear()
                if not self._running:
                    self._is_asked.wait()
            time.sleep(TICK_SECONDS)
            now = time.monotonic()
            for question in self._questions():
                question.look(now)


class _Place:
    """A context manager by hand: this runs for each batch of each query."""

    __slots__ = ("_places", "_seconds", "_threads")

    def __init__(self, places: threading.BoundedSemaphore, seconds: float, threads: int) -> None:
        self._places = places
        self._seconds = seconds
        self._threads = threads

    def __enter__(self) -> None:
        if not self._places.acquire(timeout=self._seconds):
            raise StoreBusy(f"{self._threads} queries are running and none ended; ask again later.")

    def __exit__(self, *_: object) -> None:
        self._places.release()


def _is_gone(peer: socket.socket) -> bool:
    poll = select.poll()
    try:
        poll.register(peer.fileno(), _HUNG_UP)
        return any(event & (_HUNG_UP | select.POLLNVAL) for _, event in poll.poll(0))
    except (ValueError, OSError):
        return True
