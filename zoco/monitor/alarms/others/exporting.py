"""The alarm about exports: a scheduled one fails, or files that cannot be reached hold who was erased."""

from datetime import datetime, timedelta

from django.db.models import Min

from zoco.ledger.store import opening
from zoco.monitor.alarms import services
from zoco.monitor.alarms.detecting import Failing
from zoco.monitor.alarms.models import Alarm
from zoco.monitor.exports.models import ExportDuty, ExportPlan
from zoco.monitor.exports.plans import days_missing

# A server that restarts is no incident.
PATIENCE = timedelta(hours=1)
HOUR = timedelta(hours=1)


def exports_look(*, now: datetime) -> int:
    """Raise the alarm of each site whose exports fail, close it when they do not; returns how many fail."""
    failing = 0
    for alarm in Alarm.objects.filter(kind="export", is_on=True).select_related("site").order_by("id"):
        seen = _seen(alarm.site_id, now)
        services.seen_apply(alarm, seen, at=now, calm=timedelta())
        failing += seen is not None
    return failing


def _seen(site: int, now: datetime) -> Failing | None:
    late = now - PATIENCE
    plans = list(
        ExportPlan.objects.filter(site=site, is_on=True, failing_since__lte=late).order_by("failing_since")
    )
    owed = ExportDuty.objects.filter(day__site=site, asked_at__lte=late, tries__gt=0).order_by("id")
    since = [plan.failing_since for plan in plans] + [owed.aggregate(first=Min("asked_at"))["first"]]
    known = [each for each in since if each is not None]
    if not known:
        return None
    days = {day for plan in plans for day in days_missing(plan, now, opening.store())}
    whys = [*(plan.said for plan in plans), *owed.values_list("said", flat=True)[:1]]
    held = owed.values("day").distinct().count()
    return Failing(max(1, (now - min(known)) // HOUR), len(days), held, next(filter(None, whys), ""))
