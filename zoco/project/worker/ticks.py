"""Work that is due more often than once a minute: in a thread, by one worker of a data folder."""

import fcntl
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from zoco.kit.periodic import Periodic, keep_time

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
                    keep_time(self._work, self._stop_event)
                self._stop_event.wait(RETRY_SECONDS)


def _locked(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
