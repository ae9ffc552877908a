"""Pages of media mixes: those of a site with the form for another, one of them, and tests of channels."""

from __future__ import annotations

import csv
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zoco.kit.cells import disarmed
from zoco.ledger import sitebook
from zoco.ledger.pictures import formats
from zoco.ledger.pictures.alone.pages import answered
from zoco.ledger.sitebook import SiteInfo
from zoco.ledger.views.heads import head_of_site, no_site, site_chosen
from zoco.mix import running
from zoco.mix.demand.again import with_visits
from zoco.mix.demand.judging import told_of
from zoco.mix.forms import ChannelTestForm, MixForm, outcome_read, weeks_known
from zoco.mix.models import ChannelTest, MediaMix, MixDraws, Work
from zoco.mix.naming import channel_name, goals_now, outcome_name
from zoco.mix.running import UnderWay
from zoco.mix.shown import opened
from zoco.mix.shown.showing import shown
from zoco.mix.weeks import Weeks
from zoco.sites.wording import said_again

COSTS = "zoco_campaigns.view_cost"
SEE, ADD, DELETE = (f"zoco_mix.{verb}_mediamix" for verb in ("view", "add", "delete"))
TESTS_SEE, TESTS_ADD, TESTS_DELETE = (f"zoco_mix.{verb}_channeltest" for verb in ("view", "add", "delete"))
LISTED = 100
State = MediaMix.State
ICONS: dict[str, str] = {
    State.DONE: "check",
    State.REFUSED: "warning",
    State.FAILED: "warning",
    State.STOPPED: "cross",
}


def page_of(
    request: HttpRequest, template: str, title: str, site: SiteInfo, **values: object
) -> HttpResponse:
    """Return a page about a site."""
    shown_head = head_of_site(title, site, sitebook.sites())
    return render(request, f"zoco/mix/{template}.html", shown_head | values)


def site_of(request: HttpRequest) -> SiteInfo | None:
    """Return the site that is asked for, the first without any; None where there is none. Raises Http404."""
    sites = sitebook.sites()
    given = request.POST if request.method == "POST" else request.GET
    return site_chosen(sites, given.get("site", "")) if sites else None


@never_cache
@permission_required((SEE, COSTS), raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: HttpRequest) -> HttpResponse:
    """List models of a site; POST begins another."""
    site = site_of(request)
    if site is None:
        return no_site(request, _("Media mix"))
    given = request.POST if request.method == "POST" else None
    form = MixForm(given, site=site.id, known=weeks_known(site, timezone.now()))
    if request.method == "POST":
        if not request.user.has_perm(ADD):
            raise PermissionDenied
        if form.is_valid():
            try:
                return redirect("zoco_mix", pk=_begun(request, site, form).pk)
            except UnderWay as error:
                form.add_error(None, _(error.words))
    lines = [_line(each) for each in MediaMix.objects.filter(site=site.id).select_related("site")[:LISTED]]
    may = {
        "may_add": request.user.has_perm(ADD),
        "may_see_tests": request.user.has_perm(TESTS_SEE),
        "may_see_controls": request.user.has_perm("zoco_mix.view_control"),
    }
    return page_of(request, "mixes", _("Media mix"), site, form=form, lines=lines, **may)


def _begun(request: HttpRequest, site: SiteInfo, form: MixForm) -> MediaMix:
    now = timezone.now()
    is_revenue, goal = outcome_read(form.cleaned_data["outcome"])
    mix = MediaMix(
        site_id=site.id,
        first_on=form.first_on(now.astimezone(ZoneInfo(site.zone)).date()),
        weeks_count=form.cleaned_data["weeks"],
        is_revenue=is_revenue,
        goal=goal,
        country=form.cleaned_data["country"],
        saturation=form.cleaned_data["saturation"],
        grain=form.cleaned_data["grain"],
        controls=form.cleaned_data.get("controls", []),
        created_by=user_of(request),
        created_at=now,
        told_at=now,
    )
    running.begin(work=mix)
    return mix


