"""An uploaded file as its parts of text: plain, gzip or zip, in any of the usual encodings.

Nothing is ever unpacked onto the disk. What unpacks to far more than it is, names places outside, or
has lines without end is refused.
"""

import csv
import gzip
import io
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from zoco.monitor.imports.base import ExportUnreadable

PARTS_MOST = 2_000
BYTES_MOST = 32 << 30
RATIO_MOST = 200
SMALL_BYTES = 64 << 20
"""So much may come of a file however small it is."""
LINE_MOST = 1 << 20
DUMP_LINE_MOST = 64 << 20
EVERY_LINES = 2_000
OTHER_PACKINGS = {
    b"7z\xbc\xaf": "7z",
    b"Rar!": "rar",
    b"BZh": "bzip2",
    b"\xfd7zX": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
}
TORN = (BadZipFile, zlib.error, struct.error, OSError, EOFError, RuntimeError, ValueError)
Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table: where it stands, its cells by the names of the head, and its text."""

    number: int
    cells: dict[str, str]
    text: str


class Part:
    """One file of an export. `name` is its last part, without folders."""

    def __init__(self, name: str, opener: Callable[[], Any], export: "Export") -> None:
        self.name = name
        self._open = opener
        self._export = export

    def pieces(self, most: int = LINE_MOST) -> Iterator[str]:
        """Return its lines with their ends, long ones in pieces of `most`. Raises ExportUnreadable."""
        number = 0
        try:
            with self._open() as raw:
                counted = self._export.counted(raw)
                text = io.TextIOWrapper(counted, _encoding(counted), errors="replace", newline="")
                while piece := text.readline(most):
                    number += 1
                    if number % EVERY_LINES == 0 or len(piece) >= most:
                        self._export.tell()
                    yield piece
        except ExportUnreadable:
            raise
        except TORN as error:
            raise ExportUnreadable(f"{self.name} is torn after line {number}: {error}.") from error

    def lines(self, most: int = LINE_MOST, pieces: Iterator[str] | None = None) -> Iterator[str]:
        """Return its lines with their ends. Raises ExportUnreadable for a line of over `most` letters."""
        for number, line in enumerate(pieces if pieces is not None else self.pieces(most), 1):
            if len(line) >= most and not line.endswith("\n"):
                self._refuse(number, most)
            yield line

    def _refuse(self, number: int, most: int) -> None:
        raise ExportUnreadable(
            f"Line {number} of {self.name} is longer than {most} letters; it is no export."
        )

    def table(self, lines: Iterator[str] | None = None) -> Iterator[Line]:
        """Return the rows of a CSV file with a head; commas, semicolons or tabs part the cells."""
        rows = self.rows(lines)
        head: list[str] = []
        for number, cells in rows:
            if not head:
                head = [cell.strip() for cell in cells]
                continue
            if any(cells):
                yield Line(number, dict(zip(head, cells, strict=False)), ",".join(cells))

    def rows(self, lines: Iterator[str] | None = None) -> Iterator[tuple[int, list[str]]]:
        """Return the cells of each row of a CSV file with the number of its line."""
        given = iter(lines if lines is not None else self.lines())
        first = next(given, "")
        delimiter = max(",;\t", key=first.count)

        def whole() -> Iterator[str]:
            yield first.replace("\0", "")
            for line in given:
                yield line.replace("\0", "")

        reader = csv.reader(whole(), delimiter=delimiter)
        try:
            for cells in reader:
                yield reader.line_num, cells
        except csv.Error as error:
            raise ExportUnreadable(f"Line {reader.line_num} of {self.name} is no row: {error}.") from error


class Export:
    """A file as it was uploaded. `tell` hears of done and total bytes and may raise RunStopped."""

    def __init__(self, path: Path, name: str, tell: Tell | None = None) -> None:
        self.path = path
        self.name = name
        self._tell = tell
        self._done = 0
        self._total = path.stat().st_size
        self._most = BYTES_MOST

    def parts(self) -> list[Part]:
        """Return its files by name. Raises ExportUnreadable."""
        with self.path.open("rb") as file:
            head = file.read(4)
        for magic, packing in OTHER_PACKINGS.items():
            if head.startswith(magic):
                raise ExportUnreadable(f"{self.name} is packed as {packing}; unpack it, or pack it as zip.")
        if head == b"PK\3\4" or head == b"PK\5\6":
            return self._zipped()
        if not head:
            raise ExportUnreadable(f"{self.name} is empty.")
        self._most = max(SMALL_BYTES, RATIO_MOST * self._total)
        if head.startswith(b"\x1f\x8b"):
            return [Part(self.name.removesuffix(".gz"), lambda: gzip.open(self.path), self)]
        return [Part(self.name, lambda: self.path.open("rb"), self)]

    def counted(self, raw: IO[bytes]) -> BinaryIO:
        """Return a reader that counts what is read."""
        return io.BufferedReader(_Counted(raw, self._read), 1 << 16)  # type: ignore[type-var]

    def tell(self) -> None:
        """Say how far it is."""
        if self._tell is not None:
            self._tell(min(self._done, self._total), self._total)

    def _read(self, size: int) -> None:
        self._done += size
        if self._done > self._most:
            raise ExportUnreadable(
                f"{self.name} unpacks to more than {self._most >> 20} MB; that is no export."
            )

    def _zipped(self) -> list[Part]:
        try:
            with ZipFile(self.path) as archive:
                infos = [info for info in archive.infolist() if not info.is_dir()]
        except ExportUnreadable:
            raise
        except TORN as error:
            raise ExportUnreadable(f"{self.name} cannot be unpacked: {error}.") from error
        if len(infos) > PARTS_MOST:
            raise ExportUnreadable(
                f"{self.name} holds {len(infos)} files; an export has at most {PARTS_MOST}."
            )
        for info in infos:
            self._check(info)
        size, packed = sum(info.file_size for info in infos), self.path.stat().st_size
        if size > max(SMALL_BYTES, min(RATIO_MOST * packed, BYTES_MOST)):
            raise ExportUnreadable(
                f"{self.name} has {packed >> 10} kB and unpacks to {size >> 20} MB; that is no export."
            )
        self._total, self._most = size, size
        kept = [info for info in infos if not _is_hidden(info.filename)]
        return [self._part(info) for info in sorted(kept, key=lambda info: info.filename)]

    def _check(self, info: ZipInfo) -> None:
        path = PurePosixPath(info.filename)
        if path.is_absolute() or ".." in path.parts or "\\" in info.filename or ":" in info.filename:
            raise ExportUnreadable(f"{self.name} names a place outside itself: {info.filename[:100]!r}.")
        if info.flag_bits & 1:
            raise ExportUnreadable(f"{info.filename[:100]} is encrypted; unpack it with its password first.")
        if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise ExportUnreadable(f"{info.filename[:100]} is packed in a rare way; pack it as a common zip.")

    def _part(self, info: ZipInfo) -> Part:
        return Part(PurePosixPath(info.filename).name, lambda: _opened(self.path, info), self)


def _opened(path: Path, info: ZipInfo) -> IO[bytes]:
    return ZipFile(path).open(info)


def _is_hidden(name: str) -> bool:
    return name.startswith("__MACOSX/") or PurePosixPath(name).name.startswith(".")


def _encoding(raw: BinaryIO) -> str:
    head = raw.peek(4)[:4]  # type: ignore[attr-defined]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    return "utf-8-sig"


class _Counted(io.RawIOBase):
    """Reads from another file and says how much."""

    def __init__(self, raw: IO[bytes], read: Callable[[int], None]) -> None:
        self._raw = raw
        self._count = read

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        got = self._raw.read(len(buffer))
        self._count(len(got))
        buffer[: len(got)] = got
        return len(got)
