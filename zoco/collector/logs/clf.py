"""What the formats of the Common Log Format's family share: its patterns and its clock."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone

from zoco.collector.logs.base import Hit, Hits, LogFormat
from zoco.collector.memo import Memo
from zoco.collector.reasons import Reason, Refused
from zoco.kit.periods import micros

# Possessive: a line that does not fit is known at once, whatever it holds.
_WORD = rb"[^ ]++"
_INNER = rb'([^"\\]*+(?:\\.[^"\\]*+)*+)'
_QUOTED = rb'"' + _INNER + rb'"'
# User names may hold spaces, so the date is found by its bracket.
COMMON = rb"(" + _WORD + rb") " + _WORD + rb" [^\[]++\[([^\]]++)\] " + _QUOTED + rb" (\d{1,9}) (?:\d++|-)"
# An empty user agent is none. One that a limit has cut off has lost its quote.
AGENTS = rb" " + _QUOTED + rb' "(?:(?!")' + _INNER + rb')?+"?'
MORE = rb"(?: .*+)?"

_STAMP = re.compile(rb"(\d\d)/([A-Z][a-z]{2})/(\d{4}):(\d\d):(\d\d)( [+-]\d{4})?")
_MONTHS = dict(
    zip(
        (b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"),
        range(1, 13),
        strict=True,
    )
)
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


class ClfFormat(LogFormat):
    """A format of the family: a pattern whose seven groups are a hit, () for what it does not say."""

    pattern: re.Pattern[bytes]
    moment = staticmethod(clf_moment)

    def hit(self, line: bytes) -> Hit:
        found = self.pattern.fullmatch(line)
        if found is None:
            raise Refused(Reason.UNREADABLE)
        return found.groups(b"-")  # type: ignore[return-value]


class _Surprise(Exception):
    """Only the pattern can tell what a line is."""


def _status(numbers: bytes) -> bytes:
    """Return the status of b" 200 203 "."""
    words = numbers.split(b" ")
    if len(words) != 4 or words[0] or words[3] or len(words[1]) != 3 or not words[1].isdigit():
        raise _Surprise
    if not (words[2].isdigit() or words[2] == b"-"):
        raise _Surprise
    return words[1]


def _stamps(dates: list[bytes], zones: list[bytes]) -> list[bytes]:
    """Return the stamps of b"[17/May/2015:10:05:03" and b"+0000]" each."""
    starts, ends, count = b"".join(dates), b"".join(zones), len(dates)
    if set(map(len, dates)) != {21} or set(map(len, zones)) != {6} or b"]" in starts:
        raise _Surprise
    if starts[::21] != b"[" * count or ends[5::6] != b"]" * count or ends.count(b"]") != count:
        raise _Surprise
    return [date[1:] + b" " + zone[:5] for date, zone in zip(dates, zones, strict=True)]


_statuses: Memo[bytes, bytes] = Memo(_status, 16_384)


def plain_combined(lines: Sequence[bytes]) -> Hits | None:
    """Cut combined lines together at their quotes and spaces, several times as fast as the pattern.

    Returns what the pattern gives; None where a line may hold a surprise that only the pattern knows.
    """
    whole, count = b"\n".join(lines), len(lines)
    parts = whole.split(b'"')
    if len(parts) != 6 * count + 1 or parts[-1] or b"\\" in whole or parts[4::6].count(b" ") != count:
        return None
    words, agents = b"".join(parts[0:-1:6]).split(b" "), parts[5::6]
    if (
        len(words) != 5 * count + 1
        or not all(agents)
        or not all(words[1::5])
        or b"[" in b"".join(words[2::5])
    ):
        return None
    starts = [words[0], *(word[1:] for word in words[5:-1:5] if word[:1] == b"\n")]
    if len(starts) != count or not all(starts):
        return None
    try:
        stamps = _stamps(words[3::5], words[4::5])
        statuses = list(map(_statuses.__getitem__, parts[2::6]))
    except _Surprise:
        return None
    return [b""] * count, starts, stamps, parts[1::6], statuses, parts[3::6], agents
