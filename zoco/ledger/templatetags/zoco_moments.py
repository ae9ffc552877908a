"""Moments in templates: `{{ note.at|moment }}`, `{{ run.created_at|day }}`, and the zone once a page."""

from datetime import datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from zoco.ledger.pictures import moments

register = template.Library()


@register.filter
def moment(at: datetime | None, how: str = "") -> str:
    """Write a moment; with its seconds by `|moment:"seconds"`."""
    return moments.said(at, seconds=how == "seconds")


@register.filter
def day(at: datetime | None) -> str:
    """Write the day on which a moment falls."""
    return moments.day_said(at)


@register.simple_tag
def moments_zone() -> SafeString:
    """Say by whose clock the moments of a page are."""
    words = _("Moments are those of %(zone)s.") % {"zone": moments.zone().key.replace("_", " ")}
    return format_html('<p class="meta">{}</p>', words)
