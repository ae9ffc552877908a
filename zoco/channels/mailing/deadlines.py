"""What must end in time: one thread looks after all of a process, so that a deadline costs no thread."""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.25

_lock = threading.Lock()
_open: dict[object, tuple[float, Callable[[], object]]] = {}
_watchers: list[threading.Thread] = []
"""The one that looks, or none."""


@contextmanager
def ended_after(seconds: float, end: Callable[[], object]) -> Iterator[None]:
    """Call `end` from another thread if the body is not over in so many seconds, to a quarter of one.

    `end` must be quick, and may be called when the body has just ended.
    """
    key = object()
    with _lock:
        _open[key] = (time.monotonic() + seconds, end)
        _watched()
    try:
        yield
    finally:
        with _lock:
            _open.pop(key, None)


def _watched() -> None:
    """Have somebody look."""
    if not _watchers:
        _watchers[:] = [threading.Thread(target=_watch, name="deadlines", daemon=True)]
        _watchers[0].start()


def _forked() -> None:
    """Begin anew: a fork has no thread but the one that forked."""
    _open.clear()
    _watchers.clear()
    _lock.release()


os.register_at_fork(before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_forked)


def _watch() -> None:
    while True:
        time.sleep(LOOK_SECONDS)
        now = time.monotonic()
        with _lock:
            if not _open:
                _watchers.clear()
                return
            late = [key for key, (until, _end) in _open.items() if until <= now]
            ends = [_open.pop(key)[1] for key in late]
        for end in ends:
            try:
                end()
            except Exception:
                log.exception("What was to be ended could not be.")
