"""How complex the steps of a statement are, which says whether Ibis joins two of them.

Ibis walks down to the tables to weigh each pair of steps, an eighth of the time of writing; here each part
of a statement is weighed once, by the same rule.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import ibis.expr.operations as ops
from ibis.backends.sql import rewrites


class _Weighed(threading.local):
    """What the parts of the statement weigh that this thread writes."""

    def __init__(self) -> None:
        self.known: dict[Any, int] = {}


_weighed = _Weighed()


@contextmanager
def weighing() -> Iterator[None]:
    """Write one statement, and forget its parts after that."""
    try:
        yield
    finally:
        _weighed.known = {}


def complexity(node: Any) -> int:
    """Return how complex an expression is, by Ibis's own rule."""
    known, left = _weighed.known, [node]
    while left:
        part = left[-1]
        if part not in known:
            if isinstance(part, ops.Field):
                known[part] = 1
            elif isinstance(part, ops.Impure):
                known[part] = sys.maxsize
            else:
                below = part.__children__
                if unknown := [each for each in below if each not in known]:
                    left += unknown
                    continue
                known[part] = 1 + sum(known[each] for each in below)
        left.pop()
    return known[node]


rewrites.complexity = complexity
