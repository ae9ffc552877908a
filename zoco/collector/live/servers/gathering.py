"""Gathering: what an event loop has to write, one write at a time in a thread beside it.

Whatever gathered during the last fdatasync goes with the next.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from queue import SimpleQueue

from zoco.ledger.spool.writer import SpoolRefused, SpoolWriter

log = logging.getLogger(__name__)

WAITING_BYTES = 32 << 20
Done = Callable[[SpoolRefused | None], None]


class Overloaded(SpoolRefused):
    """More waits to be written than is sound; nothing of this was taken."""


class Gathering:
    """Puts lines into the spool. Make it on the loop that uses it."""

    def __init__(self, writer: SpoolWriter) -> None:
        self._writer = writer
        self._loop = asyncio.get_running_loop()
        # None ends the thread.
        self._waiting: SimpleQueue[tuple[bytes, Done] | None] = SimpleQueue()
        self._bytes = 0
        self._is_ended = False
        self._thread = threading.Thread(target=self._work, name="collector-spool", daemon=True)
        self._thread.start()

    def put(self, lines: bytes, done: Done) -> None:
        """Have lines written; `done` is called on the loop when they are on the disk, or with what
        hindered it: SpoolFull, SpoolRefused, at once Overloaded. It must not raise.
        """
        if self._bytes + len(lines) > WAITING_BYTES or self._is_ended:
            done(Overloaded(0, "too much waits to be written; send again a little later"))
            return
        self._bytes += len(lines)
        self._waiting.put((lines, done))

    def end(self) -> None:
        """Write what waits, then stop; call it on the loop when no request comes any more."""
        self._is_ended = True
        self._waiting.put(None)
        self._thread.join(5)
        self._writer.close()

    def _work(self) -> None:
        waiting = self._waiting.get()
        while waiting is not None:
            batch = [waiting]
            while not self._waiting.empty() and (waiting := self._waiting.get()) is not None:
                batch.append(waiting)
            self._write(batch)
            if waiting is not None:
                waiting = self._waiting.get()

    def _write(self, batch: list[tuple[bytes, Done]]) -> None:
        error: SpoolRefused | None = None
        try:
            self._writer.append_lines(b"".join([lines for lines, _ in batch]))
        except SpoolRefused as raised:
            error = raised
        except Exception as raised:  # the thread must live, and whoever waits must be told
            log.exception("The spool failed.")
            error = SpoolRefused(0, f"the facts could not be written ({raised}); send them again")
        try:
            self._loop.call_soon_threadsafe(self._settle, batch, error)
        except RuntimeError:
            return  # the loop is closed: nobody waits any more

    def _settle(self, batch: list[tuple[bytes, Done]], error: SpoolRefused | None) -> None:
        """On the loop: tell all who waited for this write."""
        for lines, done in batch:
            self._bytes -= len(lines)
            done(error)
