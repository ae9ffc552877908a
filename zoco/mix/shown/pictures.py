"""Pictures of a media mix: response curves, the waterfall, returns as lines with their bounds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from zoco.ledger.pictures.intervals import Scale, dot, line
from zoco.ledger.pictures.ticks import ticks

WIDTH, HEIGHT = 326.0, 200.0
LEFT, RIGHT, TOP, BOTTOM = 48.0, 12.0, 10.0, 24.0
Write = Callable[[float], str]


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on a response curve: what is spent there, and how the line to it looks."""

    at: float
    look: str


@dataclass(frozen=True, slots=True)
class Axes:
    """Steps of both axes, which begin at 0, and where values land on the drawing."""

    across: Sequence[float]
    up: Sequence[float]

    def x(self, value: float) -> float:
        """Return where a spending is."""
        return LEFT + (WIDTH - LEFT - RIGHT) * value / self.across[-1]

    def y(self, value: float) -> float:
        """Return where an effect is."""
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - max(value, 0.0) / self.up[-1])

    def path(self, spend: Sequence[float], effects: Sequence[float]) -> str:
        """Return points."""
        return " ".join(
            f"{self.x(place):.1f},{self.y(value):.1f}" for place, value in zip(spend, effects, strict=True)
        )

    def drawn(self, write: Write) -> SafeString:
        """Draw lines across with their values, and values along the foot."""
        rows = (
            (LEFT, f"{self.y(each):.1f}", WIDTH - RIGHT, LEFT - 6, f"{self.y(each) + 4:.1f}", write(each))
            for each in self.up
        )
        foot = (
            (f"{self.x(each):.1f}", HEIGHT - 6, "end" if each == self.across[-1] else "middle", write(each))
            for each in self.across
        )
        line = '<path class="grid" d="M{} {}H{}"/><text x="{}" y="{}" text-anchor="end">{}</text>'
        text = '<text x="{}" y="{}" text-anchor="{}">{}</text>'
        return format_html_join("", line, rows) + format_html_join("", text, foot)


def response(
    curve: dict[str, Any], marks: Sequence[Mark], write: Write, *, title: str, words: str
) -> SafeString:
    """Draw what a channel adds by what is spent on it, with the band and lines at some spendings."""
    axes = Axes(ticks(max(curve["spend"]), 3), ticks(max(curve["high"]), 4))
    there, back = curve["spend"], curve["spend"][::-1]
    lines = format_html_join(
        "",
        '<path class="{}" d="M{} {}V{}"/>',
        (
            (each.look, f"{axes.x(each.at):.1f}", TOP, HEIGHT - BOTTOM)
            for each in marks
            if each.at <= axes.across[-1]
        ),
    )
    return format_html(
        '<svg class="c z-mix-curve" viewBox="0 0 {} {}" role="img" aria-label="{}"><title>{}</title>'
        '<desc>{}</desc>{}<polygon class="f1" fill-opacity=".18" points="{} {}"/>'
        '<polyline class="l1" points="{}"/>{}</svg>',
        WIDTH,
        HEIGHT,
        title,
        title,
        words,
        axes.drawn(write),
        axes.path(there, curve["high"]),
        axes.path(back, curve["low"][::-1]),
        axes.path(there, curve["mean"]),
        lines,
    )


def floating(start: float, end: float, least: float, most: float) -> SafeString:
    """Draw one bar of a waterfall between the least and the most of all. The figure stands beside it."""
    scale = 100 / (most - least)
    at, length = (min(start, end) - least) * scale, max(abs(end - start) * scale, 0.4)
    return format_html(
        '<svg class="z-mix-bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        '<path class="zero" d="M{} 0V10"/><rect class="{}" x="{}" y="2" width="{}" height="6"/></svg>',
        f"{-least * scale:.2f}",
        "less" if end < start else "more",
        f"{at:.2f}",
        f"{length:.2f}",
    )


def pair(now: float, advised: float, most: float) -> SafeString:
    """Draw what is spent now above what is advised, from 0 to `most`. The figures stand beside it."""
    return format_html(
        '<svg class="z-mix-bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="less" y="1" width="{}" height="3"/>'
        '<rect class="more" y="5" width="{}" height="4"/></svg>',
        f"{100 * now / most:.2f}",
        f"{100 * advised / most:.2f}",
    )


def whisker(
    low: float, mean: float, high: float, most: float, before: tuple[float, float] | None = None
) -> SafeString:
    """Draw a mean with its bounds from 0 to `most`, and above it, pale, what was believed before."""
    scale = Scale(0.0, most, 6.0, 234.0)
    return format_html(
        '<svg class="z-side" width="240" height="22" viewBox="0 0 240 22" aria-hidden="true">{}{}{}</svg>',
        line(scale, 4, before, 2, "pale") if before else "",
        line(scale, 14, (low, high), 2),
        dot(scale, 14, mean, 4),
    )
