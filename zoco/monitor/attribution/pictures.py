"""Models side by side: a line for each channel, open rings for models, a dot with its interval for one."""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, HEIGHT, EDGE = 240.0, 22.0, 6.0
RING, DOT = 3.2, 4.2


def side_by_side(
    others: Sequence[float], chosen: float | None, between: tuple[float, float] | None, top: float, said: str
) -> SafeString:
    """Draw one channel on a scale from 0 to `top`; `said` says the same in words."""
    rings = format_html_join(
        "",
        '<circle cx="{}" cy="{}" r="{}" fill="none" stroke="currentColor" opacity="0.7"/>',
        ((_x(value, top), HEIGHT / 2, RING) for value in others),
    )
    line = (
        format_html(
            '<line x1="{}" x2="{}" y1="{}" y2="{}" stroke="currentColor" stroke-width="3" opacity="0.45"/>',
            _x(between[0], top), _x(between[1], top), HEIGHT / 2, HEIGHT / 2,
        )
        if between
        else SafeString("")
    )  # fmt: skip
    dot = (
        format_html('<circle cx="{}" cy="{}" r="{}" fill="currentColor"/>', _x(chosen, top), HEIGHT / 2, DOT)
        if chosen is not None
        else SafeString("")
    )
    return format_html(
        '<svg class="z-side" role="img" aria-label="{}" width="{}" height="{}" viewBox="0 0 {} {}">'
        '<line x1="{}" x2="{}" y1="0" y2="{}" stroke="currentColor"/>{}{}{}</svg>',
        said, int(WIDTH), int(HEIGHT), int(WIDTH), int(HEIGHT), EDGE, EDGE, int(HEIGHT), line, rings, dot,
    )  # fmt: skip


def _x(value: float, top: float) -> str:
    room = WIDTH - 2 * EDGE
    return f"{EDGE + room * min(max(value / top, 0.0), 1.0) if top > 0 else EDGE:.1f}"
