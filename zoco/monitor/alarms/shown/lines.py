"""Incidents and alarms as lines of their list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zoco.ledger.pictures import formats
from zoco.monitor.alarms import said
from zoco.monitor.alarms.models import Alarm, Incident
from zoco.monitor.alarms.shown import before_said
from zoco.monitor.alarms.shown.later_said import all_later_said

RATE_WEEKS = 8


def incident_line(incident: Incident) -> dict[str, Any]:
    """Return an incident as a line."""
    return {
        "incident": incident,
        "title": said.incident_title(incident),
        "said": said.incident_said(incident),
        "later": all_later_said(incident),
        "opened": formats.moment(incident.opened_at.astimezone(ZoneInfo(incident.alarm.site.zone))),
        "is_open": incident.closed_at is None,
        "is_new": incident.acknowledged_at is None,
        "mark": incident.get_mark_display() if incident.mark else "",
    }


def alarm_line(alarm: Alarm) -> dict[str, Any]:
    """Return what an alarm watches and knows."""
    if not alarm.is_on:
        return {"alarm": alarm, "said": said.alarm_said(alarm), "known": _("Off"), "before": ""}
    before = before_said.before_said(alarm)
    return {"alarm": alarm, "said": said.alarm_said(alarm), "known": said.known_said(alarm), "before": before}


def false_rate(sites: Sequence[int], now: datetime) -> str:
    """Say how many false alarms there were a week, by what people marked."""
    first = (
        Alarm.objects.filter(site__in=sites)
        .order_by("created_at")
        .values_list("created_at", flat=True)
        .first()
    )
    if first is None:
        return ""
    weeks = min(RATE_WEEKS, max((now - first) / timedelta(weeks=1), 1.0))
    recent = Incident.objects.filter(alarm__site__in=sites, opened_at__gte=now - timedelta(weeks=weeks))
    false = recent.filter(mark=Incident.Mark.FALSE).count()
    unmarked = recent.filter(mark=Incident.Mark.NONE).count()
    whole = round(weeks)
    rate = ngettext(
        "Marked as false: %(rate)s a week over the last week.",
        "Marked as false: %(rate)s a week over the last %(weeks)s weeks.",
        whole,
    ) % {"rate": formats.decimal(false / weeks, 1), "weeks": whole}
    open_words = ngettext(
        "%(count)s incident is not marked yet.", "%(count)s incidents are not marked yet.", unmarked
    )
    return f"{rate} {open_words % {'count': unmarked}}" if unmarked else rate
