"""Pages of media mixes: those of a site with the form for another, one of them, and tests of channels."""

from __future__ import annotations

import csv
from typing import Any
from zoneinfo import ZoneInfo

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

from zoco.ledger import sitebook
from zoco.ledger.pictures import formats
from zoco.ledger.sitebook import SiteInfo
from zoco.ledger.views.heads import head_of_site, no_site, site_chosen
from zoco.mix import running
from zoco.mix.forms import ChannelTestForm, MixForm, outcome_read
from zoco.mix.models import ChannelTest, MediaMix
from zoco.mix.running import Asked
from zoco.mix.showing import channel_name, shown
from zoco.mix.weeks import Weeks

SEE, ADD, DELETE = (f"zoco_mix.{verb}_mediamix" for verb in ("view", "add", "delete"))
TESTS_SEE, TESTS_ADD, TESTS_DELETE = (f"zoco_mix.{verb}_channeltest" for verb in ("view", "add", "delete"))
LISTED = 100
State = MediaMix.State
ICONS = {State.DONE: "check", State.REFUSED: "warning", State.FAILED: "warning", State.STOPPED: "cross"}


def _page(request: HttpRequest, template: str, title: str, site: SiteInfo, **values: object) -> HttpResponse:
    shown_head = head_of_site(title, site, sitebook.sites())
    return render(request, f"zoco/mix/{template}.html", shown_head | values)


def _site(request: HttpRequest) -> SiteInfo | None:
    sites = sitebook.sites()
    given = request.POST if request.method == "POST" else request.GET
    return site_chosen(sites, given.get("site", "")) if sites else None


def outcome_name(row: MediaMix | ChannelTest) -> str:
    """Return what a model explains, or a test measured."""
    if row.is_revenue:
        return _("Revenue")
    return row.goal or _("Conversions of all goals")


@never_cache
@permission_required(SEE, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: HttpRequest) -> HttpResponse:
    """List models of a site; POST begins another."""
    site = _site(request)
    if site is None:
        return no_site(request, _("Media mix"))
    form = MixForm(request.POST if request.method == "POST" else None, site=site.id)
    if request.method == "POST":
        if not request.user.has_perm(ADD):
            raise PermissionDenied
        if form.is_valid():
            return redirect("zoco_mix", pk=_begun(request, site, form).pk)
    lines = [_line(each) for each in MediaMix.objects.filter(site=site.id).select_related("site")[:LISTED]]
    may = {"may_add": request.user.has_perm(ADD), "may_see_tests": request.user.has_perm(TESTS_SEE)}
    return _page(request, "mixes", _("Media mix"), site, form=form, lines=lines, **may)


def _begun(request: HttpRequest, site: SiteInfo, form: MixForm) -> MediaMix:
    now = timezone.now()
    is_revenue, goal = outcome_read(form.cleaned_data["outcome"])
    asked = Asked(
        site.id,
        form.first_on(now.astimezone(ZoneInfo(site.zone)).date()),
        form.cleaned_data["weeks"],
        is_revenue,
        goal,
        form.cleaned_data["country"],
        form.cleaned_data["saturation"],
    )
    return running.begin(asked=asked, by=_user(request), at=now)


