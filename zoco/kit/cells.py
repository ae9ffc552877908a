"""Cells of files for spreadsheets: what a spreadsheet would run as a formula is text (CWE-1236)."""

import csv
import io
from collections.abc import Sequence

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for a formula when a cell begins with it."""


def disarmed(text: str) -> str:
    """Return text that no spreadsheet runs, whoever chose it."""
    plain = text.replace("\0", "")
    return f"'{plain}" if plain.startswith(FORMULA_STARTS) else plain


def csv_line(cells: Sequence[str]) -> str:
    """Return cells as a line of CSV (RFC 4180)."""
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()
