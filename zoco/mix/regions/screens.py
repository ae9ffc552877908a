"""Pages of tests in regions: all of a site with forms for another, one of them, and what it is made to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zoco.campaigns.reads import daily_costs
from zoco.kit.periods import Period
from zoco.ledger import sitebook
from zoco.ledger.pictures import formats
from zoco.ledger.pictures.alone.pages import answered
from zoco.ledger.sitebook import SiteInfo
from zoco.ledger.views.heads import head_of_site, no_site
from zoco.mix import running
from zoco.mix.forms import outcome_read
from zoco.mix.models import ChannelTest, RegionalTest
from zoco.mix.naming import outcome_name
from zoco.mix.regions import opened
from zoco.mix.regions.forms import MeasureForm, PlanForm
from zoco.mix.regions.panels import places
from zoco.mix.regions.showing import shown
from zoco.mix.screens import ICONS, LISTED, TESTS_ADD, page_of, site_of, user_of, work_of
from zoco.mix.weeks import UNNAMED, mondays

COSTS = "zoco_campaigns.view_cost"
SEE, ADD, DELETE = (f"zoco_mix.{verb}_regionaltest" for verb in ("view", "add", "delete"))
YEAR = timedelta(days=365)
CHANNELS_MOST = 200
State, Kind = RegionalTest.State, RegionalTest.Kind


@never_cache
@permission_required((SEE, COSTS), raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: HttpRequest) -> HttpResponse:
    """List tests in regions of a site; POST begins a plan or a measurement."""
    site = site_of(request)
    if site is None:
        return no_site(request, _("Tests in regions"))
    is_plan = request.POST.get("kind") == Kind.PLAN
    plan, measure = _forms(request, site, is_plan=is_plan)
    if request.method == "POST":
        if not request.user.has_perm(ADD):
            raise PermissionDenied
        form = plan if is_plan else measure
        if form.is_valid():
            test = _planned(plan, site) if is_plan else _measured(measure, site)
            test.created_by = user_of(request)
            try:
                running.begin(work=test)
                return redirect("zoco_regional", pk=test.pk)
            except running.UnderWay as error:
                form.add_error(None, _(error.words))
    lines = [_line(each) for each in RegionalTest.objects.filter(site=site.id)[:LISTED]]
    return page_of(
        request,
        "regions",
        _("Tests in regions"),
        site,
        plan=plan,
        measure=measure,
        lines=lines,
        may_add=request.user.has_perm(ADD),
        has_regions=bool(plan.places),
    )


def _forms(request: HttpRequest, site: SiteInfo, *, is_plan: bool) -> tuple[PlanForm, MeasureForm]:
    now = timezone.now()
    today = now.astimezone(ZoneInfo(site.zone)).date()
    given: dict[str, Any] = {
        "site": site.id,
        "places": places(site, now),
        "channels": channels_of(site, Period(today - YEAR, today, site.zone)),
    }
    posted = request.POST if request.method == "POST" else None
    chosen = {"regions": request.GET.getlist("regions"), "channel": request.GET.get("channel", "")}
    plan = PlanForm(posted if is_plan else None, prefix="plan", **given)
    measure = MeasureForm(None if is_plan else posted, prefix="measure", initial=chosen, today=today, **given)
    return plan, measure


def channels_of(site: SiteInfo, period: Period) -> list[str]:
    """Return the channels with costs in a period, as the source of costs is written."""
    spent, _others = daily_costs(site, period)
    return sorted({source or UNNAMED for _on, source in spent})[:CHANNELS_MOST]


def _planned(form: PlanForm, site: SiteInfo) -> RegionalTest:
    given, now = form.cleaned_data, timezone.now()
    is_revenue, goal = outcome_read(given["outcome"])
    return RegionalTest(
        site_id=site.id,
        kind=Kind.PLAN,
        is_revenue=is_revenue,
        goal=goal,
        country=given["country"],
        channel=given["channel"],
        first_on=mondays(now.astimezone(ZoneInfo(site.zone)).date(), given["past"]),
        weeks_count=given["past"],
        length=given["length"],
        created_at=now,
        told_at=now,
    )


def _measured(form: MeasureForm, site: SiteInfo) -> RegionalTest:
    given, now = form.cleaned_data, timezone.now()
    is_revenue, goal = outcome_read(given["outcome"])
    parts = [each.partition("-") for each in given["regions"]]
    return RegionalTest(
        site_id=site.id,
        kind=Kind.TEST,
        is_revenue=is_revenue,
        goal=goal,
        country=parts[0][0],
        regions=[each[2] for each in parts],
        channel=given["channel"],
        first_on=given["first_on"],
        weeks_count=given["length"],
        length=given["length"],
        before_count=given["before"],
        change=given["change"],
        created_at=now,
        told_at=now,
    )


def _line(test: RegionalTest) -> dict[str, Any]:
    return {
        "test": test,
        "outcome": outcome_name(test),
        "span": formats.span(test.first_on, test.last_on),
        "regions": ", ".join(test.regions) or "–",
        "icon": ICONS.get(State(test.state), "zoco-monitor"),
    }


def _test(pk: int) -> tuple[RegionalTest, SiteInfo]:
    sites = {each.id: each for each in sitebook.sites()}
    test = get_object_or_404(RegionalTest.objects.select_related("site"), pk=pk, site__in=list(sites))
    return test, sites[test.site_id]


@never_cache
@permission_required((SEE, COSTS), raise_exception=True)
@require_safe
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a plan or a measurement: how far it is, why it cannot be told, or what it says."""
    test, site = _test(pk)
    head = {"test": test, "outcome": outcome_name(test), "span": formats.span(test.first_on, test.last_on)}
    said = work_of(test, request, add=ADD, delete=DELETE)
    found, about = shown(test), f"{head['outcome']}, {head['span']}"
    opens = opened.opened(test, found, str(head["span"]), site.zone)
    values = head_of_site(_("Tests in regions"), site, sitebook.sites()) | {
        "sites": (), "opens": opens, **head, **said, **found,
    }  # fmt: skip
    return answered(
        request, "zoco/mix/regional.html", values, drawings=opened.drawings(found, opens, about),
        site=site, stem=f"regions-{test.pk}", now=timezone.now(),
    )  # fmt: skip