def _user(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def _line(mix: MediaMix) -> dict[str, Any]:
    result = mix.result
    best = max(result["channels"], key=lambda each: each["roas"]["mean"]) if result else None
    return {
        "mix": mix,
        "outcome": outcome_name(mix),
        "span": formats.span(mix.first_on, mix.last_on),
        "weeks": formats.count(mix.weeks_count),
        "icon": ICONS.get(State(mix.state), "zoco-monitor"),
        "is_contradicted": bool(result and result["is_contradicted"]),
        "best": channel_name(best["channel"]) if best else "–",
    }


@never_cache
@permission_required(SEE, raise_exception=True)
@require_safe
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a model: how far it is, why it cannot be told, or all that it says."""
    mix, site = _mix(pk)
    is_open = mix.state == State.WORKING
    may_act, may_delete = request.user.has_perm(ADD), request.user.has_perm(DELETE)
    return _page(
        request,
        "mix",
        _("Media mix"),
        site,
        sites=(),
        mix=mix,
        outcome=outcome_name(mix),
        span=formats.span(mix.first_on, mix.last_on),
        is_open=is_open,
        icon=ICONS.get(State(mix.state), "zoco-monitor"),
        share=formats.percent(mix.done / max(mix.total, 1), 0),
        percent=int(100 * mix.done / max(mix.total, 1)),
        said=_(mix.said) % mix.said_places if mix.said and mix.state == State.REFUSED else mix.said,
        may_stop=may_act and is_open and not mix.is_to_stop,
        may_again=may_act and mix.state in (State.STOPPED, State.FAILED),
        may_delete=may_delete and not is_open,
        may_see_tests=request.user.has_perm(TESTS_SEE),
        **shown(mix),
    )


def _mix(pk: int) -> tuple[MediaMix, SiteInfo]:
    sites = {each.id: each for each in sitebook.sites()}
    mix = get_object_or_404(MediaMix.objects.select_related("site"), pk=pk, site__in=list(sites))
    return mix, sites[mix.site_id]


@permission_required(ADD, raise_exception=True)
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a fit, or begin it anew."""
    mix, _site_of = _mix(pk)
    match request.POST.get("do"):
        case "stop":
            running.stop(mix=mix)
        case "again":
            running.again(mix=mix)
    return redirect("zoco_mix", pk=pk)


@permission_required(DELETE, raise_exception=True)
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a fit; one that is under way is stopped first."""
    mix, site = _mix(pk)
    if not running.remove(mix=mix):
        return redirect("zoco_mix", pk=pk)
    return redirect(f"{reverse('zoco_mixes')}?site={site.slug}")


@never_cache
@permission_required(SEE, raise_exception=True)
@require_safe
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the weeks that a model stands on, with what was fitted, so that it can be checked elsewhere."""
    mix, _site_of = _mix(pk)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="media-mix-{mix.pk}.csv"'
    table = csv.writer(response)
    if not mix.weeks:
        return response
    weeks = Weeks.from_json(mix.weeks)
    table.writerow(["week", "is_run_in", "outcome", "fitted", "holidays", *map(_cell, weeks.spend)])
    fitted = [""] * weeks.run_in + mix.result.get("fitted", [""] * weeks.fitted)
    columns = zip(weeks.starts, weeks.outcome, fitted, weeks.holidays, *weeks.spend.values(), strict=True)
    for number, (start, outcome, model, holiday, *spend) in enumerate(columns):
        is_run_in = number < weeks.run_in
        table.writerow([start, int(is_run_in), "" if is_run_in else outcome, model, holiday, *spend])
    return response


def _cell(text: str) -> str:
    """Return a text that no program takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


@never_cache
@permission_required(TESTS_SEE, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def tests(request: HttpRequest) -> HttpResponse:
    """List tests of channels of a site; POST writes one down."""
    site = _site(request)
    if site is None:
        return no_site(request, _("Tests of channels"))
    today = timezone.now().astimezone(ZoneInfo(site.zone)).date()
    form = ChannelTestForm(request.POST if request.method == "POST" else None, site=site.id, today=today)
    if request.method == "POST":
        if not request.user.has_perm(TESTS_ADD):
            raise PermissionDenied
        if form.is_valid():
            test = form.save(commit=False)
            test.site_id, test.created_by = site.id, _user(request)
            test.is_revenue, test.goal = outcome_read(form.cleaned_data["outcome"])
            test.save()
            return redirect(f"{reverse('zoco_channel_tests')}?site={site.slug}")
    lines = [_test(each, site) for each in ChannelTest.objects.filter(site=site.id)[:LISTED]]
    may = {
        name: request.user.has_perm(right)
        for name, right in (("may_add", TESTS_ADD), ("may_delete", TESTS_DELETE))
    }
    return _page(request, "tests", _("Tests of channels"), site, form=form, lines=lines, **may)


def _test(test: ChannelTest, site: SiteInfo) -> dict[str, Any]:
    def outcome(value: float) -> str:
        return formats.money(value, site.currency) if test.is_revenue else formats.decimal(value, 1)

    return {
        "test": test,
        "channel": channel_name(test.channel),
        "outcome": outcome_name(test),
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
