"""How often somebody asks for something, counted in memory: each process counts for itself."""

import hashlib
import os
import struct
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from math import ceil

WINDOW_SECONDS = 60.0
WHO_MOST = 100_000
"""Windows of their own. They take 19 MB."""
SHARED_MOST = 4_096
"""Windows that all others share."""
_WINDOW = struct.Struct("dI")


class Pace:
    """Counts by whom, in windows of a minute that begin with the first request.

    Nobody is kept as he is, only a hash under a key of the process. When all that may be remembered is full,
    whoever is new shares a window with whoever is `within` the same, such as a provider's network: so that
    neither the memory nor the limit can be got round, and who floods shuts out his neighbours at most, and of
    all others who are new one in SHARED_MOST, for a minute.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._lock = threading.Lock()
        self._key = os.urandom(16)
        # In the order in which they end. The first of a plain dict is found the slower the more were taken
        # out before it.
        self._windows: OrderedDict[int, bytes] = OrderedDict()
        self._shared: dict[int, bytes] = {}

    def wait(self, who: str, limit: int, *, within: str = "") -> int:
        """Count a request; return how many seconds to wait, 0 if it may go on."""
        now, place = self.clock(), self._hash(who)
        with self._lock:
            while self._windows and _WINDOW.unpack(next(iter(self._windows.values())))[0] <= now:
                self._windows.popitem(last=False)
            if place in self._windows or len(self._windows) < WHO_MOST:
                return _counted(self._windows, place, limit, now)
            shared = self._hash(within or who) % SHARED_MOST
            return _counted(self._shared, shared, limit, now)

    def _hash(self, text: str) -> int:
        return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8, key=self._key).digest())

    def clear(self) -> None:
        """Forget all counts."""
        with self._lock:
            self._windows.clear()
            self._shared.clear()


def _counted(windows: dict[int, bytes], place: int, limit: int, now: float) -> int:
    ends: float
    count: int
    ends, count = _WINDOW.unpack(windows.get(place) or _WINDOW.pack(0.0, 0))
    if ends <= now:
        ends, count = now + WINDOW_SECONDS, 0
    if count >= limit:
        return max(1, ceil(ends - now))
    windows[place] = _WINDOW.pack(ends, count + 1)
    return 0
