"""What follows from an answer of a provider's API: sent later, refused, or not known.

What is about the account holds for every message, so nothing is lost by waiting; what is about one message is
refused. Where nobody can tell which, a few messages are refused, and then the account waits.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from zoco.channels.contract import Later, Opened, Outcome, Refused, Unknown
from zoco.channels.mailing.faults import Fault

OF_ACCOUNT = {401, 402}
"""A key that is none, and an account that is not paid for: they hold for every message."""
MAY_HEAL = {403, 408, 425, 429}
"""Of our account or of the moment, not of the message."""
NOT_KNOWN = {500, 502, 504}
UNCLEAR_MOST = 5
UNCLEAR_SECONDS = 3_600.0


@dataclass(frozen=True, slots=True)
class Said:
    """What an API said, and whose fault that is. `code` is its own name for it, if it has one."""

    text: str
    status: int
    code: str = ""
    fault: Fault = Fault.UNCLEAR


class Unclear:
    """How many messages of an account failed in a row of which nobody knows whose fault it was.

    In one process and for an hour: then a few more may fail, so that one of them cannot hold up the others.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._failed: dict[tuple[str, str], tuple[int, float]] = {}

    def is_too_much(self, adapter: str, account: Opened) -> bool:
        """Count one more; returns whether there were enough already."""
        key, now = (adapter, account.name), self._clock()
        with self._lock:
            count, since = self._failed.get(key, (0, now))
            if now - since >= UNCLEAR_SECONDS:
                count, since = 0, now
            self._failed[key] = (min(count + 1, UNCLEAR_MOST), since)
        return count >= UNCLEAR_MOST

    def worked(self, adapter: str, account: Opened) -> None:
        """Say that a message was taken, so that the account works."""
        if self._failed:
            with self._lock:
                self._failed.pop((adapter, account.name), None)


UNCLEAR = Unclear()


def answered(adapter: str, account: Opened, said: Said) -> Outcome:
    """Return what follows from an answer that is not the expected one."""
    code, status = said.code or str(said.status), said.status
    if status in NOT_KNOWN or 200 <= status < 300:
        return Unknown(said.text)
    if said.fault == Fault.ACCOUNT or status in OF_ACCOUNT:
        return Later(said.text, code, is_account=True)
    if status in MAY_HEAL or status >= 500:
        return Later(said.text, code)
    if said.fault == Fault.UNCLEAR and UNCLEAR.is_too_much(adapter, account):
        return Later(said.text, code, is_account=True)
    return Refused(said.text, code)


def unanswered(said: str, why: BaseException | None) -> Outcome:
    """Return what follows where no answer came: only where no connection was made, nothing was told."""
    from urllib3.exceptions import MaxRetryError

    is_untold = why is not None and bool(why.args) and isinstance(why.args[0], MaxRetryError)
    return Later(said, "connection", is_account=True) if is_untold else Unknown(said)
