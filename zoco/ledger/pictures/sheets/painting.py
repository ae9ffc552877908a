"""A curve as PNG, for mail and PDF: the same figures, places and marks of time as the page's own."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from itertools import pairwise
from math import dist
from typing import TYPE_CHECKING

from zoco.ledger.pictures.charts import Chart
from zoco.ledger.pictures.curves import LEFT, Frame
from zoco.ledger.pictures.sheets.letters import FONT, writable

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

WIDTH, HEIGHT = 600, 190
# Drawn four times as large, kept at twice: so that edges are smooth and print is sharp.
SCALE, KEPT = 4, 2
INK, FAINT, LINE, BEFORE = "#44474f", "#dcdde1", "#007d7e", "#85888f"
Points = list[tuple[float, float]]


def painted(drawn: Chart) -> bytes:
    """Return the picture of a chart."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), "white")
    pen, font = ImageDraw.Draw(image), ImageFont.truetype(str(FONT), 11 * SCALE)
    points = drawn.points
    steps, values, before = points["steps"], points["ours"], points["before"]
    frame = Frame(WIDTH, HEIGHT, max(len(values), len(before)), steps[-1] or 1)
    _grid(pen, font, frame, list(zip(steps, points["stepTexts"], strict=True)))
    _names(pen, font, frame, points["labels"])
    _line(pen, frame, before, BEFORE, dash=5)
    _line(pen, frame, points["imported"], LINE, dash=8)
    is_open = points["isOpen"] and len(values) > 1
    _line(pen, frame, values[:-1] if is_open else values, LINE)
    if is_open:
        _line(pen, frame, [None] * (len(values) - 2) + values[-2:], LINE, dash=2)
    kept = image.resize((WIDTH * KEPT, HEIGHT * KEPT), Image.Resampling.LANCZOS)
    written = BytesIO()
    kept.quantize(64).save(written, "PNG", optimize=True)
    return written.getvalue()


def _grid(pen: ImageDraw, font: FreeTypeFont, frame: Frame, steps: list[tuple[float, str]]) -> None:
    for value, text in steps:
        y = frame.y(value) * SCALE
        pen.line([(LEFT * SCALE, y), ((frame.width - 10) * SCALE, y)], fill=FAINT, width=SCALE)
        pen.text(((LEFT - 8) * SCALE, y), writable(text), fill=INK, font=font, anchor="rm")


def _names(pen: ImageDraw, font: FreeTypeFont, frame: Frame, labels: Sequence[str]) -> None:
    every = max(1, -(-len(labels) // 6))
    for index in range(0, len(labels), every):
        if index and frame.x(index) >= frame.width - 40:
            continue
        place = (frame.x(index) * SCALE, (frame.height - 4) * SCALE)
        pen.text(place, writable(labels[index]), fill=INK, font=font, anchor="ms" if index else "ls")


def _line(
    pen: ImageDraw, frame: Frame, values: Sequence[float | None], colour: str, *, dash: float = 0
) -> None:
    """Draw each run of known values; a single one is a dot. `dash`: how long a stroke and a gap are."""
    run: Points = []
    for index, value in enumerate([*values, None]):
        if value is not None:
            run.append((frame.x(index) * SCALE, frame.y(value) * SCALE))
            continue
        _run(pen, run, colour, dash * SCALE)
        run = []


def _run(pen: ImageDraw, run: Points, colour: str, dash: float) -> None:
    if len(run) == 1:
        (x, y), size = run[0], 3 * SCALE
        pen.ellipse([x - size, y - size, x + size, y + size], fill=colour)
    elif run and not dash:
        pen.line(run, fill=colour, width=2 * SCALE, joint="curve")
    elif run:
        _dashed(pen, run, colour, dash)


def _dashed(pen: ImageDraw, run: Points, colour: str, dash: float) -> None:
    gone, is_stroke = 0.0, True
    for first, last in pairwise(run):
        length, at = dist(first, last), 0.0
        while at < length:
            step = min(dash - gone, length - at)
            if is_stroke:
                pen.line([_along(first, last, at, length), _along(first, last, at + step, length)],
                         fill=colour, width=2 * SCALE)  # fmt: skip
            at, gone = at + step, gone + step
            if gone >= dash:
                gone, is_stroke = 0.0, not is_stroke


def _along(
    first: tuple[float, float], last: tuple[float, float], at: float, length: float
) -> tuple[float, float]:
    share = at / length if length else 0.0
    return first[0] + (last[0] - first[0]) * share, first[1] + (last[1] - first[1]) * share
