"""Gathering: many requests on an event loop, one write at a time in a thread beside it.

Whatever gathered during the last fdatasync goes with the next. Each request has a future of its own,
so that one client who hangs up takes nothing away from the others.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import deque

from zoco.ledger.spool.writer import SpoolRefused, SpoolWriter

log = logging.getLogger(__name__)

WAITING_BYTES = 32 << 20


class Overloaded(SpoolRefused):
    """More waits to be written than is sound; nothing of this was taken."""


class Gathering:
    """Puts lines into the spool. Make it on the loop that uses it."""

    def __init__(self, writer: SpoolWriter) -> None:
        self._writer = writer
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[tuple[bytes, asyncio.Future[None]]] = deque()
        self._bytes = 0
        self._wanted = threading.Semaphore(0)
        self._is_busy = False
        self._is_ended = False
        self._thread = threading.Thread(target=self._work, name="collector-spool", daemon=True)
        self._thread.start()

    async def put(self, lines: bytes) -> None:
        """Return when the lines are on the disk. Raises SpoolFull, SpoolRefused, Overloaded."""
        if self._bytes + len(lines) > WAITING_BYTES or self._is_ended:
            raise Overloaded(0, "too much waits to be written; send again a little later")
        done: asyncio.Future[None] = self._loop.create_future()
        self._waiting.append((lines, done))
        self._bytes += len(lines)
        if not self._is_busy:
            self._is_busy = True
            self._wanted.release()
        await done

    def end(self) -> None:
        """Write what waits, then stop; call it on the loop when no request comes any more."""
        self._is_ended = True
        self._wanted.release()
        self._thread.join(5)
        self._writer.close()

    def _work(self) -> None:
        while True:
            self._wanted.acquire()
            while self._waiting:
                self._write()
            if self._is_ended:
                return
            self._tell(self._rest)

    def _write(self) -> None:
        batch = []
        while self._waiting:
            batch.append(self._waiting.popleft())
        error: Exception | None = None
        try:
            self._writer.append_lines(b"".join(lines for lines, _ in batch))
        except SpoolRefused as raised:
            error = raised
        except Exception as raised:  # the thread must live, and whoever waits must be told
            log.exception("The spool failed.")
            error = SpoolRefused(0, f"the facts could not be written ({raised}); send them again")
        self._tell(lambda: self._settle(batch, error))

    def _settle(self, batch: list[tuple[bytes, asyncio.Future[None]]], error: Exception | None) -> None:
        """On the loop: wake all who waited for this write."""
        for lines, done in batch:
            self._bytes -= len(lines)
            if done.done():
                continue
            if error is None:
                done.set_result(None)
            else:
                done.set_exception(error)

    def _rest(self) -> None:
        """On the loop: nothing waited when the thread looked; what came since then wakes it again."""
        self._is_busy = bool(self._waiting)
        if self._waiting:
            self._wanted.release()

    def _tell(self, call: object) -> None:
        try:
            self._loop.call_soon_threadsafe(call)  # type: ignore[arg-type]
        except RuntimeError:
            return  # the loop is closed: nobody waits any more
