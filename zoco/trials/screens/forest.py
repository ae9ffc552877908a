"""The forest plot: the relative lift of each metric and arm with its interval, what decides bold and filled.

Drawn twice, for wide places and for narrow ones, so that letters stay as large as they are meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from zoco.ledger.pictures.alone.laying import INNER, fitted
from zoco.ledger.pictures.intervals import Scale, dot, line, signed

ROW, TOP, FOOT = 44, 8, 26
SPAN_LEAST, HIGH_MOST, LOW_MOST = 0.05, 10.0, -2.0
"""Of the axis, as shares; what lies beyond is cut off, and its figures stand in the table."""
NEAR, EDGE, LABEL_FOOT = 66, 30, 8


@dataclass(frozen=True, slots=True)
class Line:
    """One interval: what it is of, and the lift as a share; `is_primary` for what decides."""

    label: str
    lift: float
    low: float
    high: float
    is_primary: bool


def drawn(lines: Sequence[Line], title: str, words: str) -> SafeString:
    """Draw the lines, wide and narrow; nothing without lines."""
    if not lines:
        return SafeString("")
    axis = _axis(lines)
    return format_html(
        '<div class="z-forest">{}</div><div class="z-forest small">{}</div>',
        _svg(lines, 680, axis, title, words),
        _svg(lines, 326, axis, title, words),
    )


def alone(lines: Sequence[Line], title: str, words: str) -> SafeString:
    """Draw the lines as wide as a file of their own; nothing without lines."""
    return _svg(lines, int(INNER), _axis(lines), title, words) if lines else SafeString("")


def _axis(lines: Sequence[Line]) -> tuple[float, float]:
    low = max(min(0.0, *(each.low for each in lines)), LOW_MOST)
    high = min(max(0.0, *(each.high for each in lines)), HIGH_MOST)
    wider = max(SPAN_LEAST - (high - low), 0.0) / 2
    return low - wider, high + wider


def _svg(lines: Sequence[Line], width: int, axis: tuple[float, float], title: str, words: str) -> SafeString:
    height, (low, high) = TOP + ROW * len(lines) + FOOT, axis
    scale = Scale(low, high, 12.0, width - 12.0)
    x = scale.at
    rows = format_html_join("", "{}", ((_row(each, number, scale),) for number, each in enumerate(lines)))
    ends = [(low, "start"), (high, "end")]
    middle = "start" if x(0.0) < EDGE else "end" if x(0.0) > width - EDGE else "middle"
    shown = [(0.0, middle), *(each for each in ends if abs(x(each[0]) - x(0.0)) > NEAR)]
    ticks = format_html_join(
        "",
        '<line x1="{0}" x2="{0}" y1="{1}" y2="{2}" stroke="currentColor"/>'
        '<text x="{0}" y="{3}" text-anchor="{4}">{5}</text>',
        (
            (f"{x(share):.1f}", height - FOOT - 6, height - FOOT, height - 8, anchor, signed(share))
            for share, anchor in shown
        ),
    )
    return format_html(
        '<svg class="c" viewBox="0 0 {w} {h}" role="img" aria-label="{title}"><title>{title}</title>'
        "<desc>{words}</desc>{ticks}{rows}</svg>",
        w=width, h=height, title=title, words=words, ticks=ticks, rows=rows,
    )  # fmt: skip


def _row(each: Line, number: int, scale: Scale) -> SafeString:
    y, look = TOP + ROW * number + 32, "" if each.is_primary else "open"
    # The line at zero stands beside intervals alone: where it went on, it would cross their labels.
    return format_html(
        '<line x1="{0}" x2="{0}" y1="{1}" y2="{2}" stroke="currentColor" stroke-width="1"/>'
        '<text x="12" y="{3}"{4}>{5}</text>{6}{7}',
        f"{scale.at(0.0):.1f}",
        y - LABEL_FOOT,
        y + ROW - 32,
        y - 14,
        SafeString(' font-weight="600"') if each.is_primary else "",
        fitted(each.label, scale.end - scale.start),
        line(scale, y, (each.low, each.high), 2.5 if each.is_primary else 1.25),
        dot(scale, y, each.lift, 5, look),
    )
