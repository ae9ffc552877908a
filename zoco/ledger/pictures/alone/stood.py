"""Pictures that a page shows, as bodies of files: one as wide as the sheet, several, or one a line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from zoco.ledger.pictures.alone.laying import INNER, SIDE, WIDTH, Body, box, fitted, together, written

VIEW = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
ROOT = re.compile(r"^<svg [^>]*>")
SIZES = re.compile(r' (?:width|height|x|y)="[^"]*"')
GAP = 24.0
NAMES, FIGURES, ROW = 300.0, 240.0, 30.0


class NoPicture(ValueError):
    """What is to stand in a file is no picture of ours."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table with a picture: what it is of, the picture, and the figure in words."""

    label: str
    drawn: SafeString | str
    figure: str


def placed(svg: str, x: float, y: float, width: float, height: float) -> SafeString:
    """Return a picture at a place. Raises NoPicture."""
    root = ROOT.match(svg)
    if not root or not VIEW.search(root.group()):
        raise NoPicture("A picture begins with <svg and has a viewBox.")
    bare = SIZES.sub("", root.group())
    at = f'<svg x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return SafeString(bare.replace("<svg", at, 1) + svg[root.end() :])


def high(svg: str, width: float) -> float:
    """Return how high a picture is at a width. Raises NoPicture."""
    found = VIEW.search(svg)
    if not found:
        raise NoPicture("A picture has a viewBox.")
    return width * float(found.group(2)) / float(found.group(1))


def one(svg: str, *, width: float = INNER) -> Body:
    """Return one picture as a body. Raises NoPicture."""
    return Body(placed(svg, SIDE, 0, width, high(svg, width)), high(svg, width))


def several(pictures: Sequence[tuple[str, str]], *, across: int = 2) -> Body:
    """Return pictures with their titles side by side, `across` in a row. Raises NoPicture."""
    width = (INNER - GAP * (across - 1)) / across
    parts, y = [], 0.0
    for start in range(0, len(pictures), across):
        row = pictures[start : start + across]
        for number, (title, svg) in enumerate(row):
            x = SIDE + number * (width + GAP)
            parts.append(written(x, y + 16, fitted(title, width), "ink bold"))
            parts.append(placed(svg, x, y + 26, width, high(svg, width)))
        y += 26 + max(high(svg, width) for _title, svg in row) + 16
    return Body(together(parts), y)


def lines(rows: Sequence[Line], *, heads: tuple[str, str, str] = ("", "", "")) -> Body:
    """Return a table with a picture in each line; a line without one says its figure alone."""
    middle, room = SIDE + NAMES, INNER - NAMES - FIGURES - 12
    label, scale, figure = heads
    parts = [
        written(SIDE, 14, fitted(label, NAMES - 12), ""),
        written(middle, 14, fitted(scale, room), ""),
        written(WIDTH - SIDE, 14, fitted(figure, FIGURES), "end"),
    ]
    for number, row in enumerate(rows):
        y = 22 + number * ROW
        parts.append(written(SIDE, y + 19, fitted(row.label, NAMES - 12), "ink"))
        parts.append(written(WIDTH - SIDE, y + 19, fitted(row.figure, FIGURES), "ink end"))
        if row.drawn:
            parts.append(placed(row.drawn, middle, y + 2, room, ROW - 4))
    return Body(together(parts), 22 + ROW * len(rows))


def heat(heads: Sequence[str], rows: Sequence[tuple[str, Sequence[tuple[str, str]]]]) -> Body:
    """Return a grid of cells, each a text and its ground (h1 to h6 or ""); the first head is of names."""
    room = (INNER - NAMES) / max(len(heads) - 1, 1)
    places = [SIDE + NAMES + room * number for number in range(len(heads) - 1)]
    parts = [written(SIDE, 14, fitted(heads[0], NAMES - 12))]
    parts += [
        written(x + room / 2, 14, fitted(head, room - 8), "mid")
        for x, head in zip(places, heads[1:], strict=True)
    ]
    for number, (name, cells) in enumerate(rows):
        y = 22 + number * ROW
        parts.append(written(SIDE, y + 19, fitted(name, NAMES - 12), "ink"))
        for x, (text, look) in zip(places, cells, strict=True):
            ink = "pale" if look in ("h5", "h6") else "ink"
            parts.append(box(x + 1, y + 1, room - 2, ROW - 2, look or "pale"))
            parts.append(written(x + room / 2, y + 19, fitted(text, room - 2), f"mid {ink}"))
    return Body(together(parts), 22 + ROW * len(rows))
