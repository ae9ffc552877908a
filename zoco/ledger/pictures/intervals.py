"""Figures with their bounds: how intervals are written and drawn, wherever they stand."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from zoco.ledger.pictures import formats

Number = TypeVar("Number")


def signed(share: float, places: int = 1) -> str:
    """Write a share with its sign: +4.2%."""
    return f"{'+' if share > 0 else ''}{formats.percent(share, places)}"


def between(low: Number, high: Number, write: Callable[[Number], str]) -> str:
    """Write bounds: 3 to 5."""
    return _("%(low)s to %(high)s") % {"low": write(low), "high": write(high)}


@dataclass(frozen=True, slots=True)
class Scale:
    """Where values land on a drawing: `least` at `start`, `most` at `end`, and beyond at the edge."""

    least: float
    most: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return the place of a value."""
        if self.most <= self.least:
            return self.start
        share = (value - self.least) / (self.most - self.least)
        return self.start + (self.end - self.start) * min(max(share, 0.0), 1.0)


def line(scale: Scale, y: float, bounds: tuple[float, float], width: float, look: str = "") -> SafeString:
    """Draw an interval; `look` is a class of the style sheet."""
    low, high = (f"{scale.at(each):.1f}" for each in bounds)
    return format_html(
        '<line class="i {}" x1="{}" x2="{}" y1="{}" y2="{}" stroke-width="{}"/>', look, low, high, y, y, width
    )


def dot(scale: Scale, y: float, value: float, radius: float, look: str = "") -> SafeString:
    """Draw the figure itself; `look` is a class of the style sheet: open, pale."""
    return format_html(
        '<circle class="i {}" cx="{}" cy="{}" r="{}"/>', look, f"{scale.at(value):.1f}", y, radius
    )
