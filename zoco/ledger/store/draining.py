"""The loop that loads what gathers in the spool; what hinders it is logged once and waited for."""

import contextlib
import logging
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

from zoco.ledger.spool.folder import SpoolFolder
from zoco.ledger.spool.segment import BULK
from zoco.ledger.store.base import Store
from zoco.ledger.store.leadership import Lock

log = logging.getLogger(__name__)

POLL_SECONDS = 0.2
ADOPT_SECONDS = 1.0
HINDERED_SECONDS = 2.0
SEGMENT_SECONDS = 3.0
ROOM_BYTES = 32 << 20
# A load costs a tenth of a second however little it brings. Where facts come in all the time, they gather
# for some times as long as the last load took, so that loading leaves the processor to others.
RESTS = 6.0
REST_SECONDS = 3.0
LIVE_BYTES = 32 << 20


class DiskFull(OSError):
    """There is too little room to load facts."""


class DrainLoop:
    """Runs in a thread of its own from the moment it is made.

    `load` takes closed segments and removes those that are in the store. `mend` is called with what
    it raised, may repair something, and returns the reason in words. After a failure segments
    are loaded one by one, so that one which cannot be loaded holds up no other.
    """

    def __init__(
        self,
        spool: SpoolFolder,
        load: Callable[[list[Path]], object],
        mend: Callable[[Exception], str] = str,
    ) -> None:
        self._spool = spool
        self._load = load
        self._mend = mend
        self._is_ended = threading.Event()
        self._adopted_at = float("-inf")
        self._hindrance = ""
        self._rest = POLL_SECONDS
        self._thread = threading.Thread(target=self._run, name="ledger-drain", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Let the load under way finish, then end."""
        self._is_ended.set()
        if threading.current_thread() is not self._thread:
            self._thread.join(60)

    def _run(self) -> None:
        while not self._is_ended.is_set():
            self._rest = POLL_SECONDS
            hindrance = self._pass()
            if hindrance and not self._hindrance:
                log.error("The drain stops; facts wait in the spool. reason=%s", hindrance)
            elif self._hindrance and not hindrance:
                log.info("The drain goes on.")
            self._hindrance = hindrance
            self._is_ended.wait(HINDERED_SECONDS if hindrance else self._rest)

    def _pass(self) -> str:
        """Load what there is; return what hindered it, or nothing."""
        hindrance = ""
        try:
            if time.monotonic() - self._adopted_at > ADOPT_SECONDS:
                self._spool.adopt()
                self._adopted_at = time.monotonic()
            segments = self._spool.closed()
        except OSError as error:
            return self._reason(error)
        is_live = 0 < _bytes(segments) < LIVE_BYTES
        began = time.monotonic()
        for batch in [[path] for path in segments] if self._hindrance else [segments]:
            if not batch or self._is_ended.is_set():
                break
            try:
                _want_room(self._spool.path)
                self._load(batch)
            except Exception as error:  # whatever the engine raises, the loop must go on
                hindrance = self._reason(error)
                if isinstance(error, OSError):
                    break
        if is_live:
            self._rest = min(REST_SECONDS, max(POLL_SECONDS, RESTS * (time.monotonic() - began)))
        return hindrance

    def _reason(self, error: Exception) -> str:
        reason = self._mend(error) or type(error).__name__
        while isinstance(error.__context__, Exception):
            error = error.__context__
            reason = f"{error}; {reason}"
        return reason.replace("\n", " ")


def drain_until(stop: threading.Event, store: Store, data: Path) -> None:
    """Drain this machine's spool into a cluster until `stop`; one process of the machine does it."""
    while not stop.is_set():
        lock = Lock.take(data / "ledger.lock")
        if lock is not None:
            loop = DrainLoop(SpoolFolder(data / "spool"), lambda _: store.drain())
            try:
                stop.wait()
            finally:
                loop.end()
                lock.release()
        stop.wait(POLL_SECONDS)


def wait_for_writers(spool: SpoolFolder) -> None:
    """Wait until the segments open now are closed by their writers or, if those died, by us."""
    late = time.monotonic() + SEGMENT_SECONDS
    begun = {path.name for path in spool.unfinished() if not path.name.endswith(BULK)}
    while begun and time.monotonic() < late:
        spool.adopt()
        begun &= {path.name for path in spool.unfinished()}
        time.sleep(0.02)


def _bytes(paths: list[Path]) -> int:
    total = 0
    for path in paths:
        with contextlib.suppress(FileNotFoundError):
            total += path.stat().st_size
    return total


def _want_room(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < ROOM_BYTES:
        raise DiskFull(
            f"{folder} has less than {ROOM_BYTES >> 20} MB free; free some space, nothing is lost."
        )
