"""What the formats of the Common Log Format's family share: its patterns and its clock."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from zoco.collector.logs.base import Hit, LogFormat
from zoco.collector.memo import Memo
from zoco.collector.reasons import Reason, Refused
from zoco.kit.periods import micros

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Possessive: a line that does not fit is known at once, whatever it holds.
_WORD = rb"[^ ]++"
INNER = rb'([^"\\]*+(?:\\.[^"\\]*+)*+)'
_QUOTED = rb'"' + INNER + rb'"'
# User names may hold spaces, so the date is found by its bracket.
COMMON = rb"(" + _WORD + rb") " + _WORD + rb" [^\[]++\[([^\]]++)\] " + _QUOTED + rb" (\d{1,9}) (?:\d++|-)"
# An empty user agent is none. One that a limit has cut off has lost its quote.
AGENTS = rb" " + _QUOTED + rb' "(?:(?!")' + INNER + rb')?+"?'
MORE = rb"(?: .*+)?"

_STAMP = re.compile(rb"(\d\d)/([A-Z][a-z]{2})/(\d{4}):(\d\d):(\d\d)( [+-]\d{4})?")
_MONTHS = dict(
    zip(
        (b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"),
        range(1, 13),
        strict=True,
    )
)
_STAMP_LENGTH = 26
_SECONDS = {b":%02d" % second: second * 1_000_000 for second in range(60)}


def _minute(stamp: bytes) -> int:
    """Return the start of a minute "17/May/2015:10:05 +0000" in UTC microseconds."""
    found = _STAMP.fullmatch(stamp)
    if found is None:
        raise Refused(Reason.BAD_DATE)
    day, month, year, hour, minute, offset = found.groups()
    try:
        zone = _zone(offset)
        return micros(datetime(int(year), _MONTHS[month], int(day), int(hour), int(minute), tzinfo=zone))
    except (KeyError, ValueError, OverflowError):
        raise Refused(Reason.BAD_DATE) from None


def _zone(offset: bytes | None) -> timezone:
    if not offset:
        return UTC
    hours, minutes = int(offset[2:4]), int(offset[4:6])
    if minutes > 59:
        raise ValueError("no such zone")
    distance = timedelta(hours=hours, minutes=minutes)
    return timezone(-distance if offset[1:2] == b"-" else distance)


_minutes: Memo[bytes, int] = Memo(_minute, 8192)


def clf_moment(stamp: bytes) -> int:
    """Return "17/May/2015:10:05:03 +0000" in UTC microseconds. Raises Refused with BAD_DATE."""
    second = _SECONDS.get(stamp[17:20])
    if second is None:
        raise Refused(Reason.BAD_DATE)
    return _minutes[stamp[:17] + stamp[20:]] + second


def clf_moments(stamps: Sequence[bytes]) -> "NDArray[np.int64] | None":
    """Return the same as `clf_moment` of each; None when they are not all written with their zone.

    Neighbours of the same minute are worked out once.
    """
    import numpy as np

    if set(map(len, stamps)) != {_STAMP_LENGTH}:
        return None
    letters = np.frombuffer(b"".join(stamps), dtype=np.uint8).reshape(-1, _STAMP_LENGTH)
    tens, ones = letters[:, 18] - np.uint8(48), letters[:, 19] - np.uint8(48)
    if (letters[:, 17] != 58).any() or (tens > 5).any() or (ones > 9).any():
        raise Refused(Reason.BAD_DATE)
    is_same = letters[1:] == letters[:-1]
    is_same[:, 17:20] = True
    firsts = np.flatnonzero(~is_same.all(axis=1)) + 1
    firsts = np.concatenate((np.zeros(1, dtype=firsts.dtype), firsts))
    minutes = [_minutes[stamps[first][:17] + stamps[first][20:]] for first in firsts.tolist()]
    lengths = np.diff(firsts, append=len(stamps))
    seconds = tens.astype(np.int64) * 10 + ones
    at: NDArray[np.int64] = np.repeat(np.array(minutes, dtype=np.int64), lengths) + seconds * 1_000_000
    return at


class ClfFormat(LogFormat):
    """A format of the family: a pattern whose seven groups are a hit, () for what it does not say."""

    pattern: re.Pattern[bytes]
    moment = staticmethod(clf_moment)
    moments = staticmethod(clf_moments)

    def hit(self, line: bytes) -> Hit:
        found = self.pattern.fullmatch(line)
        if found is None:
            raise Refused(Reason.UNREADABLE)
        return found.groups(b"-")  # type: ignore[return-value]