def user_of(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def _line(mix: MediaMix) -> dict[str, Any]:
    result = mix.result
    told = [] if not result or result["is_contradicted"] else told_of(result)
    best = max(told, key=lambda each: each["roas"]["mean"], default=None)
    return {
        "mix": mix,
        "outcome": outcome_name(mix),
        "span": formats.span(mix.first_on, mix.last_on),
        "weeks": formats.count(mix.weeks_count),
        "is_daily": mix.grain == MediaMix.Grain.DAY,
        "icon": ICONS.get(State(mix.state), "zoco-monitor"),
        "is_contradicted": bool(result and result["is_contradicted"]),
        "best": channel_name(best["channel"]) if best else "–",
    }


@never_cache
@permission_required((SEE, COSTS), raise_exception=True)
@require_safe
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a model: how far it is, why it cannot be told, or all that it says; or give a picture of it."""
    mix, site = mix_of(pk)
    head = {"mix": mix, "outcome": outcome_name(mix), "span": formats.span(mix.first_on, mix.last_on)}
    said = work_of(mix, request, add=ADD, delete=DELETE)
    may_see_tests = request.user.has_perm(TESTS_SEE)
    found, about = shown(mix), f"{head['outcome']}, {head['span']}"
    opens = opened.opened(mix, found, str(head["span"]), site.zone) if mix.result else {}
    head |= {"has_draws": mix.has_draws and MixDraws.objects.filter(mix=mix).exists()}
    values = head_of_site(_("Media mix"), site, sitebook.sites()) | {
        "sites": (), "may_see_tests": may_see_tests, "opens": opens, **head, **said, **found,
    }  # fmt: skip
    return answered(
        request, "zoco/mix/mix.html", values,
        drawings=opened.drawings(found, opens, about) if opens else [],
        site=site, stem=f"mix-{mix.pk}", now=timezone.now(),
    )  # fmt: skip


def said_of(work: Work) -> str:
    """Say why it was refused or failed, in the language of the reader; "" where there is nothing to say."""
    return said_again(work.said, work.said_places)


def work_of(work: Work, request: HttpRequest, *, add: str, delete: str) -> dict[str, Any]:
    """Return what the head of a page says of something worked out: how far it is, and what may be done."""
    is_open = work.state == State.WORKING
    may_act = request.user.has_perm(add)
    return {
        "work": work,
        "is_open": is_open,
        "icon": ICONS.get(State(work.state), "zoco-monitor"),
        "share": formats.percent(work.done / max(work.total, 1), 0),
        "percent": int(100 * work.done / max(work.total, 1)),
        "said": said_of(work),
        "may_add": may_act,
        "may_stop": may_act and is_open and not work.is_to_stop,
        "may_again": may_act and work.state in (State.STOPPED, State.FAILED),
        "may_delete": request.user.has_perm(delete) and not is_open,
    }


def mix_of(pk: int) -> tuple[MediaMix, SiteInfo]:
    """Return a fit and its site. Raises Http404 where there is none that the reader sees."""
    sites = {each.id: each for each in sitebook.sites()}
    mix = get_object_or_404(MediaMix.objects.select_related("site"), pk=pk, site__in=list(sites))
    return mix, sites[mix.site_id]


@permission_required((ADD, COSTS), raise_exception=True)
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a fit, begin it anew, or begin another that knows visits that nobody paid for."""
    mix, _site_of = mix_of(pk)
    match request.POST.get("do"):
        case "stop":
            running.runs_of(mix).stop(mix)
        case "again":
            running.runs_of(mix).again(mix, done=0)
        case "visits" if mix.state == State.DONE:
            try:
                pk = with_visits(mix, by=request.user.pk, at=timezone.now()).pk
            except UnderWay as error:
                messages.error(request, _(error.words))
    return redirect("zoco_mix", pk=pk)


@permission_required(DELETE, raise_exception=True)
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a fit; one that is under way stays, and is stopped before it can go."""
    mix, site = mix_of(pk)
    if not running.runs_of(mix).discard(mix):
        return redirect("zoco_mix", pk=pk)
    return redirect(f"{reverse('zoco_mixes')}?site={site.slug}")


@never_cache
@permission_required((SEE, COSTS), raise_exception=True)
@require_safe
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the weeks that a model stands on, with what was fitted, so that it can be checked elsewhere."""
    mix, _site_of = mix_of(pk)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="media-mix-{mix.pk}.csv"'
    table = csv.writer(response)
    if not mix.weeks:
        return response
    weeks = Weeks.from_json(mix.weeks)
    named = [*weeks.controls, *weeks.spend]
    period = "day" if weeks.is_daily else "week"
    table.writerow([period, "is_run_in", "outcome", "fitted", "holidays", *map(disarmed, named)])
    fitted = [""] * weeks.run_in + mix.result.get("fitted", [""] * weeks.fitted)
    besides = [
        ["" if at < weeks.run_in else value for at, value in enumerate(row)]
        for row in weeks.controls.values()
    ]
    columns = zip(
        weeks.starts, weeks.outcome, fitted, weeks.holidays, *besides, *weeks.spend.values(), strict=True
    )
    for number, (start, outcome, model, holiday, *more) in enumerate(columns):
        is_run_in = number < weeks.run_in
        table.writerow([start, int(is_run_in), "" if is_run_in else outcome, model, holiday, *more])
    return response


@never_cache
@permission_required((TESTS_SEE, COSTS), raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def tests(request: HttpRequest) -> HttpResponse:
    """List tests of channels of a site; POST writes one down."""
    site = site_of(request)
    if site is None:
        return no_site(request, _("Tests of channels"))
    today = timezone.now().astimezone(ZoneInfo(site.zone)).date()
    form = ChannelTestForm(request.POST if request.method == "POST" else None, site=site.id, today=today)
    if request.method == "POST":
        if not request.user.has_perm(TESTS_ADD):
            raise PermissionDenied
        if form.is_valid():
            test = form.save(commit=False)
            test.site_id, test.created_by = site.id, user_of(request)
            test.is_revenue, test.goal = outcome_read(form.cleaned_data["outcome"])
            test.goals = goals_now(site.id) if test.is_of_all_goals else None
            test.save()
            return redirect(f"{reverse('zoco_channel_tests')}?site={site.slug}")
    lines = [_test(each, site) for each in ChannelTest.objects.filter(site=site.id)[:LISTED]]
    may = {
        name: request.user.has_perm(right)
        for name, right in (("may_add", TESTS_ADD), ("may_delete", TESTS_DELETE))
    }
    return page_of(request, "tests", _("Tests of channels"), site, form=form, lines=lines, **may)


def _test(test: ChannelTest, site: SiteInfo) -> dict[str, Any]:
    def outcome(value: float) -> str:
        return formats.money(value, site.currency) if test.is_revenue else formats.decimal(value, 1)

    return {
        "test": test,
        "channel": channel_name(test.channel),
        "outcome": outcome_name(test),
        "goals": ", ".join(test.goals or ()),
        "is_unknown": test.is_of_all_goals and test.goals is None,
        "span": formats.span(test.first_on, test.last_on),
        "change": formats.money(test.change, site.currency),
        "effect": outcome(test.effect),
        "error": outcome(test.error),
    }


@permission_required(TESTS_DELETE, raise_exception=True)
@require_POST
def test_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a test away; models that knew it stay as they are."""
    sites = {each.id: each for each in sitebook.sites()}
    test = get_object_or_404(ChannelTest, pk=pk, site__in=list(sites))
    test.delete()
    return redirect(f"{reverse('zoco_channel_tests')}?site={sites[test.site_id].slug}")
