"""Opening a log, plain, packed or from standard input, and cutting it into lines."""

import bz2
import gzip
import lzma
import os
import select
import sys
import zlib
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO, NamedTuple

from zoco.collector.logs.base import LONGEST_LINE
from zoco.collector.logs.files.unpacking import ZstdFile, packing_of

CHUNK = 1 << 19
HEAD = 1024
STDIN = "-"
# What stands in the place of a line that is too long; no format reads it.
OVERLONG = b"\0"


class LogUnreadable(OSError):
    """A log cannot be opened, or its compression is broken."""


class Identity(NamedTuple):
    """Which file this is, whatever its name: where it lies on the disk and how it begins."""

    device: int
    inode: int
    head_bytes: int
    head: str


class LogFile:
    """An open log. Reads its uncompressed bytes; `offset` counts them."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.is_stdin = name == STDIN
        self.raw = self._open()
        self.offset = 0
        self.size = 0 if self.is_stdin else os.fstat(self.raw.fileno()).st_size
        self.is_plain = True
        self._broken: type[Exception] = OSError
        self._content: BinaryIO = self.raw if self.is_stdin else self._unpacked()

    def _open(self) -> BinaryIO:
        if self.is_stdin:
            return sys.stdin.buffer
        try:
            return Path(self.name).open("rb", buffering=0)
        except OSError as error:
            raise LogUnreadable(f"{self.name} cannot be read: {error.strerror}.") from error

    def _unpacked(self) -> BinaryIO:
        kind = packing_of(os.pread(self.raw.fileno(), HEAD, 0))
        self.is_plain = not kind
        match kind:
            case "":
                return self.raw
            case "gzip":
                return gzip.GzipFile(fileobj=self.raw)  # type: ignore[return-value]
            case "bzip2":
                return bz2.BZ2File(self.raw)  # type: ignore[return-value]
            case "xz":
                self._broken = lzma.LZMAError
                return lzma.LZMAFile(self.raw)  # type: ignore[return-value]
            case "zstd":
                import zstandard

                self._broken = zstandard.ZstdError
                return ZstdFile(self.raw)  # type: ignore[return-value]
        raise LogUnreadable(f"{self.name} is an archive ({kind}); unpack it and import what was in it.")

    def read(self, limit: int = CHUNK) -> bytes:
        """Return the next bytes, b"" at the end. Raises LogUnreadable for a broken archive."""
        try:
            chunk = self._content.read1(limit) if self.is_stdin else self._content.read(limit)  # type: ignore[attr-defined]
        except (OSError, EOFError, zlib.error, self._broken) as error:
            raise LogUnreadable(
                f"{self.name} is not whole, and nothing behind the break can be read. Copy it anew and import"
                f" it again; what was read is not counted twice. ({error})"
            ) from error
        self.offset += len(chunk)
        return chunk

    def has_more(self, seconds: float) -> bool:
        """Wait at most so long for bytes on standard input; a file is always ready."""
        return not self.is_stdin or bool(select.select([self.raw], [], [], seconds)[0])

    def skip(self, offset: int) -> None:
        """Go on at this offset of the uncompressed bytes."""
        if self.is_plain and not self.is_stdin:
            self.raw.seek(offset)
            self.offset = offset
            return
        while self.offset < offset and self.read(min(CHUNK, offset - self.offset)):
            pass

    def done(self) -> tuple[int, int]:
        """Return bytes read and bytes in all, as they lie on the disk."""
        return (0, 0) if self.is_stdin else (self.raw.tell(), self.size)

    def identity(self) -> Identity:
        """Return which file this is; the head covers what is there by now, at most 1 KiB."""
        return identity_of(self.raw.fileno())

    def close(self) -> None:
        if not self.is_stdin:
            self.raw.close()


def identity_of(handle: int, head_bytes: int = HEAD) -> Identity:
    """Return the identity of an open file by its first `head_bytes` bytes."""
    stat = os.fstat(handle)
    head = os.pread(handle, head_bytes, 0)
    return Identity(stat.st_dev, stat.st_ino, len(head), blake2b(head, digest_size=16).hexdigest())


class Cutter:
    """Cuts chunks into lines without their ends. Holds at most one unfinished line of 64 KiB.

    `offset` is where the first line not yet given begins.
    """

    def __init__(self, offset: int = 0) -> None:
        self.offset = offset
        self.tail = b""
        self._held = 0
        self._is_overlong = False

    def feed(self, chunk: bytes) -> list[bytes]:
        """Return the lines that this chunk completes, in order; an overlong one as OVERLONG."""
        whole, end, rest = chunk.rpartition(b"\n")
        if not end:
            self._hold(chunk)
            return []
        text = self.tail + whole
        lines = text.split(b"\n")
        if b"\r" in text:
            lines = [line.rstrip(b"\r") for line in lines]
        if self._is_overlong:
            lines[0] = OVERLONG
        if len(text) > LONGEST_LINE and max(map(len, lines)) > LONGEST_LINE:
            lines = [OVERLONG if len(line) > LONGEST_LINE else line for line in lines]
        self.offset += self._held + len(whole) + 1
        self.tail, self._held, self._is_overlong = b"", 0, False
        self._hold(rest)
        return lines

    def _hold(self, part: bytes) -> None:
        self._held += len(part)
        self.tail = b"" if self._is_overlong else self.tail + part
        if len(self.tail) > LONGEST_LINE:
            self.tail, self._is_overlong = b"", True

    def last(self) -> bytes | None:
        """Take the unfinished line at the end of a file, if there is one."""
        held, line = self._held, OVERLONG if self._is_overlong else self.tail
        if not held:
            return None
        self.offset += held
        self.tail, self._held, self._is_overlong = b"", 0, False
        return line.rstrip(b"\r")
