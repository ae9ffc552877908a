"""What became of everything that strangers send, counted by day, and cheaper to refuse than to take.

What could not be counted because others write is held in memory and counted later. What came too often is
counted once a minute. Not guaranteed: that a process that ends has counted what it held.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import date

from django.db import OperationalError, router
from django.db.models import Model

from zoco.kit.floods.waiting import impatient

log = logging.getLogger(__name__)
HELD_SECONDS = 60.0
WAIT_SECONDS = 1.0


class Held:
    """Counts that wait to be written, of each form or survey by its key. Each process holds its own.

    `add` writes one into a table of `days`: of which key, what it came to, on which day, how often.
    """

    def __init__(
        self,
        days: type[Model],
        add: Callable[[int, str, date, int], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.days, self.add, self.clock = days, add, clock
        self._lock = threading.Lock()
        self._counts: dict[int, Counter[tuple[str, date]]] = {}
        self._next: dict[int, float] = {}
        self._busy_until = 0.0

    def note(self, key: int, outcome: str, on: date, *, is_too_often: bool) -> None:
        """Count one now; what came too often with others like it."""
        with self._lock:
            self._counts.setdefault(key, Counter())[outcome, on] += 1
        self.write(key, is_now=not is_too_often)

    def write(self, key: int, *, is_now: bool = False) -> None:
        """Write what is held of a key, if it is time."""
        counts = self._take(key, is_now=is_now)
        if not counts:
            return
        try:
            with impatient(router.db_for_write(self.days), WAIT_SECONDS):
                for (outcome, on), count in sorted(counts.items()):
                    self.add(key, outcome, on, count)
        except OperationalError:
            self._give_back(key, counts)
            name = self.days._meta.label_lower
            log.warning("What was sent is counted later: the database is busy. days=%s key=%s", name, key)

    def _take(self, key: int, *, is_now: bool) -> Counter[tuple[str, date]]:
        """Take out what is to be written: once a minute, unless it is to be now.

        While the database is busy it is nothing either.
        """
        now = self.clock()
        with self._lock:
            if now < self._busy_until or (not is_now and now < self._next.get(key, now)):
                return Counter()
            if not is_now and key in self._counts:
                self._next[key] = now + HELD_SECONDS
            return self._counts.pop(key, Counter())

    def _give_back(self, key: int, counts: Counter[tuple[str, date]]) -> None:
        """Hold again what a busy database did not take; it is left alone for a minute."""
        with self._lock:
            self._counts.setdefault(key, Counter()).update(counts)
            self._busy_until = self.clock() + HELD_SECONDS

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._counts.clear()
            self._next.clear()
            self._busy_until = 0.0
