"""The page of controls: those of a site with their gaps, and the table that puts days of them right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from statistics import median_low
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from zoco.ledger import sitebook
from zoco.ledger.pictures import formats
from zoco.ledger.sitebook import SiteInfo
from zoco.ledger.views.heads import no_site
from zoco.mix.controls.forms import ControlsForm
from zoco.mix.controls.services import TooManyControls, controls_put
from zoco.mix.models import Control, ControlDay
from zoco.mix.screens import page_of, site_of, user_of

SEE, ADD, DELETE = (f"zoco_mix.{verb}_control" for verb in ("view", "add", "delete"))
GAPS_SAID = 5


@never_cache
@permission_required(SEE, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: HttpRequest) -> HttpResponse:
    """List controls of a site; POST takes in a table."""
    title, site = pgettext("media mix", "Controls"), site_of(request)
    if site is None:
        return no_site(request, title)
    today = timezone.now().astimezone(ZoneInfo(site.zone)).date()
    form = ControlsForm(*((request.POST, request.FILES) if request.method == "POST" else ()), today=today)
    if request.method == "POST":
        if not request.user.has_perm(ADD):
            raise PermissionDenied
        if form.is_valid() and _taken(request, site, form):
            return redirect(f"{reverse('zoco_controls')}?site={site.slug}")
    lines = [_line(each) for each in Control.objects.filter(site=site.id)]
    may = {"may_add": request.user.has_perm(ADD), "may_delete": request.user.has_perm(DELETE)}
    answer = page_of(request, "controls", title, site, form=form, lines=lines, **may)
    answer.status_code = 422 if form.errors else 200
    return answer


def _taken(request: HttpRequest, site: SiteInfo, form: ControlsForm) -> bool:
    by = user_of(request)
    try:
        put = controls_put(site=site.id, columns=form.columns, by=by.pk if by else None, at=timezone.now())
    except TooManyControls as error:
        form.add_error(None, _(error.words) % error.places)
        return False
    for each in put:
        words = _("%(name)s: days that are new: %(new)s, changed: %(changed)s, the same: %(same)s.")
        counts = {name: formats.count(getattr(each, name)) for name in ("new", "changed", "same")}
        messages.info(request, words % {"name": each.name, **counts})
    return True


def _line(control: Control) -> dict[str, Any]:
    days = list(ControlDay.objects.filter(control=control).values_list("on", "value"))
    if not days:
        return {"control": control}
    gaps = [formats.span(first, last) for first, last in gaps_of([on for on, _value in days])]
    shown, more = gaps[:GAPS_SAID], len(gaps) - GAPS_SAID
    said = "; ".join(shown)
    if more > 0:
        said = _("%(gaps)s and %(more)s more") % {"gaps": said, "more": formats.count(more)}
    values = [value for _on, value in days]
    return {
        "control": control,
        "span": formats.span(days[0][0], days[-1][0]),
        "days": formats.count(len(days)),
        "gaps": said,
        "last": formats.decimal(values[-1], 2),
        "least": formats.decimal(min(values), 2),
        "most": formats.decimal(max(values), 2),
    }


def gaps_of(days: Sequence[date]) -> Iterator[tuple[date, date]]:
    """Yield the first and last day of each gap: steps more than one and a half times as long as is usual."""
    steps = [(later - before).days for before, later in pairwise(days)]
    usual = median_low(steps) if steps else 1
    for before, step in zip(days, steps, strict=False):
        if step > 1.5 * usual:
            yield before + timedelta(days=1), before + timedelta(days=step - 1)


@permission_required(DELETE, raise_exception=True)
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a control away with all its days; models that knew it stay as they are."""
    sites = {each.id: each for each in sitebook.sites()}
    control = get_object_or_404(Control, pk=pk, site__in=list(sites))
    control.delete()
    return redirect(f"{reverse('zoco_controls')}?site={sites[control.site_id].slug}")
