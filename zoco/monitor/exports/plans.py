"""Scheduled exports: which days are due, those that an outage left out and those that changed included."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from zoco.ledger.store import opening
from zoco.ledger.store.base import QueryFailed, StoreBusy
from zoco.monitor.exports import duties
from zoco.monitor.exports.days import day_stamp, first_day
from zoco.monitor.exports.models import ExportDay, ExportPlan, ExportRun
from zoco.monitor.exports.services import DAYS_MOST, ExportWrong, day_over, run_begin, runs_bury
from zoco.monitor.exports.targets import EXPORTS
from zoco.sites.models import Site
from zoco.sites.reads import local_day

if TYPE_CHECKING:
    from zoco.ledger.store.base import Store

log = logging.getLogger(__name__)

# After midnight facts of the day before may still be on their way.
LATE = timedelta(minutes=30)
RETRY = timedelta(minutes=30)
CHANGED_DAYS = 35
"""So far back a day is written again when facts came late or were judged anew."""


def plans_look(*, now: datetime, store: Store | None = None) -> int:
    """Begin what is due; returns how many runs were begun."""
    begun = 0
    runs_bury(ExportRun.objects.all())
    for plan in ExportPlan.objects.filter(is_on=True).select_related("site").order_by("id"):
        try:
            begun += _look(plan, now, store or opening.store())
        except ExportWrong:
            continue  # another run of the site and format is at it; the next look finds the rest
        except (QueryFailed, StoreBusy):
            log.exception("A scheduled export could not be looked at; it is tried again. plan=%s", plan.pk)
    return begun


def _look(plan: ExportPlan, now: datetime, store: Store) -> int:
    last = plan.runs.order_by("-id").first()
    if last is not None and (last.is_open or (_has_failed(last) and last.told_at > now - RETRY)):
        return 0
    days = days_due(plan, now, store)
    if not days:
        return 0
    first, until = days[0], min(days[-1], days[0] + timedelta(days=DAYS_MOST - 1))
    run_begin(site=plan.site_id, first=first, last=until, format=plan.format, plan=plan)
    return 1


def _has_failed(run: ExportRun) -> bool:
    return run.state in (ExportRun.State.FAILED, ExportRun.State.STOPPED)


def days_due(plan: ExportPlan, now: datetime, store: Store) -> list[date]:
    """Return the days that are over and not written yet, and once a day those that changed since."""
    span = _span(plan, now, store)
    there = _there(plan, span)
    due = [day for day in span if day not in there]
    today = local_day(plan.site, now)
    if span and plan.looked_on != today:
        zone = plan.site.zone
        changed = [day for day in span[-CHANGED_DAYS:] if day in there and _has_more(there[day], zone, store)]
        due = sorted([*due, *changed])
        ExportPlan.objects.filter(pk=plan.pk).update(looked_on=today)
    return due


def days_missing(plan: ExportPlan, now: datetime, store: Store) -> list[date]:
    """Return the days that are over and not written yet."""
    span = _span(plan, now, store)
    there = _there(plan, span)
    return [day for day in span if day not in there]


def _span(plan: ExportPlan, now: datetime, store: Store) -> list[date]:
    """Return all days that are to be there by now."""
    zone = plan.site.zone
    end = day_over(zone, now, after=LATE)
    if plan.every == ExportPlan.Every.MONTH:
        end = (end + timedelta(days=1)).replace(day=1) - timedelta(days=1)
    first = first_day(store, plan.site_id, zone)
    if first is None:
        return []
    start = max(plan.since, first, _kept_since(plan.site, now) or plan.since)
    return [start + timedelta(days=number) for number in range((end - start).days + 1)]


def _there(plan: ExportPlan, span: list[date]) -> dict[date, ExportDay]:
    if not span:
        return {}
    rows = ExportDay.objects.filter(
        site=plan.site_id, format=plan.format, target=EXPORTS(), made_at__isnull=False
    )
    return {row.day: row for row in rows.filter(day__gte=span[0], day__lte=span[-1])}


def _has_more(row: ExportDay, zone: str, store: Store) -> bool:
    """Say whether the ledger has the day otherwise, and not less of it: what a file alone still has stays."""
    facts, stamp = day_stamp(store, row.site, zone, row.day)
    return stamp != row.stamp and facts >= row.rows


def _kept_since(site: Site, now: datetime) -> date | None:
    """Return the first day that a site keeps; None when it keeps all."""
    if not 0 < site.retention_days <= 36_500:
        return None
    return local_day(site, now) - timedelta(days=site.retention_days)


def files_retain(*, now: datetime) -> int:
    """Owe files of days past their site's time, and of sites that are gone; returns how many days are new."""
    sites = {site.pk: site for site in Site.objects.order_by("id")}
    past = Q()
    for site in sites.values():
        kept = _kept_since(site, now)
        if kept is not None:
            past |= Q(site=site.pk, day__lt=kept)
    gone = ~Q(site__in=list(sites))
    return duties.days_whole(ExportDay.objects.filter(past | gone if past else gone))


def look() -> None:
    """Begin what is due; what is owed is done beside."""
    now = timezone.now()
    plans_look(now=now)
    files_retain(now=now)
    duties.duties_begin()
