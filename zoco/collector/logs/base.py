"""What a log format is, and how the format of a file is found."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from zoco.collector.reasons import Refused
from zoco.kit.plugs import Registry

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LONGEST_LINE = 65_536
SAMPLE_LINES = 200


# One line, cut into its parts but not yet understood:
# (virtual host, address, stamp, request, status, referrer, user agent)
# The stamp is the time as the format writes it, the request is b"GET /path HTTP/1.1". Values are as in
# the log, escapes (\\x22) included. b"-" says that there was none, b"" that the log does not say.
Hit = tuple[bytes, bytes, bytes, bytes, bytes, bytes, bytes]
_Column = list[bytes]
Hits = tuple[_Column, _Column, _Column, _Column, _Column, _Column, _Column]


class LogFormat:
    """A format of server logs. Subclass in a file of its own, register with `@FORMATS.plug`.

    Lines come without their line end and never hold more than 64 KiB. Equal lines must give equal
    hits. A format keeps no state but memory of what it has worked out.
    """

    key: str
    label: str
    example: str

    def hit(self, line: bytes) -> Hit:
        """Cut a line. Raises Refused with UNREADABLE for what is not of this format."""
        raise NotImplementedError

    def hits(self, lines: Sequence[bytes]) -> Hits:
        """Cut lines, at least one; returns the same as `hit` by columns. Raises Refused if one is refused."""
        return tuple(map(list, zip(*map(self.hit, lines), strict=True)))  # type: ignore[return-value]

    def moment(self, stamp: bytes) -> int:
        """Return the time in UTC microseconds. Raises Refused with BAD_DATE."""
        raise NotImplementedError

    def moments(self, stamps: Sequence[bytes]) -> "NDArray[np.int64] | None":
        """Return the same as `moment` of many stamps, at least one; None to be asked for each of them.

        Raises Refused with BAD_DATE if one is refused.
        """
        return None

    def is_whole(self, tail: bytes) -> bool:
        """Say whether a last line without a line end is surely complete."""
        return tail.endswith((b'"', b"}"))


FORMATS: Registry[LogFormat] = Registry("log format")


class FormatUnknown(ValueError):
    """No format fits the first lines."""


def find_format(lines: Sequence[bytes]) -> LogFormat:
    """Return the format that reads most of these lines; of equals the one registered first.

    Raises FormatUnknown when none reads at least half of them.
    """
    sample = [line for line in lines[:SAMPLE_LINES] if line]
    best, most = None, 0
    for log_format in FORMATS:
        count = sum(_reads(log_format, line) for line in sample)
        if count > most:
            best, most = log_format, count
    if best is None or most * 2 < len(sample):
        known = ", ".join(FORMATS.keys())
        raise FormatUnknown(
            f"None of the known formats ({known}) fits the first {len(sample)} lines; name one with --format."
        )
    return best


def _reads(log_format: LogFormat, line: bytes) -> bool:
    try:
        log_format.moment(log_format.hit(line)[2])
    except Refused:
        return False
    return True
