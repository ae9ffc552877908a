"""Tickets of whoever sees a survey: of one browser and a moment, so that none is told of others, or later.

Pages lie in caches, so a ticket does not stand in them: their script asks for one as the form comes into
sight. One line of the network gets them for so many browsers a day, whatever these call themselves.
"""

import hmac
import re
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from zoco.consent.public.tokens import signed
from zoco.kit import conf

HOLDS = timedelta(minutes=10)
DAY_SECONDS = 86_400.0
REMEMBERED_MOST = 200_000
PER_DAY = conf.declare(
    "SURVEYS_SEEN_PER_DAY",
    100,
    int,
    "Of how many browsers of one address it is counted in a day that they saw a survey.",
)
_SAID = re.compile(r"(\d{1,11})\.[\w-]{22}", re.ASCII)


class TicketWrong(ValueError):
    """A ticket is forged, too old, or of another browser or survey."""


def ticket_make(*, survey: int, who: str, at: datetime) -> str:
    """Return a ticket: the second, and a signature of it with the survey and browser, which it hides."""
    return _ticket(survey, who, int(at.timestamp()))


def ticket_check(ticket: str, *, survey: int, who: str, at: datetime) -> None:
    """Raise TicketWrong unless it is of this survey and browser, and of now."""
    found = _SAID.fullmatch(ticket)
    if found is None or not hmac.compare_digest(_ticket(survey, who, int(found[1])), ticket):
        raise TicketWrong("It is of somebody else, or forged.")
    if not timedelta(minutes=-1) <= at - datetime.fromtimestamp(int(found[1]), UTC) <= HOLDS:
        raise TicketWrong("It is too old.")


def _ticket(survey: int, who: str, second: int) -> str:
    return f"{second}.{signed(f'seen.{survey:d}.{who}.{second:d}').rpartition('.')[2]}"


class Browsers:
    """Different browsers of each line, in days that begin with its first. Each process counts for itself.

    When all that it may remember is full and of today, it begins anew.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._lock = threading.Lock()
        self._lines: dict[str, tuple[float, set[str]]] = {}
        self._count = 0

    def lets(self, line: str, who: str, most: int) -> bool:
        """Return whether a browser is one of the first so many of its line; it is remembered then."""
        now = self.clock()
        with self._lock:
            if self._count >= REMEMBERED_MOST:
                self._forget(now)
            ends, known = self._lines.get(line, (0.0, set()))
            if ends <= now:
                self._count -= len(known)
                ends, known = now + DAY_SECONDS, set()
            if who in known:
                return True
            if len(known) >= most:
                return False
            known.add(who)
            self._count += 1
            self._lines[line] = (ends, known)
            return True

    def _forget(self, now: float) -> None:
        left = {line: one for line, one in self._lines.items() if one[0] > now}
        self._count = sum(len(known) for _ends, known in left.values())
        if self._count >= REMEMBERED_MOST:
            left, self._count = {}, 0
        self._lines = left

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._lines.clear()
            self._count = 0


browsers = Browsers()
