"""The W3C extended log file format, as IIS writes it: fields by "#Fields:", parted by spaces, times in UTC.

After www.w3.org/TR/WD-logfile and Microsoft's description of IIS logging. IIS writes spaces as "+".
"""

from collections.abc import Callable
from datetime import UTC, datetime

from zoco.collector.logs.base import FORMATS, Hit, LogFormat
from zoco.collector.logs.headed.heads import FIELDS, PART
from zoco.collector.memo import Memo
from zoco.collector.reasons import Reason, Refused
from zoco.kit.periods import micros

# Where each value stands, by the names of its field; the first that is there counts.
NAMES = (
    (b"x-host-header", b"cs-host", b"cs(host)", b"cs(:authority)"),
    (b"c-ip",),
    (b"cs-uri-stem", b"cs-uri"),
    (b"sc-status",),
    (b"cs(referer)", b"cs(referrer)"),
    (b"cs(user-agent)",),
    (b"date",),
    (b"time",),
    (b"cs-method",),
    (b"cs-uri-query",),
)
Places = tuple[tuple[int, ...], int]


def _places(head: bytes) -> Places:
    """Return where the values stand, -1 for none, and how many fields there are. Raises Refused."""
    fields = head.removeprefix(FIELDS).lower().split()
    places = tuple(next((fields.index(name) for name in names if name in fields), -1) for names in NAMES)
    if min(places[1], places[2], places[3], places[6], places[7]) < 0:
        raise Refused(Reason.UNREADABLE)
    return places, len(fields)


_heads: Memo[bytes, Places] = Memo(_places, 256)


def cut(line: bytes, parting: bytes, decoded: Callable[[bytes], bytes]) -> Hit:
    """Cut a line that has its head before it. `decoded` takes back how agent and referrer are written."""
    if not line.startswith(FIELDS):
        raise Refused(Reason.UNREADABLE)
    head, _part, rest = line.partition(PART)
    (places, count), cells = _heads[head], rest.split(parting)
    if len(cells) != count or not all(cells):
        raise Refused(Reason.UNREADABLE)
    host, address, stem, status, referrer, agent, day, time, method, query = (
        cells[place] if place >= 0 else b"" for place in places
    )
    target = stem if query in (b"", b"-") or b"?" in stem else stem + b"?" + query
    return (
        host if host != b"-" else b"",
        address,
        day + b" " + time,
        _escaped((method or b"GET") + b" " + target + b" HTTP/1.1"),
        status,
        _escaped(decoded(referrer)) or b"-",
        _escaped(decoded(agent)),
    )


def _escaped(value: bytes) -> bytes:
    return value.replace(b"\\", b"\\\\") if b"\\" in value else value


def utc_moment(stamp: bytes) -> int:
    """Return "2015-05-17 10:05:03", maybe with a fraction, in UTC microseconds. Raises Refused."""
    try:
        at = datetime.fromisoformat(stamp.decode("ascii"))
        return micros(at.replace(tzinfo=UTC) if at.tzinfo is None else at)
    except (ValueError, OverflowError):
        raise Refused(Reason.BAD_DATE) from None


def _spaced(value: bytes) -> bytes:
    """Take back that IIS writes spaces as "+"; a plus of an agent's own is lost to anybody."""
    return value.replace(b"+", b" ")


@FORMATS.plug
class W3c(LogFormat):
    """Lines under "#Fields:" with at least date, time, c-ip, cs-uri-stem and sc-status, in any order."""

    key = "w3c"
    label = "W3C extended (IIS)"
    example = (
        "#Fields: date time cs-method cs-uri-stem c-ip cs(User-Agent) sc-status"
        " | 2015-05-17 10:05:03 GET / 192.0.2.7 Mozilla/5.0 200"
    )

    def hit(self, line: bytes) -> Hit:
        return cut(line, b" ", _spaced)

    def moment(self, stamp: bytes) -> int:
        return utc_moment(stamp)

    def is_whole(self, tail: bytes) -> bool:
        return False
