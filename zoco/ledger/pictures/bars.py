"""Bars in the rows of a table: the length is the share of the largest row of the whole table."""

from django.utils.html import format_html
from django.utils.safestring import SafeString


def bar(value: float, largest: float) -> SafeString:
    """Return the bar of one row, empty for nothing. It is decoration: the figure stands beside."""
    if largest <= 0 or value <= 0:
        return SafeString("")
    width = f"{min(100.0, max(0.4, 100 * value / largest)):.1f}"
    return format_html(
        '<svg class="z-fill" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="{}" height="1"/></svg>',
        width,
    )
