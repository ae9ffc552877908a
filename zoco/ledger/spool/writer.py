"""The writer: any number of threads append, each returns when its facts are on the disk.

Group commit without a timer: whatever gathered during the last fdatasync goes with the next.
"""

import errno
import logging
import os
import threading
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from weakref import WeakSet

from zoco.ledger.schema import Fact, encoder
from zoco.ledger.spool.folder import SpoolFolder
from zoco.ledger.spool.instance import instance
from zoco.ledger.spool.segment import Segment

log = logging.getLogger(__name__)

LIMIT_BYTES = 4 << 30
RESERVE_BYTES = 64 << 20
ROTATE_BYTES = 16 << 20
ROTATE_SECONDS = 0.5


class SpoolRefused(OSError):
    """The facts are not on the disk; nothing of them will be counted unless they are sent again."""


class SpoolFull(SpoolRefused):
    """There is no room for more facts."""


class _Batch:
    """Lines that wait for the next write, and what became of them."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.done = threading.Event()
        self.error: OSError | None = None


class SpoolWriter:
    """Append facts durably. One per process is enough; use it from any thread.

    A segment is closed after ROTATE_BYTES or ROTATE_SECONDS, so that it can be drained.
    """

    def __init__(self, folder: Path, instance: str, *, limit_bytes: int = LIMIT_BYTES) -> None:
        self.folder = SpoolFolder(folder)
        self.instance = instance
        self.limit_bytes = limit_bytes
        self._reset()
        _writers.add(self)

    def append(self, facts: Sequence[Fact]) -> None:
        """Write facts; returns when they are durable. Raises SpoolFull, SpoolRefused."""
        self.append_lines(b"".join(encoder.encode(fact) + b"\n" for fact in facts))

    def append_lines(self, lines: bytes) -> None:
        """Write encoded lines, each ended by a newline; returns when they are durable."""
        if not lines:
            return
        with self._gate:
            batch = self._waiting
            batch.lines.append(lines)
            leads = len(batch.lines) == 1
        if leads:
            self._lead(batch)
        else:
            batch.done.wait()
        if batch.error is not None:
            raise _refusal(batch.error) from batch.error

    def close(self) -> None:
        """Close the open segment; appending again opens another."""
        with self._file:
            self._close_segment()

    def _reset(self) -> None:
        self._gate = threading.Lock()
        self._file = threading.Lock()
        self._waiting = _Batch()
        self._segment: Segment | None = None
        self._opened_at = 0.0
        self._closer: threading.Thread | None = None

    def _lead(self, batch: _Batch) -> None:
        """Write a batch for all who wait on it; whatever happens, they are released."""
        batch.error = OSError(errno.EINTR, "the write was interrupted")
        try:
            with self._file:
                self._take(batch)
                try:
                    self._commit(b"".join(batch.lines))
                    batch.error = None
                except OSError as error:
                    batch.error = error
        finally:
            self._take(batch)
            batch.done.set()

    def _take(self, batch: _Batch) -> None:
        """From now on new lines go into another batch."""
        with self._gate:
            if self._waiting is batch:
                self._waiting = _Batch()

    def _commit(self, lines: bytes) -> None:
        self._make_room(len(lines))
        if self._segment is None:
            self._segment = Segment(self.folder.path, self.instance)
            self._opened_at = time.monotonic()
            self._watch()
        try:
            self._segment.append(lines)
        except OSError:
            self._close_segment()
            raise
        if self._segment.size >= ROTATE_BYTES:
            self._close_segment()

    def _make_room(self, wanted: int) -> None:
        disk = os.statvfs(self.folder.path)
        if disk.f_bavail * disk.f_frsize < wanted + RESERVE_BYTES:
            raise SpoolFull(errno.ENOSPC, "the disk is full; free some space, the facts can be sent again")
        if self._segment is None and self.folder.size() + wanted > self.limit_bytes:
            raise SpoolFull(
                errno.EDQUOT,
                f"the spool holds its limit of {self.limit_bytes} bytes; see why nobody drains it",
            )

    def _close_segment(self) -> None:
        segment, self._segment = self._segment, None
        if segment is None:
            return
        try:
            if segment.size:
                segment.close()
            else:
                segment.discard()
        except OSError as error:
            log.warning(
                "Segment left open; it will be adopted. segment=%s error=%s", segment.path.name, error
            )
            segment.forget()

    def _watch(self) -> None:
        if self._closer is None or not self._closer.is_alive():
            self._closer = threading.Thread(target=self._close_in_time, name="spool-closer", daemon=True)
            self._closer.start()

    def _close_in_time(self) -> None:
        """Close a segment that is old enough; end when nothing was written for a while."""
        idle_since = time.monotonic()
        while time.monotonic() - idle_since < 60:
            time.sleep(ROTATE_SECONDS / 2)
            with self._file:
                if self._segment is None:
                    continue
                idle_since = time.monotonic()
                if time.monotonic() - self._opened_at >= ROTATE_SECONDS:
                    self._close_segment()
        with self._file:
            self._closer = None
            if self._segment is not None:
                self._watch()


@cache
def process_writer(data: Path) -> SpoolWriter:
    """Return this process's writer into the spool of a data folder."""
    return SpoolWriter(data / "spool", instance(data))


def _refusal(error: OSError) -> SpoolRefused:
    if isinstance(error, SpoolRefused):
        return type(error)(error.errno, error.strerror)
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    kind = SpoolFull if full else SpoolRefused
    return kind(error.errno, f"the facts could not be written ({error.strerror}); send them again")


_writers: "WeakSet[SpoolWriter]" = WeakSet()


def _forget_after_fork() -> None:
    """In a child: the open segment and its lock are the parent's."""
    for writer in list(_writers):
        segment = writer._segment
        if segment is not None:
            segment.forget()
        writer._reset()


os.register_at_fork(after_in_child=_forget_after_fork)
