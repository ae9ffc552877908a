"""Whose turn it is to settle. Two drains that settle one visitor at once would not see each other.

Within a machine a lock file decides. Machines that share a cluster need a lock that they share too:
whoever opens the store passes one (`zoco.ledger.outbox.turns` has it from PostgreSQL).
"""

import fcntl
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

Turn = Callable[[], AbstractContextManager[None]]
_threads = threading.RLock()


def turn_by_file(path: Path) -> Turn:
    """Return turns among the processes that see this file, and among the threads of this one."""

    @contextmanager
    def turn() -> Iterator[None]:
        with _threads:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX)
                yield
            finally:
                os.close(handle)

    return turn


def turn_by_both(near: Turn, far: Turn) -> Turn:
    """Return turns that are first taken near, among few, and then far."""

    @contextmanager
    def turn() -> Iterator[None]:
        with near(), far():
            yield

    return turn


@contextmanager
def turn_by_thread() -> Iterator[None]:
    """Take a turn among the threads of this process."""
    with _threads:
        yield
