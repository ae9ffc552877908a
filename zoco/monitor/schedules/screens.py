"""Pages of scheduled reports: the list with what came of each, one with its form, its buttons."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zoco.kit.plugs import PlugUnknown
from zoco.ledger import sitebook
from zoco.ledger.asking.filters import FilterWrong, filters_named
from zoco.ledger.pictures import formats
from zoco.ledger.report import Report
from zoco.ledger.views.actions import Action
from zoco.ledger.views.address import Address
from zoco.ledger.views.controls import chip
from zoco.ledger.views.dashboards import Dashboard
from zoco.ledger.views.heads import head
from zoco.monitor.hooks import hook_owned
from zoco.monitor.schedules import services
from zoco.monitor.schedules.asked import title_of
from zoco.monitor.schedules.forms import ScheduleForm, receivers_of
from zoco.monitor.schedules.models import Schedule, Sending
from zoco.monitor.schedules.services import ADD, SEE, SEE_REPORTS

SENDINGS_MOST = 20
FAILED_DAYS = 30
# Why something was not sent, where it is no sentence of the outside world.
WHY = {
    "paused": gettext_lazy("It was paused meanwhile."),
    "interrupted": gettext_lazy(
        "The program was stopped while the mail was being handed over. Send it again if it is missing."
    ),
    "died": gettext_lazy("The program was stopped each time while this report was made."),
}


def _page(request: HttpRequest, template: str, title: str, **values: object) -> HttpResponse:
    return render(request, f"zoco/monitor/schedules/{template}.html", head(title, "mail") | values)


def _shown(request: HttpRequest) -> QuerySet[Schedule]:
    sites = [each.id for each in sitebook.sites()]
    return Schedule.objects.filter(site__in=sites).select_related("site", "segment", "created_by")


def _one(request: HttpRequest, pk: int, *, to_change: bool = False) -> Schedule:
    """Return a schedule that the reader may see. Raises Http404, PermissionDenied."""
    schedule = get_object_or_404(_shown(request), pk=pk)
    allowed = services.may_change if to_change else services.is_seen_by
    if not allowed(request.user, schedule):  # type: ignore[arg-type]
        raise PermissionDenied
    return schedule


@never_cache
@permission_required(SEE, raise_exception=True)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List the schedules that the reader may see, with what came of each last."""
    mine = set(_shown(request).filter(receivers=request.user.pk).values_list("pk", flat=True))
    last = Sending.objects.filter(schedule=OuterRef("pk"), is_preview=False).order_by("-due_at", "-id")
    since = timezone.now() - timedelta(days=FAILED_DAYS)
    states = [Sending.State.FAILED, Sending.State.UNKNOWN]
    bad = Q(sendings__state__in=states, sendings__due_at__gte=since, sendings__is_preview=False)
    rows = _shown(request).annotate(last=Subquery(last.values("pk")[:1]), bad=Count("sendings", filter=bad))
    kept = [
        each
        for each in rows.order_by("site", "name", "id")
        if each.pk in mine or services.may_change(request.user, each)  # type: ignore[arg-type]
    ]
    sent = Sending.objects.select_related("user", "schedule__site").in_bulk(
        [each.last for each in kept if each.last]
    )
    lines = [_line(each, sent.get(each.last), each.bad) for each in kept]
    return _page(request, "schedules", _("Scheduled reports"), lines=lines)


def _line(schedule: Schedule, last: Sending | None, bad: int) -> dict[str, Any]:
    return {
        "schedule": schedule,
        "what": what_said(schedule),
        "when": when_said(schedule),
        "last": _result(last) if last else None,
        "failures": formats.count(bad),
        "next": _moment(schedule, schedule.next_at) if schedule.next_at else _("paused"),
    }


def what_said(schedule: Schedule) -> str:
    """Say what is sent: site, report, and what it is narrowed to."""
    try:
        title = title_of(schedule)
    except PlugUnknown:
        title = schedule.key
    narrowed = [schedule.segment_name] if schedule.segment_name else _filters(schedule)
    return " · ".join([schedule.site.name, title, *narrowed])


def _filters(schedule: Schedule) -> list[str]:
    try:
        chips = [chip(each, Address(QueryDict(), "zoco_ledger")) for each in filters_named(schedule.filters)]
    except FilterWrong:
        return [f"{key.removeprefix('f.')}={', '.join(values)}" for key, values in schedule.filters.items()]
    return [f"{each.label} {each.operator} {each.values}" for each in chips]


def when_said(schedule: Schedule) -> str:
    """Say when it is sent, and about which days."""
    places = {
        "weekday": schedule.get_weekday_display(),
        "day": schedule.month_day,
        "hour": schedule.get_hour_display(),
        "zone": schedule.site.zone,
        "period": schedule.get_period_display(),
    }
    if schedule.every == Schedule.Every.WEEK:
        return _("%(weekday)s, %(hour)s (%(zone)s); about: %(period)s") % places
    if schedule.every == Schedule.Every.MONTH:
        return _("Day %(day)s of each month, %(hour)s (%(zone)s); about: %(period)s") % places
    return _("Every day, %(hour)s (%(zone)s); about: %(period)s") % places


