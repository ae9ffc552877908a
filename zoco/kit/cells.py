"""Cells of files for spreadsheets: what a spreadsheet would run as a formula is text (CWE-1236)."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet takes for a formula when a cell begins with it, in wide letters too (OWASP)."""
PIECE = 1 << 16
"""Letters of a piece of a file."""


def disarmed(text: str) -> str:
    """Return text that no spreadsheet runs, whoever chose it."""
    plain = text.replace("\0", "")
    return f"'{plain}" if plain.startswith(FORMULA_STARTS) else plain


def is_phone(text: str) -> bool:
    """Return whether text is a phone number: what a spreadsheet makes of it is a number, and runs nothing."""
    return text[:1] == "+" and text[1:].replace(" ", "").replace("-", "").isdigit()


def csv_texts(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield rows as CSV, many in a piece: to send each alone takes longer than to make it."""
    text = io.StringIO()
    writer = csv.writer(text)
    for row in rows:
        writer.writerow(row)
        if text.tell() >= PIECE:
            yield text.getvalue()
            text.seek(0)
            text.truncate()
    yield text.getvalue()


def csv_line(cells: Sequence[str]) -> str:
    """Return cells as a line of CSV (RFC 4180)."""
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()
