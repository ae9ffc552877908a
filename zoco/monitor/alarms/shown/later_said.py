"""What fell later, while an incident was open, in words."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from zoco.ledger.pictures import formats
from zoco.monitor.alarms.further.noting import Later, later_of
from zoco.monitor.alarms.models import Incident
from zoco.monitor.alarms.said import named_said, part_said, seen_said, what_said


def later_title(incident: Incident, later: Later) -> str:
    """Say in a few words what fell too, and where."""
    words = {
        "what": what_said(later.found),
        "site": incident.alarm.site.name,
        "part": part_said(later.found["cause"]),
    }
    return _("%(what)s on %(site)s: %(part)s fell too") % words


def later_said(incident: Incident, later: Later) -> str:
    """Say when which part fell too, with what was seen and expected of it, and its other names."""
    at = formats.moment(later.at.astimezone(ZoneInfo(incident.alarm.site.zone)))
    part = part_said(later.found["cause"])
    said = _("%(at)s: %(part)s fell too. %(said)s") % {
        "at": at, "part": part, "said": seen_said(later.found)
    }  # fmt: skip
    others = later.names - {(later.found["cause"]["dimension"], later.found["cause"]["values"][0])}
    if others:
        named = "; ".join(named_said(name, [value]) for name, value in sorted(others))
        said += " " + _("The same under another name: %(parts)s.") % {"parts": named}
    return said


def all_later_said(incident: Incident) -> list[str]:
    """Say all that fell later, oldest first."""
    return [later_said(incident, each) for each in later_of(incident)]
