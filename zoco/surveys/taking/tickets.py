"""Tickets of whoever sees a survey: of one browser and a moment, so that none is told of others, or later.

Pages lie in caches, so a ticket does not stand in them: their script asks for one as the form comes into
sight. One line of the network gets them for so many browsers a day, whatever these call themselves.
"""

import hashlib
import hmac
import os
import re
import struct
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from zoco.consent.public.tokens import signed
from zoco.kit import conf

HOLDS = timedelta(minutes=10)
DAY_SECONDS = 86_400.0
REMEMBERED_MOST = 100_000
"""Browsers. Where each is of a line of its own, as of somebody with a large network, they take 27 MB."""
HASH_BYTES = 8
_ENDS = struct.Struct("d")
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

    Neither is kept as it is, only a hash under a key of the process. When all that it may remember is full,
    the lines that came first are forgotten.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._lock = threading.Lock()
        self._key = os.urandom(16)
        # When the day of a line ends and the hashes of its browsers, in the order in which the days end. The
        # first of a plain dict is found the slower the more were taken out before it.
        self._lines: OrderedDict[bytes, bytes] = OrderedDict()
        self._count = 0

    def lets(self, line: str, who: str, most: int) -> bool:
        """Return whether a browser is one of the first so many of its line; it is remembered then."""
        now, place, mark = self.clock(), self._hash(line), self._hash(who)
        with self._lock:
            while self._lines and _ENDS.unpack_from(next(iter(self._lines.values())))[0] <= now:
                self._count -= _browsers(self._lines.popitem(last=False)[1])
            held = self._lines.get(place) or _ENDS.pack(now + DAY_SECONDS)
            if any(held[at : at + HASH_BYTES] == mark for at in range(_ENDS.size, len(held), HASH_BYTES)):
                return True
            if _browsers(held) >= most:
                return False
            self._lines[place] = held + mark
            self._count += 1
            while self._count > REMEMBERED_MOST:
                self._count -= _browsers(self._lines.popitem(last=False)[1])
            return True

    def _hash(self, text: str) -> bytes:
        return hashlib.blake2b(text.encode(), digest_size=HASH_BYTES, key=self._key).digest()

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._lines.clear()
            self._count = 0


def _browsers(held: bytes) -> int:
    return (len(held) - _ENDS.size) // HASH_BYTES


browsers = Browsers()
