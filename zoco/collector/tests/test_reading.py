"""Cutting lines and opening files."""

import bz2
import gzip
import lzma
import random
import shutil
from pathlib import Path

import pytest
import zstandard

from zoco.collector.logs.files.reading import CHUNK, OVERLONG, Cutter, LogFile, LogUnreadable

TEXT = b"one\ntwo\r\n\nthree \xff\nlast"


def cut(chunks: list[bytes]) -> tuple[list[bytes], bytes | None, int]:
    cutter = Cutter()
    lines = [line for chunk in chunks for line in cutter.feed(chunk)]
    return lines, cutter.last(), cutter.offset


def test_lines_are_the_same_however_the_bytes_come() -> None:
    rng = random.Random(3)
    for _ in range(200):
        places = sorted(rng.choices(range(len(TEXT) + 1), k=3))
        chunks = [TEXT[a:b] for a, b in zip([0, *places], [*places, len(TEXT)], strict=True)]

        assert cut(chunks) == ([b"one", b"two", b"", b"three \xff"], b"last", len(TEXT))


def test_offset_is_where_the_next_line_begins() -> None:
    cutter = Cutter()

    cutter.feed(b"one\ntw")
    assert cutter.offset == 4
    cutter.feed(b"o")
    assert cutter.offset == 4
    cutter.feed(b"\nthree\n")
    assert cutter.offset == 14
    assert cutter.last() is None


@pytest.mark.parametrize("length", [65_537, 200_000])
def test_a_line_that_is_too_long_is_one_line_and_not_kept(length: int) -> None:
    text = b"a\n" + b"x" * length + b"\nb\n" + b"y" * 65_536 + b"\n"

    for size in (1_000, 65_536, len(text)):
        chunks = [text[start : start + size] for start in range(0, len(text), size)]
        lines, last, offset = cut(chunks)
        assert [lines[0], lines[2], len(lines[3])] == [b"a", b"b", 65_536]
        assert lines[1] is OVERLONG
        assert (last, offset) == (None, len(text))


def read_all(path: Path) -> bytes:
    log, found = LogFile(str(path)), b""
    while chunk := log.read():
        found += chunk
    log.close()
    return found


def test_how_a_log_is_packed_is_told_by_its_content(tmp_path: Path) -> None:
    plain, packed, two, zipped, burrowed, small = (tmp_path / name for name in "abcdef")
    plain.write_bytes(TEXT * 9_000)
    packed.write_bytes(gzip.compress(TEXT * 9_000))
    two.write_bytes(gzip.compress(TEXT * 4_000) + gzip.compress(TEXT * 5_000))
    compress = zstandard.ZstdCompressor().compress
    zipped.write_bytes(compress(TEXT * 4_000) + compress(TEXT * 5_000))
    burrowed.write_bytes(bz2.compress(TEXT * 4_000) + bz2.compress(TEXT * 5_000))
    small.write_bytes(lzma.compress(TEXT * 4_000) + lzma.compress(TEXT * 5_000))

    paths = (plain, packed, two, zipped, burrowed, small)
    assert [read_all(path) == TEXT * 9_000 for path in paths] == [True] * 6


def test_an_archive_of_files_is_refused_and_named(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(TEXT)
    shutil.make_archive(str(tmp_path / "a"), "zip", tmp_path, "log")
    shutil.make_archive(str(tmp_path / "a"), "tar", tmp_path, "log")

    for kind in ("zip", "tar"):
        with pytest.raises(LogUnreadable, match=rf"archive \({kind}\); unpack it"):
            LogFile(str(tmp_path / f"a.{kind}"))


def test_going_on_in_the_middle_gives_the_rest(tmp_path: Path) -> None:
    for name, content in (("a", TEXT * 9_000), ("b", gzip.compress(TEXT * 9_000))):
        (tmp_path / name).write_bytes(content)
        log = LogFile(str(tmp_path / name))
        log.skip(100_000)
        assert log.read(50) == (TEXT * 9_000)[100_000:100_050]
        log.close()


def test_a_broken_archive_says_so(tmp_path: Path) -> None:
    noise = random.Random(1).randbytes(9_000)
    for pack in (gzip.compress, bz2.compress, lzma.compress, zstandard.compress):
        (tmp_path / "a").write_bytes(pack(noise)[:5_000])
        with pytest.raises(LogUnreadable, match="not whole"):
            read_all(tmp_path / "a")
    with pytest.raises(LogUnreadable, match="cannot be read"):
        LogFile(str(tmp_path / "missing"))


@pytest.mark.parametrize("level", [1, 19])
def test_zstd_of_a_few_bytes_fills_no_memory(tmp_path: Path, level: int) -> None:
    path = tmp_path / "a"
    path.write_bytes(zstandard.compress(bytes(60 << 20), level))
    log, size, largest = LogFile(str(path)), 0, 0
    while chunk := log.read():
        size, largest = size + len(chunk), max(largest, len(chunk))
    log.close()

    assert size == 60 << 20
    assert largest <= CHUNK
    assert path.stat().st_size < 20_000
