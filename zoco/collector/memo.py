"""A bounded memory of worked-out values. Looking one up costs no more than a plain dict.

Two generations: when the young one is full it becomes the old one, and what is asked for again
moves back. So at most `2 * limit` values are held and the ones in use stay.
"""

from collections.abc import Callable
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Memo(dict[K, V]):
    """`memo[key]` is `work(key)`, worked out at most once while it is remembered.

    What `work` raises is raised and not remembered. Not safe to share between threads.
    """

    __slots__ = ("limit", "old", "work")

    def __init__(self, work: Callable[[K], V], limit: int) -> None:
        super().__init__()
        self.work = work
        self.limit = limit
        self.old: dict[K, V] = {}

    def __missing__(self, key: K) -> V:
        value = self.old.pop(key) if key in self.old else self.work(key)
        if len(self) >= self.limit:
            self.old = dict(self)
            self.clear()
        self[key] = value
        return value
