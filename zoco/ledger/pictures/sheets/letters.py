"""The letters of sheets: one font of our own for Latin, Greek, Cyrillic and Chinese; see fonts/README.md."""

from functools import cache
from pathlib import Path
from typing import Any

FONT = Path(__file__).parent / "fonts" / "sheet.ttf"
FAMILY = "ZocoSheet"
# How thick the line around letters is in bold, of their size.
STROKE = 0.03
MISSING = "\u25a1"
# What the font does not have, and what says the same.
INSTEAD = {"\u20bd": "RUB", "\u202f": "\u00a0", "\u200b": "", "\t": " "}
# What has no shape of its own: joiners, directions, and which of two shapes a sign before it has.
SHAPELESS = {*range(0x200C, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), *range(0xFE00, 0xFE10)}


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
    said = "".join(INSTEAD.get(letter, letter) for letter in str(text) if ord(letter) not in SHAPELESS)
    return "".join(letter if ord(letter) in known or letter == "\n" else MISSING for letter in said)


def bold(words: str, style: Any) -> Any:
    """Return a paragraph in bold: the outlines of the one font, drawn with a line of their own colour."""
    from reportlab.platypus import Paragraph

    class Bold(Paragraph):  # type: ignore[misc]
        def draw(self) -> None:
            self.canv.saveState()
            self.canv.setStrokeColor(style.textColor)
            self.canv.setLineWidth(style.fontSize * STROKE)
            self.canv.addLiteral("2 Tr")
            super().draw()
            self.canv.restoreState()

    return Bold(words, style)