@permission_required((ADD, COSTS), raise_exception=True)
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop it, begin it anew, or write what it found down as a test of the channel."""
    test, site = _test(pk)
    match request.POST.get("do"):
        case "stop":
            running.runs_of(test).stop(test)
        case "again":
            running.runs_of(test).again(test, done=0)
        case "write":
            if not request.user.has_perm(TESTS_ADD):
                raise PermissionDenied
            written(test, request)
            return redirect(f"{reverse('zoco_channel_tests')}?site={site.slug}")
    return redirect("zoco_regional", pk=pk)


def written(test: RegionalTest, request: HttpRequest) -> None:
    """Write a measurement down as a test of its channel, once."""
    lift = test.result.get("lift") or {}
    if not (test.channel and test.change and lift.get("error")):
        return
    ChannelTest.objects.get_or_create(
        site_id=test.site_id,
        channel=test.channel,
        is_revenue=test.is_revenue,
        goal=test.goal,
        first_on=test.first_on,
        last_on=test.last_on,
        change=test.change,
        defaults={
            "effect": lift["added"],
            "error": lift["error"],
            "goals": None if test.is_revenue or test.goal else test.result.get("goals"),
            "note": _("Test in regions: %(names)s") % {"names": ", ".join(test.regions)[:400]},
            "created_by": user_of(request),
        },
    )


@permission_required(DELETE, raise_exception=True)
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget it; what is under way stays, and is stopped before it can go."""
    test, site = _test(pk)
    if not running.runs_of(test).discard(test):
        return redirect("zoco_regional", pk=pk)
    return redirect(f"{reverse('zoco_regionals')}?site={site.slug}")
