"""Curves as SVG: the picture that is there before, or without, a script; also for mail and print.

The unfinished bucket is dotted, the period before is dashed grey. Both axes start at zero.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from zoco.ledger.pictures.ticks import ticks

LEFT, RIGHT, TOP, BOTTOM = 48.0, 10.0, 12.0, 24.0
NARROW = 326
"""How wide what is drawn for phones is: as wide as their panels, so that letters are as large as meant."""
NAME_ROOM, NAMES_LEAST = 128, 3
"""How much of the width each name along the foot has, and how many of them there are at least."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Values by bucket, with their labels; `before` may be empty. `is_open`: the last bucket goes on.

    Where a value is None there is a gap. `is_whole`: the axis bears whole numbers only. `imported` are
    values that came from elsewhere, which the line of `values` leaves out.
    """

    values: Sequence[float | None]
    labels: Sequence[str]
    title: str
    words: str
    before: Sequence[float | None] = ()
    is_open: bool = False
    is_whole: bool = False
    marks: Sequence[int] = ()
    """At which values the first, second … mark stands."""
    imported: Sequence[float | None] = ()
    band: Sequence[tuple[float, float]] = ()
    """Bounds of `before`, by bucket."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Where values land on the drawing."""

    width: float
    height: float
    count: int
    top_value: float

    def x(self, index: int) -> float:
        room = self.width - LEFT - RIGHT
        return LEFT + (room * index / (self.count - 1) if self.count > 1 else room / 2)

    def y(self, value: float) -> float:
        room = self.height - TOP - BOTTOM
        return TOP + room * (1 - value / self.top_value)

    def line(self, points: Sequence[tuple[int, float]]) -> str:
        return "M" + " ".join(f"{self.x(index):.1f},{self.y(value):.1f}" for index, value in points)


@dataclass(frozen=True, slots=True)
class Fitting:
    """The same picture for wide and for narrow places; a page shows what fits, a file has the wide one."""

    wide: SafeString
    narrow: SafeString

    def __str__(self) -> str:
        return format_html(
            '<div class="z-fit">{}</div><div class="z-fit small">{}</div>', self.wide, self.narrow
        )

    __html__ = __str__


def fitting(drawn: Curve, write: Callable[[float], str]) -> Fitting:
    """Draw a curve for pages, whatever they are read on."""
    return Fitting(curve(drawn, write), curve(drawn, write, width=NARROW, height=200))


def curve(drawn: Curve, write: Callable[[float], str], *, width: int = 960, height: int = 230) -> SafeString:
    """Draw a curve; `write` writes the values of the axis."""
    tops = [high for _low, high in drawn.band]
    known = [value for value in (*drawn.values, *drawn.before, *drawn.imported, *tops) if value is not None]
    steps = ticks(max(known, default=0), 4, whole=drawn.is_whole)
    frame = Frame(width, height, max(len(drawn.values), len(drawn.before)), steps[-1])
    closed = drawn.values[:-1] if drawn.is_open else drawn.values
    opened = _pieces(drawn.values, len(drawn.values) - 2) if drawn.is_open else []
    return format_html(
        '<svg class="c" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        "<title>{}</title><desc>{}</desc>{}{}{}{}{}{}{}{}</svg>",
        width,
        height,
        drawn.title,
        drawn.title,
        drawn.words,
        _grid(frame, steps, write),
        _names(frame, drawn.labels),
        _marks(frame, drawn.marks),
        _band(frame, drawn.band),
        _paths("prev", frame, _pieces(drawn.before)),
        _paths("l1 imp", frame, _pieces(drawn.imported)),
        _paths("l1", frame, _pieces(closed)),
        _paths("l1 dot", frame, opened),
    )


def _pieces(values: Sequence[float | None], first: int = 0) -> list[list[tuple[int, float]]]:
    """Return the runs of known values from `first` on, as points."""
    runs: list[list[tuple[int, float]]] = [[]]
    for index, value in enumerate(values):
        if value is None:
            runs.append([])
        elif index >= first:
            runs[-1].append((index, value))
    return [run for run in runs if run]


def _band(frame: Frame, band: Sequence[tuple[float, float]]) -> SafeString:
    """Draw the bounds of the line before as one pale surface."""
    if len(band) < 2:
        return SafeString("")
    there = [(at, high) for at, (_low, high) in enumerate(band)]
    back = [(at, low) for at, (low, _high) in enumerate(band)][::-1]
    points = " ".join(f"{frame.x(at):.1f},{frame.y(value):.1f}" for at, value in there + back)
    return format_html('<polygon class="f1" fill-opacity=".14" points="{}"/>', points)


def _paths(kind: str, frame: Frame, runs: list[list[tuple[int, float]]]) -> SafeString:
    return format_html_join("", "{}", ((_path(kind, frame, run),) for run in runs))


def _grid(frame: Frame, steps: Sequence[float], write: Callable[[float], str]) -> SafeString:
    return format_html_join(
        "",
        '<path d="M{},{}H{}" stroke="currentColor" stroke-opacity="{}" fill="none"/>'
        '<text x="{}" y="{}" text-anchor="end">{}</text>',
        (
            (
                LEFT,
                f"{frame.y(step):.1f}",
                frame.width - RIGHT,
                ".5" if step == 0 else ".12",
                LEFT - 8,
                f"{frame.y(step) + 4:.1f}",
                write(step),
            )
            for step in steps
        ),
    )


def _names(frame: Frame, labels: Sequence[str]) -> SafeString:
    most = max(NAMES_LEAST, int((frame.width - LEFT - RIGHT) // NAME_ROOM))
    every = max(1, -(-len(labels) // most))
    shown = range(0, len(labels), every)
    return format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="middle">{}</text>',
        (
            (f"{frame.x(index):.1f}", frame.height - 6, labels[index])
            for index in shown
            if index == 0 or frame.x(index) < frame.width - 40
        ),
    )


def _marks(frame: Frame, marks: Sequence[int]) -> SafeString:
    """Draw an upright line for each mark, with the numbers of those that stand there."""
    numbers: dict[int, list[str]] = {}
    for number, index in enumerate(marks, 1):
        numbers.setdefault(index, []).append(str(number))
    return format_html_join(
        "",
        '<path class="mark" d="M{},{}V{}"/><text class="mark" x="{}" y="{}" text-anchor="middle">{}</text>',
        (
            (x := f"{frame.x(index):.1f}", TOP, frame.height - BOTTOM, x, TOP - 2, "·".join(each))
            for index, each in numbers.items()
        ),
    )


def _path(kind: str, frame: Frame, points: Sequence[tuple[int, float]]) -> SafeString:
    if not points:
        return SafeString("")
    if len(points) == 1:
        index, value = points[0]
        x, y = f"{frame.x(index):.1f}", f"{frame.y(value):.1f}"
        if kind == "prev":
            return format_html('<circle class="prev" cx="{}" cy="{}" r="2"/>', x, y)
        return format_html('<circle class="f1" cx="{}" cy="{}" r="3"/>', x, y)
    return format_html('<path class="{}" d="{}"/>', kind, frame.line(points))
