"""Logs whose lines mean what a "#Fields:" line above them says, which may change within a file.

A line is given to its format together with the head that is in force, "#Fields: date time … | 2015-05-17 …",
so that it can be cut by itself and equal lines stay equal. Lines after "#" become blank ones.
"""

from zoco.collector.logs.base import FORMATS, LogFormat
from zoco.collector.logs.files.reading import CHUNK, Cutter, LogFile

FIELDS = b"#Fields:"
PART = b" | "
LONGEST_HEAD = 4_096
_SHAPED = ("w3c", "cloudfront")


def is_headed(lines: list[bytes]) -> bool:
    """Say whether these are the first lines of such a log."""
    first = next((line for line in lines if line), b"")
    return first.removeprefix(b"\xef\xbb\xbf").startswith(b"#")


class Heads:
    """The head in force."""

    def __init__(self, head: bytes = b"") -> None:
        self.head = head

    def joined(self, lines: list[bytes]) -> list[bytes]:
        """Put the head in force before each line."""
        return [self._joined(line) for line in lines]

    def format(self) -> LogFormat:
        """Return the format that reads lines under this head."""
        return FORMATS.get("cloudfront" if b" x-edge-location " in self.head else "w3c")

    def _joined(self, line: bytes) -> bytes:
        if line.removeprefix(b"\xef\xbb\xbf").startswith(b"#"):
            if line.startswith(FIELDS):
                self.head = b" ".join(line[:LONGEST_HEAD].replace(b"|", b"").split())
            return b""
        return self.head + PART + line if line else line


def bare(line: bytes) -> bytes:
    """Return a line without its head, as it stands in the log."""
    return line.partition(PART)[2] if line.startswith(FIELDS) else line


def knows_heads(log_format: LogFormat) -> bool:
    """Say whether a format wants lines with their heads."""
    return log_format.key in _SHAPED


def head_before(name: str, offset: int) -> bytes:
    """Return the head in force at an offset of a log's uncompressed bytes."""
    log, cutter, heads = LogFile(name), Cutter(), Heads()
    try:
        while log.offset < offset and (chunk := log.read(min(CHUNK, offset - log.offset))):
            for line in cutter.feed(chunk):
                if line.startswith(FIELDS):
                    heads.joined([line])
    finally:
        log.close()
    return heads.head
