"""Pictures of a media mix: response curves, the waterfall, returns as lines with their bounds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from zoco.ledger.pictures.ticks import ticks

WIDTH, HEIGHT = 326.0, 200.0
LEFT, RIGHT, TOP, BOTTOM = 48.0, 12.0, 10.0, 24.0
Write = Callable[[float], str]


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on a response curve: what is spent there, and how the line to it looks."""

    at: float
    look: str


def response(
    curve: dict[str, Any], marks: Sequence[Mark], write: Write, *, title: str, words: str
) -> SafeString:
    """Draw what a channel adds by what is spent on it, with the band and lines at some spendings."""
    spend, low, mean, high = (curve[name] for name in ("spend", "low", "mean", "high"))
    across, up = ticks(max(spend), 3), ticks(max(high), 4)
    room, tall = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x(value: float) -> float:
        return LEFT + room * value / across[-1]

    def y(value: float) -> float:
        return TOP + tall * (1 - max(value, 0.0) / up[-1])

    def path(values: Sequence[float], places: Sequence[float]) -> str:
        return " ".join(f"{x(place):.1f},{y(value):.1f}" for place, value in zip(places, values, strict=True))

    band = f"{path(high, spend)} {path(low[::-1], spend[::-1])}"
    rows = format_html_join(
        "",
        '<path class="grid" d="M{} {}H{}"/><text x="{}" y="{}" text-anchor="end">{}</text>',
        ((LEFT, f"{y(each):.1f}", WIDTH - RIGHT, LEFT - 6, f"{y(each) + 4:.1f}", write(each)) for each in up),
    )
    foot = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="{}">{}</text>',
        (
            (f"{x(each):.1f}", HEIGHT - 6, "end" if each == across[-1] else "middle", write(each))
            for each in across
        ),
    )
    lines = format_html_join(
        "",
        '<path class="{}" d="M{} {}V{}"/>',
        ((each.look, f"{x(each.at):.1f}", TOP, HEIGHT - BOTTOM) for each in marks if each.at <= across[-1]),
    )
    return format_html(
        '<svg class="c z-mix-curve" viewBox="0 0 {} {}" role="img" aria-label="{}"><title>{}</title>'
        '<desc>{}</desc>{}{}<polygon class="f1" fill-opacity=".18" points="{}"/>'
        '<polyline class="l1" points="{}"/>{}</svg>',
        WIDTH,
        HEIGHT,
        title,
        title,
        words,
        rows,
        foot,
        band,
        path(mean, spend),
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


def whisker(
    low: float, mean: float, high: float, most: float, before: tuple[float, float] | None = None
) -> SafeString:
    """Draw a mean with its bounds from 0 to `most`, and above it, thin, what was believed before."""

    def place(value: float) -> str:
        return f"{100 * min(max(value / most, 0.0), 1.0):.2f}"

    prior = (
        format_html('<path class="before" d="M{} 2H{}"/>', place(before[0]), place(before[1]))
        if before
        else SafeString("")
    )
    return format_html(
        '<svg class="z-mix-bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">{}'
        '<path class="line" d="M{} 6H{}"/><path class="dot" d="M{} 3V9"/></svg>',
        prior,
        place(low),
        place(high),
        place(mean),
    )
