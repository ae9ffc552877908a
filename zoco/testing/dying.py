"""Work that is killed at a given place, for tests of what survives a kill -9."""

import os
import signal
from collections.abc import Callable
from pkgutil import resolve_name
from unittest.mock import patch

from django.db import connections


def killed(work: Callable[[], object], *, where: str, after: int = 0) -> None:
    """Do something in a process of its own, which SIGKILL ends as it calls `where` after so many other calls.

    `where` is the dotted name of a function by which the work finds it. Raises AssertionError if the work
    ended before it came there. What the caller holds open that no other process may share, such as the
    ledger's store, he closes first.
    """
    connections.close_all()
    child = os.fork()
    if not child:
        try:
            with patch(where, _deadly(where, after)):
                work()
        finally:
            os._exit(1)
    status = os.waitpid(child, 0)[1]
    if os.WTERMSIG(status) != signal.SIGKILL:
        raise AssertionError(f"never killed at {where}")


def _deadly(where: str, after: int) -> Callable[..., object]:
    real, calls = resolve_name(where), 0

    def dies(*given: object, **named: object) -> object:
        nonlocal calls
        calls += 1
        if calls > after:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*given, **named)

    return dies
