"""How often somebody may have pages fetched. Each process counts for itself."""

import threading
import time
from collections import deque

MOST, SECONDS = 6, 60.0
AT_ONCE = 2

_lock = threading.Lock()
_asked: dict[int, deque[float]] = {}
# So that slow pages of others hold no more than two of the web process's threads.
running = threading.BoundedSemaphore(AT_ONCE)


def wait(account: int, now: float | None = None) -> int:
    """Count a check of an account; return 0, or in how many seconds it may have the next."""
    now = time.monotonic() if now is None else now
    with _lock:
        asked = _asked.setdefault(account, deque())
        while asked and asked[0] <= now - SECONDS:
            asked.popleft()
        if len(asked) >= MOST:
            return int(asked[0] + SECONDS - now) + 1
        asked.append(now)
        return 0