def _moment(schedule: Schedule, at: Any) -> str:
    return formats.moment(at.astimezone(ZoneInfo(schedule.site.zone)))


def _result(sending: Sending) -> dict[str, Any]:
    return {
        "sending": sending,
        "due": _moment(sending.schedule, sending.due_at),
        "to": sending.user or sending.get_way_display(),
        "state": sending.get_state_display(),
        "why": WHY.get(sending.failure, sending.failure),
        "may_again": sending.state in (Sending.State.FAILED, Sending.State.UNKNOWN),
    }


@never_cache
@permission_required((SEE, SEE_REPORTS), raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make a schedule of the page whose address stands in the query; an analyst one for himself."""
    may_all = request.user.has_perm(ADD)
    form = ScheduleForm(request.POST or None, query=request.GET, may_all=may_all)
    if request.method == "POST" and form.is_valid():
        form.instance.created_by = request.user  # type: ignore[assignment]
        return _set(request, form)
    if not may_all or request.method != "POST":
        form.initial.setdefault("receivers", [request.user.pk])
    return _page(request, "schedule", _("Send a report regularly"), form=form, may_change=True, **_of(form))


def _of(form: ScheduleForm) -> dict[str, Any]:
    schedule = form.instance
    return {"what": what_said(schedule) if schedule.key and schedule.site_id else ""}


def _set(request: HttpRequest, form: ScheduleForm) -> HttpResponse:
    receivers = receivers_of(form, request.user)  # type: ignore[arg-type]
    hook_owned(form, request.user)  # type: ignore[arg-type]
    schedule = services.schedule_set(schedule=form.save(commit=False), receivers=receivers, at=timezone.now())
    return redirect("zoco_schedule", pk=schedule.pk)


@never_cache
@permission_required((SEE, SEE_REPORTS), raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a schedule with what came of it; its form where the reader may change it."""
    schedule = _one(request, pk, to_change=request.method == "POST")
    may_change = services.may_change(request.user, schedule)  # type: ignore[arg-type]
    may_all = request.user.has_perm(services.CHANGE)
    form = ScheduleForm(request.POST or None, instance=schedule, query=request.GET, may_all=may_all)
    if request.method == "POST" and form.is_valid():
        return _set(request, form)
    results = schedule.sendings.select_related("user", "schedule__site")
    if not may_all:
        results = results.filter(user=request.user.pk)
    return _page(
        request,
        "schedule",
        schedule.name,
        form=form,
        schedule=schedule,
        may_change=may_change,
        what=what_said(schedule),
        when=when_said(schedule),
        next=_moment(schedule, schedule.next_at) if schedule.next_at else "",
        results=[_result(each) for each in results[:SENDINGS_MOST]],
        is_mine=schedule.receivers.filter(pk=request.user.pk or 0).exists(),
    )


@permission_required((SEE, SEE_REPORTS), raise_exception=True)
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Pause, go on, send a preview to oneself, send again, leave, delete."""
    now, word = timezone.now(), request.POST.get("act", "")
    is_own = word in {"leave", "preview"}
    schedule = _one(request, pk, to_change=not is_own)
    if word in {"pause", "on"}:
        services.schedule_turn(schedule=schedule, is_on=word == "on", at=now)
    elif word == "preview":
        services.preview_reserve(schedule=schedule, user=request.user, at=now)  # type: ignore[arg-type]
    elif word == "leave":
        schedule.receivers.remove(request.user)  # type: ignore[arg-type]
        if not services.may_change(request.user, schedule):  # type: ignore[arg-type]
            return redirect("zoco_schedules")
    elif word == "delete":
        schedule.delete()
        return redirect("zoco_schedules")
    elif word == "again":
        number = str(request.POST.get("sending", ""))
        mine = schedule.sendings.all()
        if not request.user.has_perm(services.CHANGE):
            mine = mine.filter(user=request.user.pk)
        again = get_object_or_404(mine, pk=number if number.isdecimal() else "0")
        services.sending_again(sending=again, at=now)
    return redirect("zoco_schedule", pk=pk)


def offered(request: HttpRequest, what: Report | Dashboard, address: Address) -> Action | None:
    """Offer the form with what the page is about filled in."""
    if not (request.user.has_perm(SEE) and request.user.has_perm(SEE_REPORTS)):
        return None
    query = address.question_query()
    query["board" if isinstance(what, Dashboard) else "report"] = what.key
    return Action(_("Send regularly…"), f"{reverse('zoco_schedules_new')}?{query.urlencode(safe='/:.,')}")
