"""Which times of a log can be: those of a torn or tampered line, or of a server whose clock stands at
its beginning, would stretch every report over centuries.
"""

import time
from collections.abc import Callable

from zoco.collector.reasons import Reason, Refused

# 1990-01-01, before there was a web.
EARLIEST = 631_152_000_000_000
DAY = 86_400_000_000

Clock = Callable[[], int]


def now_micros() -> int:
    """Return the present moment in UTC microseconds."""
    return time.time_ns() // 1000


def plausible(first: int, last: int, clock: Clock = now_micros) -> None:
    """Raise Refused when times from `first` to `last` go beyond 1990 or beyond tomorrow (UTC)."""
    if first < EARLIEST or last >= (clock() // DAY + 2) * DAY:
        raise Refused(Reason.IMPLAUSIBLE_DATE)
