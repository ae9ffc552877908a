"""All trials of a site: what runs and waits, and below what was learnt."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from zoco.ledger import sitebook
from zoco.ledger.pictures import formats
from zoco.ledger.views.heads import head_of_site, no_site, site_chosen
from zoco.trials.models import Trial, TrialRun
from zoco.trials.screens import said
from zoco.trials.screens.editing import ADD

SEE = "zoco_trials.view_trial"
A_PAGE = 25
ICONS = {"draft": "edit", "running": "time", "stopped": "cross", "finished": "check", "archived": "folder"}


@never_cache
@permission_required(SEE, raise_exception=True)
@require_safe
def trials(request: HttpRequest) -> HttpResponse:
    """List the trials of a site."""
    sites = sitebook.sites()
    if not sites:
        return no_site(request, _("Trials"))
    site = site_chosen(sites, request.GET.get("site", ""))
    done = TrialRun.objects.filter(state=TrialRun.State.DONE).order_by("-id")
    found = (
        Trial.objects.filter(site=site.id)
        .select_related("site")
        .prefetch_related(Prefetch("runs", queryset=done, to_attr="done_runs"))
    )
    page = Paginator(found.order_by("-id"), A_PAGE).get_page(request.GET.get("page"))
    lines = [_line(each) for each in page.object_list]
    shown = head_of_site(_("Trials"), site, sites)
    values = {
        "now": [each for each in lines if each["trial"].state != Trial.State.ARCHIVED],
        "archive": [each for each in lines if each["trial"].state == Trial.State.ARCHIVED],
        "page": page,
        "may_add": request.user.has_perm(ADD),
    }
    return render(request, "zoco/trials/trials.html", shown | values)


def _line(trial: Trial) -> dict[str, Any]:
    runs: list[TrialRun] = trial.done_runs  # type: ignore[attr-defined]
    words = said.verdict(trial, runs[0].result)[0] if runs else ""
    arms, clock = {each.key: each.said for each in trial.arms_planned}, ZoneInfo(trial.site.zone)
    return {
        "trial": trial,
        "icon": ICONS[trial.state],
        "began": formats.day(timezone.localdate(trial.started_at, clock)) if trial.started_at else "–",
        "verdict": words or _("No figures yet"),
        "outcome": arms.get(trial.outcome_arm, _("none")),
    }
