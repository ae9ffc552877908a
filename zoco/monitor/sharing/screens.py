"""Pages of those who share: the list of links, make one (its address is shown once), revoke."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
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
from django.views.decorators.http import require_http_methods, require_safe

from zoco.kit.plugs import PlugUnknown
from zoco.ledger.asking.filters import Filter
from zoco.ledger.asking.goals import Goal, goals_of
from zoco.ledger.asking.question import Question
from zoco.ledger.pictures.labels import value_label
from zoco.ledger.views.address import Address
from zoco.ledger.views.controls import VERDICTS, chip
from zoco.ledger.views.dashboards import dashboard_named
from zoco.ledger.views.heads import head
from zoco.monitor.sharing import services
from zoco.monitor.sharing.fixed import FilterGone, filters_kept, goals_gone, is_shown, period_said
from zoco.monitor.sharing.forms import ShareForm
from zoco.monitor.sharing.models import Sees, SharedLink
from zoco.sites.access.reads import sees

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
    return render(request, f"zoco/monitor/shared/{template}.html", head(title) | values)


@never_cache
@permission_required(SEE, raise_exception=True)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List the links, the newest first."""
    now = timezone.now()
    goals, seen = cache(goals_of), cache(sees)  # of each site once
    links = SharedLink.objects.select_related("site", "created_by").order_by("-created_at", "-id")
    return _page(
        request,
        "links",
        _("Shared links"),
        lines=[_line(each, now, goals, seen) for each in links],
        may_make=request.user.has_perm(MAKE) and is_served(),
        may_revoke=request.user.has_perm(REVOKE),
    )


def _line(
    link: SharedLink, now: datetime, goals: Callable[[int], Sequence[Goal]], seen: Sees = sees
) -> dict[str, Any]:
    state = link.state(now, seen)
    filters, loss = _kept(link, goals)
    is_broken = state == SharedLink.State.OPEN and loss
    return {
        "link": link,
        "state": loss if is_broken else state.label,
        "icon": "warning" if is_broken else ICONS[state],
        "is_open": state == SharedLink.State.OPEN,
        "shows": " · ".join([link.site.name, _board(link.board), *filters]),
        "counted": _("who counts: %(verdicts)s") % {"verdicts": _verdicts(link.verdicts)},
        "period": _period(link),
        "last_day": _last_day(link),
    }


def _period(link: SharedLink) -> str:
    said = period_said(link.period)
    return _("any; it opens with: %(period)s") % {"period": said} if link.may_change_period else said


def _last_day(link: SharedLink) -> str:
    """Say the last day, in UTC, on which the address opens: the moment of its end is no more part of it."""
    if link.expires_at is None:
        return pgettext("shared link", "none")
    last = (link.expires_at - timedelta(microseconds=1)).astimezone(UTC).date()
    return str(date_format(last, "DATE_FORMAT"))


def _verdicts(text: str) -> str:
    """Return a choice of verdicts, or each of several, in words."""
    if text in dict(VERDICTS):
        return str(dict(VERDICTS)[text])
    return ", ".join(value_label("verdict", "verdict", each) for each in text.split(","))


def _filters(filters: Iterable[Filter]) -> list[str]:
    chips = (chip(each, Address(QueryDict(), "zoco_desk")) for each in filters)
    return [f"{each.label} {each.operator} {each.values}" for each in chips]


def _kept(link: SharedLink, goals: Callable[[int], Sequence[Goal]]) -> tuple[list[str], str]:
    """Return the filters of a link in words, and what of it is gone, so that its address shows nothing."""
    try:
        filters = _filters(filters_kept(link))
    except FilterGone:
        raw = [f"{key.removeprefix('f.')}={', '.join(values)}" for key, values in link.filters.items()]
        return raw, _("shows nothing: what it filters by is gone")
    if not is_shown(link.board):
        return filters, _("shows nothing: its dashboard is gone")
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
        "verdicts": _verdicts(verdicts),
    }


@never_cache
@permission_required(REVOKE, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether to revoke a link, and do it when the answer comes."""
    link = get_object_or_404(SharedLink.objects.select_related("site", "created_by"), pk=pk)
    if request.method == "POST":
        services.link_revoke(link=link, at=timezone.now())
        return redirect("zoco_shares")
    line = _line(link, timezone.now(), goals_of)
    if not line["is_open"]:
        return redirect("zoco_shares")
    return _page(request, "revoke", _("Revoke this link?"), line=line)
