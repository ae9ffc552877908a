"""Rows of a CSV file of any delimiter and encoding. Both are detected, so that a page can show them."""

import codecs
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from django.utils.translation import gettext_noop

from zoco.kit.said import Said

SAMPLE_BYTES, CHUNK = 1 << 16, 1 << 20
LINE_MOST = 1 << 20
"""Letters of a line. What has more is no table, and as millions of cells it would fill the memory."""
DELIMITERS = (",", ";", "\t", "|")
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_RUSSIAN = re.compile("[А-Яа-яЁё]?[а-яё]{2,}")


class TableWrong(Said, ValueError):
    """This file cannot be read as a table; the message says where and what to do."""


@dataclass(frozen=True, slots=True)
class Form:
    """How a file is written."""

    encoding: str
    delimiter: str


def form_of(path: Path) -> Form:
    """Return the encoding and the delimiter that fit the file."""
    with path.open("rb") as file:
        sample = file.read(SAMPLE_BYTES)
    encoding = _encoding(path, sample)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(sample)
    head = next((line for line in text.splitlines() if line.strip()), "")
    return Form(encoding, max(DELIMITERS, key=head.count))


def rows_read(path: Path, form: Form) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not blank, each with the number of its last line. Raises TableWrong."""
    with path.open(encoding=form.encoding, newline="") as file:
        reader = csv.reader(_lines(file), delimiter=form.delimiter, strict=True)
        whole = 0
        try:
            for row in reader:
                if any("\0" in cell for cell in row):
                    raise csv.Error  # noqa: TRY301 - as a torn quote is said
                if any(cell.strip() for cell in row):
                    yield reader.line_num, row
                whole = reader.line_num
        except (csv.Error, UnicodeError) as error:
            raise TableWrong(
                gettext_noop(
                    "Line %(line)d cannot be read: a quote is torn, or a cell is too long or no text."
                ),
                line=whole + 1,
            ) from error


def _lines(file: TextIO) -> Iterator[str]:
    """Yield the lines of a file, of which none is read further than it may be long. Raises TableWrong."""
    number = 0
    while line := file.readline(LINE_MOST + 1):
        number += 1
        if len(line) > LINE_MOST:
            raise TableWrong(
                gettext_noop(
                    "Line %(line)d has more than a million letters, so this is no table with one row to a "
                    "line. Export it again as CSV or .xlsx."
                ),
                line=number,
            )
        yield line


def _encoding(path: Path, sample: bytes) -> str:
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return name
    if _is_utf8(path):
        return "utf-8"
    guess = sample.decode("cp1251", "replace")
    # Letters with accents stand alone in Latin words; those of Russian stand together.
    russian = sum(map(len, _RUSSIAN.findall(guess)))
    if russian > 0.6 * sum(each > "\x7f" for each in guess):
        return "cp1251"
    try:
        text = codecs.getincrementaldecoder("gb18030")().decode(sample)
    except UnicodeError:
        return "cp1252"
    return "gb18030" if any("\u4e00" <= each <= "\u9fff" for each in text) else "cp1252"


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeError:
            return False
    return True
