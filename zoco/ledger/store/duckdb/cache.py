"""Answers that are kept in memory, by query and version of the data."""

import threading
from collections import OrderedDict

import pyarrow as pa

Key = tuple[str, int]


class Cache:
    """At most `limit_bytes` of answers; the longest unused one goes first, a very large one never stays."""

    def __init__(self, limit_bytes: int) -> None:
        self.limit_bytes = limit_bytes
        self.largest = limit_bytes // 4
        self._held: OrderedDict[Key, tuple[pa.Table, int]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: Key) -> pa.Table | None:
        """Return what was kept."""
        with self._lock:
            found = self._held.get(key)
            if found is None:
                return None
            self._held.move_to_end(key)
            return found[0]

    def put(self, key: Key, table: pa.Table, size: int) -> None:
        """Keep an answer of `size` bytes."""
        size += 2 * len(key[0])
        if size > self.largest:
            return
        with self._lock:
            old = self._held.pop(key, None)
            self._bytes += size - (old[1] if old else 0)
            self._held[key] = (table, size)
            while self._bytes > self.limit_bytes:
                self._bytes -= self._held.popitem(last=False)[1][1]

    def __len__(self) -> int:
        return len(self._held)
