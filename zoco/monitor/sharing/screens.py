"""Pages of those who share: the list of links, make one (its address is shown once), revoke."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zoco.kit.plugs import PlugUnknown
from zoco.ledger.asking.filters import Filter
from zoco.ledger.asking.goals import Goal, goals_of
from zoco.ledger.asking.question import Question
from zoco.ledger.dashboard import dashboard_named
from zoco.ledger.views.address import Address
from zoco.ledger.views.controls import VERDICTS, chip
from zoco.monitor.sharing import services
from zoco.monitor.sharing.fixed import FilterGone, filters_kept, goals_gone, period_said
from zoco.monitor.sharing.forms import ShareForm
from zoco.monitor.sharing.models import SharedLink

SEE, MAKE, REVOKE = (f"zoco_monitor.{verb}_sharedlink" for verb in ("view", "add", "change"))
ICONS = {
    SharedLink.State.OPEN: "check",
    SharedLink.State.EXPIRED: "time",
    SharedLink.State.REVOKED: "cross",
    SharedLink.State.ENDED: "cross",
}


def is_served() -> bool:
    """Return whether the addresses of links are there: a host project may have left them out."""
    try:
        reverse("zoco_shared:overview", args=["0"])
    except NoReverseMatch:
        return False
    return True


def _page(request: HttpRequest, template: str, title: str, **values: object) -> HttpResponse:
    shown = {"title": title, "icon_name": "link", "breadcrumbs_items": [{"url": None, "label": title}]}
    return render(request, f"zoco/monitor/shared/{template}.html", shown | values)


@never_cache
@permission_required(SEE, raise_exception=True)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List the links, the newest first."""
    now = timezone.now()
    goals = cache(goals_of)  # of each site once
    links = SharedLink.objects.select_related("site", "created_by").order_by("-created_at", "-id")
    return _page(
        request,
        "links",
        _("Shared links"),
        lines=[_line(each, now, goals) for each in links],
        may_make=request.user.has_perm(MAKE) and is_served(),
        may_revoke=request.user.has_perm(REVOKE),
    )


def _line(link: SharedLink, now: datetime, goals: Callable[[int], Sequence[Goal]]) -> dict[str, Any]:
    state = link.state(now)
    filters, loss = _kept(link, goals)
    is_broken = state == SharedLink.State.OPEN and loss
    return {
        "link": link,
        "state": loss if is_broken else state.label,
        "icon": "warning" if is_broken else ICONS[state],
        "is_open": state == SharedLink.State.OPEN,
        "shows": " · ".join([link.site.name, _board(link.board), *filters]),
        "period": _("any") if link.may_change_period else period_said(link.period),
        "expires": date_format(link.expires_at, "DATE_FORMAT")
        if link.expires_at
        else pgettext("shared link", "never"),
    }


def _filters(filters: Iterable[Filter]) -> list[str]:
    chips = (chip(each, Address(QueryDict(), "zoco_desk")) for each in filters)
    return [f"{each.label} {each.operator} {each.values}" for each in chips]


def _kept(link: SharedLink, goals: Callable[[int], Sequence[Goal]]) -> tuple[list[str], str]:
    """Return the filters of a link in words, and what of them is gone, so that its address shows nothing."""
    try:
        filters = _filters(filters_kept(link))
    except FilterGone:
        raw = [f"{key.removeprefix('f.')}={', '.join(values)}" for key, values in link.filters.items()]
        return raw, _("shows nothing: what it filters by is gone")
    gone = goals_gone(link, goals)
    if not gone:
        return filters, ""
    words = ngettext(
        "shows nothing: its goal %(goals)s is gone", "shows nothing: its goals %(goals)s are gone", len(gone)
    )
    return filters, words % {"goals": ", ".join(gone)}


def _board(key: str) -> str:
    try:
        return str(dashboard_named(key).label)
    except PlugUnknown:
        return key


@never_cache
@permission_required((MAKE, "zoco_ledger.view_reports"), raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make a link and show its address, once."""
    if not is_served():
        return redirect("zoco_shares")
    form = ShareForm(request.POST if request.method == "POST" else None, request.GET)
    if request.method == "POST" and form.is_valid():
        link, token = services.link_make(
            name=form.cleaned_data["name"],
            site=form.cleaned_data["site"],
            terms=form.terms(),
            expires_at=form.expires_at(),
            by=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
        )
        address = request.build_absolute_uri(reverse("zoco_shared:overview", args=[token]))
        return _page(request, "made", _("The link is made"), link=link, address=address)
    return _page(request, "new", _("Share a dashboard"), form=form, **_fixed(form.question))


def _fixed(question: Question | None) -> dict[str, object]:
    """Return in words what the link will hold fast."""
    verdicts = question.verdicts if question else "people"
    return {
        "filters": _filters(question.filters) if question else [],
        "verdicts": dict(VERDICTS).get(verdicts, verdicts),
    }


@permission_required(REVOKE, raise_exception=True)
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke a link."""
    services.link_revoke(link=get_object_or_404(SharedLink, pk=pk), at=timezone.now())
    return redirect("zoco_shares")
