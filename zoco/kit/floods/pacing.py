"""How often somebody asks for something, counted in memory: each process counts for itself."""

import threading
import time
from collections.abc import Callable
from math import ceil

WINDOW_SECONDS = 60.0
WHO_MOST = 100_000


class Pace:
    """Counts by whom, in windows of a minute that begin with the first request."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._lock = threading.Lock()
        self._windows: dict[str, tuple[float, int]] = {}

    def wait(self, who: str, limit: int) -> int:
        """Count a request; return how many seconds to wait, 0 if it may go on."""
        now = self.clock()
        with self._lock:
            if len(self._windows) >= WHO_MOST:
                self._windows = {key: one for key, one in self._windows.items() if one[0] > now}
            ends, count = self._windows.get(who, (0.0, 0))
            if ends <= now:
                ends, count = now + WINDOW_SECONDS, 0
            if count >= limit:
                return max(1, ceil(ends - now))
            if who in self._windows or len(self._windows) < WHO_MOST:
                self._windows[who] = (ends, count + 1)
            return 0

    def clear(self) -> None:
        """Forget all counts."""
        with self._lock:
            self._windows.clear()
