"""The engine that questions use, and its exchange under them: by a compaction, or after a fault."""

import ctypes
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from zoco.ledger.store.base import StoreBusy
from zoco.ledger.store.duckdb.socket.wire import LedgerMoved

if TYPE_CHECKING:
    from zoco.ledger.store.duckdb.engine import Engine

GRACE_SECONDS = 5.0
WAIT_SECONDS = 30.0


class Holder:
    """Any number of users of the engine at a time, or one exchange.

    An exchange waits GRACE_SECONDS for the users; then it calls `cut`, which must make them end.
    """

    def __init__(self, engine: "Engine") -> None:
        self._engine: Engine | None = engine
        self._users = 0
        self._is_exchanging = False
        self._is_closed = False
        self._changed = threading.Condition()
        self._base = _base()
        self.cut: Callable[[], None] = lambda: None

    def enter(self) -> "Engine":
        """Begin to use the engine; call `leave` afterwards.

        Raises LedgerMoved when it was closed for good, StoreBusy when it does not come back in time.
        """
        with self._changed:
            if not self._is_open():
                self._changed.wait_for(lambda: self._is_open() or self._is_closed, WAIT_SECONDS)
            if self._is_closed:
                raise LedgerMoved("This process leads no more; ask again.")
            if self._engine is None or self._is_exchanging:
                raise StoreBusy("The ledger is being reopened; ask again in a moment.")
            self._users += 1
            return self._engine

    def leave(self) -> None:
        """End the use."""
        with self._changed:
            self._users -= 1
            if not self._users:
                self._changed.notify_all()

    @contextmanager
    def using(self) -> Iterator["Engine"]:
        """Use the engine for a while."""
        engine = self.enter()
        try:
            yield engine
        finally:
            self.leave()

    def version(self) -> int:
        """Return the number of the data: it grows with each change, each exchange, each leader."""
        engine = self._engine
        return self._base + (engine.version() if engine is not None else 0)

    def exchange(self, swap: Callable[[], "Engine"]) -> None:
        """Close the engine when nobody uses it and put in its place what `swap` opens.

        When `swap` raises, there is no engine until another exchange; askers wait meanwhile.
        """
        last = self.version()
        try:
            self._close_engine()
            self._engine = swap()
            # By the clock alone, a clock set back would give numbers a second time.
            self._base = max(_base(), last + 1)
        finally:
            with self._changed:
                self._is_exchanging = False
                self._changed.notify_all()

    def close(self) -> None:
        """Wait for the users and close; nobody gets in again."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        self._close_engine()

    def abandon(self) -> None:
        """In a child after a fork: never let the engine's destructor run, it would write to the file."""
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(self._engine))

    def _close_engine(self) -> None:
        with self._changed:
            self._is_exchanging = True
        self._wait_for_users()
        engine, self._engine = self._engine, None
        if engine is not None:
            engine.close()

    def _is_open(self) -> bool:
        return not self._is_exchanging and self._engine is not None

    def _wait_for_users(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: not self._users, GRACE_SECONDS)
        late = time.monotonic() + WAIT_SECONDS
        while self._users:
            self.cut()
            with self._changed:
                self._changed.wait_for(lambda: not self._users, 0.1)
            if time.monotonic() > late:
                raise StoreBusy("A query does not end; the file cannot be exchanged now.")


def _base() -> int:
    """Return a start for version numbers above all that an earlier engine gave: milliseconds × 2²⁰."""
    return int(time.time() * 1000) << 20
