"""Work that is due more often than once a minute: in a thread, by one worker of a data folder."""

import fcntl
import logging
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from django.db import close_old_connections

from zoco.kit.periodic import Periodic

log = logging.getLogger(__name__)

RETRY_SECONDS = 1.0


class Ticks(threading.Thread):
    """Run each piece about as often as it says, one after the other, while this holds the lock."""

    def __init__(self, work: Sequence[Periodic], lock: Path, stop: threading.Event) -> None:
        super().__init__(name="ticks", daemon=True)
        self._work = work
        self._lock = lock
        self._stop_event = stop

    def run(self) -> None:
        """Wait for the lock, then keep time until the stop."""
        with self._lock.open("w") as file:
            while not self._stop_event.is_set():
                if _locked(file):
                    self._keep_time()
                self._stop_event.wait(RETRY_SECONDS)

    def _keep_time(self) -> None:
        due = dict.fromkeys(self._work, 0.0)
        while not self._stop_event.is_set() and due:
            now = time.monotonic()
            for one in [one for one in self._work if due[one] <= now]:
                _run(one)
                due[one] = time.monotonic() + one.every_seconds
            self._stop_event.wait(max(min(due.values()) - time.monotonic(), 0.01))


def _locked(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _run(one: Periodic) -> None:
    close_old_connections()
    try:
        one.run()
    except Exception:
        log.exception("Periodic work failed. key=%s", one.key)
    finally:
        close_old_connections()
