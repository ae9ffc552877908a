"""Pages of incidents: the list with what each alarm knows, one incident with its picture, and its mark."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from zoco.ledger import sitebook
from zoco.ledger.pictures import formats
from zoco.ledger.pictures.alone.pages import answered
from zoco.monitor.alarms import said, services
from zoco.monitor.alarms.models import Alarm, Incident, Telling
from zoco.monitor.alarms.others import averages, letters, opened, spent_said
from zoco.monitor.alarms.others.kinds import OF_COSTS, OF_LETTERS, hidden_from
from zoco.monitor.alarms.shown import before_said, later_said, lines, opened_list, pictures

SEE, MARK = "zoco_monitor.view_incident", "zoco_monitor.change_incident"
SET = "zoco_monitor.add_alarm"
SHOWN_MOST = 100


def _page(request: HttpRequest, template: str, title: str, **values: object) -> HttpResponse:
    return render(request, f"zoco/monitor/alarms/{template}.html", _head(title) | values)


def _head(title: str) -> dict[str, object]:
    return {"title": title, "icon_name": "warning", "breadcrumbs_items": [{"url": None, "label": title}]}


@never_cache
@permission_required(SEE, raise_exception=True)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List the incidents, open ones first, and what each alarm knows."""
    sites = [each.id for each in sitebook.sites()]
    incidents = (
        _seen(request)
        .select_related("alarm__site", "alarm__segment", "acknowledged_by")
        .order_by("-opened_at", "-id")[:SHOWN_MOST]
    )
    alarms = list(
        Alarm.objects.filter(site__in=sites).select_related("site", "segment").order_by("site", "id")
    )
    shown = sorted(map(lines.incident_line, incidents), key=lambda line: not line["is_open"])
    return _page(
        request,
        "incidents",
        _("Incidents"),
        lines=shown,
        alarms=[lines.alarm_line(each) for each in alarms],
        demo_name=(demo := next((each.site.name for each in alarms if each.site.is_demo), "")),
        is_demo=bool(demo),
        false_rate=lines.false_rate(sites, timezone.now()),
        opened=opened_list.opened_of_list(sites),
        expected=before_said.all_said(alarms),
        may_set=request.user.has_perm(SET),
        lacks_usual=services.lacks_usual(),
    )


def _seen(request: HttpRequest) -> QuerySet[Incident]:
    """Return the incidents that a reader may see."""
    found = Incident.objects.filter(alarm__site__in=[each.id for each in sitebook.sites()])
    return found.exclude(alarm__kind__in=hidden_from(request.user))


@never_cache
@permission_required(SEE, raise_exception=True)
@require_safe
def incident(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one incident: its sentence, its picture, how sure it is, and what was told to whom."""
    known = _seen(request).select_related("alarm__site", "alarm__segment", "acknowledged_by")
    found = get_object_or_404(known, pk=pk)
    title, words = said.incident_title(found), said.incident_said(found)
    picture, opens = pictures.fitting(found.picture, title, words), opened.opened_of(found)
    values = _head(title) | dict(
        incident=found,
        is_demo=found.alarm.site.is_demo,
        words=words,
        segment=said.segment_said(found),
        later=later_said.all_later_said(found),
        picture=picture,
        opened=opens,
        report_url=_report_url(found),
        **_sureness(found),
        tellings=[_telling(each) for each in found.tellings.select_related("user").order_by("id")],
        marks=[(value, label) for value, label in Incident.Mark.choices if value],
        may_mark=request.user.has_perm(MARK),
    )
    return answered(
        request, "zoco/monitor/alarms/incident.html", values, site=found.alarm.site, stem=f"incident-{pk}",
        drawings=opened.drawings(picture.wide, title, words, opens) if opens and picture else [],
        now=timezone.now(),
    )  # fmt: skip


def _sureness(incident: Incident) -> dict[str, Any]:
    """Return how sure an incident is; one of our own work needs no odds."""
    if incident.alarm.kind == "export":
        return {"is_otherwise": True, "way": (reverse("zoco_exports"), _("Open the exports"))}
    if incident.alarm.kind in OF_COSTS:
        return {"is_otherwise": True, "how": spent_said.how(incident), "way": spent_said.way(incident)}
    odds, method = incident.found["odds"], said.METHOD
    if incident.alarm.kind in OF_LETTERS:
        method = letters.METHOD
    elif incident.found["measure"] in averages.OF:
        method = averages.METHOD
    return {
        "odds": said.odds_said(odds),
        "dispersion": formats.decimal(incident.found["dispersion"], 1),
        "dispersion_of": opened.dispersion_of(incident),
        "held_to": opened.held_to(incident),
        "method": method,
    }


def _telling(telling: Telling) -> dict[str, Any]:
    if telling.told_at is not None:
        state = _("told")
    elif telling.next_at is not None:
        said = ngettext("waits; tried %(count)s time", "waits; tried %(count)s times", telling.tries)
        state = said % {"count": telling.tries}
    else:
        state = _("given up")
    return {"telling": telling, "state": state}


def _report_url(incident: Incident) -> str:
    """Return the address of the overview, narrowed to the part and to the days around it."""
    first = (incident.began_at - timedelta(days=7)).date()
    last = (incident.closed_at or incident.seen_at).date()
    asked: dict[str, Any] = {"site": incident.alarm.site.slug, "period": f"{first}..{last}"}
    asked |= said.report_query(incident)
    if incident.alarm.kind in {"bots", "spam"}:
        asked["verdicts"] = "bots"
    query = urlencode(asked, doseq=True, safe="/:,.")
    return f"{reverse('zoco_ledger:overview', args=['traffic'])}?{query}"


@permission_required(MARK, raise_exception=True)
@require_POST
def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that somebody saw it, and what it was."""
    found = get_object_or_404(_seen(request), pk=pk)
    mark = request.POST.get("mark", "")
    services.incident_acknowledge(
        incident=found,
        by=request.user,  # type: ignore[arg-type]
        mark=mark if mark in Incident.Mark.values else "",
        at=timezone.now(),
    )
    return redirect("zoco_incident", pk=pk)


@permission_required(SET, raise_exception=True)
@require_POST
def usual(request: HttpRequest) -> HttpResponse:
    """Set the usual alarms of all sites."""
    for site in sitebook.sites():
        services.alarms_usual(site.id, is_demo=site.is_demo)
    messages.success(request, _("The usual alarms are set."))
    return redirect("zoco_incidents")
