"""The letters of sheets: one font of our own for Latin, Greek, Cyrillic and Chinese; see fonts/README.md."""

from functools import cache
from pathlib import Path

FONT = Path(__file__).parent / "fonts" / "sheet.ttf"
FAMILY = "ZocoSheet"
MISSING = "\u25a1"
# What the font does not have, and what says the same.
INSTEAD = {"\u20bd": "RUB", "\u202f": "\u00a0", "\u200b": "", "\t": " "}


@cache
def _known() -> frozenset[int]:
    """Register the font with ReportLab, once in a process; return the characters that it has."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    font = TTFont(FAMILY, str(FONT))
    pdfmetrics.registerFont(font)
    return frozenset(font.face.charToGlyph)


def writable(text: object) -> str:
    """Return a text in letters that the font has; a square stands for any other."""
    known = _known()
    said = "".join(INSTEAD.get(letter, letter) for letter in str(text))
    return "".join(letter if ord(letter) in known or letter == "\n" else MISSING for letter in said)
