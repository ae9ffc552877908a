"""Models side by side: a line for each channel, open rings for models, a dot with its interval for one."""

from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString

from zoco.ledger.pictures.intervals import Scale, dot, line

WIDTH, HEIGHT, EDGE = 240.0, 22.0, 6.0
RING, DOT = 3.2, 4.2


def side_by_side(
    others: Sequence[float], chosen: float | None, between: tuple[float, float] | None, top: float, said: str
) -> SafeString:
    """Draw one channel on a scale from 0 to `top`; `said` says the same in words."""
    scale, y = Scale(0.0, top, EDGE, WIDTH - EDGE), HEIGHT / 2
    drawn = [
        *([line(scale, y, between, 3, "pale")] if between else []),
        *(dot(scale, y, value, RING, "open") for value in others),
        *([dot(scale, y, chosen, DOT)] if chosen is not None else []),
    ]
    return format_html(
        '<svg class="z-side" role="img" aria-label="{}" width="{}" height="{}" viewBox="0 0 {} {}">'
        '<line x1="{}" x2="{}" y1="0" y2="{}" stroke="currentColor"/>{}</svg>',
        said, int(WIDTH), int(HEIGHT), int(WIDTH), int(HEIGHT), EDGE, EDGE, int(HEIGHT),
        SafeString("".join(drawn)),
    )  # fmt: skip
