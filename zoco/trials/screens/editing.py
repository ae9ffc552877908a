"""The editor of a draft."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from zoco.kit.editors.lines import lines_offered
from zoco.ledger import sitebook
from zoco.ledger.views.heads import no_site
from zoco.sites.wording import said_whole
from zoco.trials import services
from zoco.trials.designs import DesignWrong
from zoco.trials.models import Trial
from zoco.trials.screens.forms import ARMS_FIRST, Arms, Metrics, TrialForm

ADD, CHANGE = "zoco_trials.add_trial", "zoco_trials.change_trial"
PREFILLED = ("site", "units_planned", "unit", "name", "decides")
METRIC_PREFILLED = ("goal", "kind", "per", "of_amount", "share", "window_days", "from_day")


@never_cache
@permission_required(ADD, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make a draft."""
    if not sitebook.sites():
        return no_site(request, _("New trial"))
    if request.method == "POST":
        return _taken(request, None)
    asked = {name: request.GET[name] for name in PREFILLED if name in request.GET}
    metric = {name: request.GET[name][:80] for name in METRIC_PREFILLED if name in request.GET}
    first = [{**metric, "name": request.GET.get("metric", "")[:80], "role": "primary"}]
    return _page(request, None, TrialForm(initial=asked), _arms(ARMS_FIRST), _metrics(first))


@never_cache
@permission_required(CHANGE, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a draft; of one that began the page is shown, which says what it is."""
    trial = get_object_or_404(Trial, pk=pk)
    if trial.state != Trial.State.DRAFT:
        return redirect("zoco_trial", pk)
    if request.method == "POST":
        return _taken(request, trial)
    arms = [asdict(each) for each in trial.arms_planned]
    metrics = [asdict(each) for each in trial.metrics_planned]
    return _page(request, trial, TrialForm(instance=trial), _arms(arms), _metrics(metrics))


def _arms(first: Sequence[dict[str, Any]]) -> Any:
    return lines_offered(Arms, "arms", first)


def _metrics(first: Sequence[dict[str, Any]]) -> Any:
    return lines_offered(Metrics, "metrics", first)


def _taken(request: HttpRequest, trial: Trial | None) -> HttpResponse:
    form = TrialForm(request.POST, instance=trial)
    arms, metrics = Arms(request.POST, prefix="arms"), Metrics(request.POST, prefix="metrics")
    if all([form.is_valid(), arms.are_valid(), metrics.are_valid()]):
        fields = {name: form.cleaned_data[name] for name in services.FIELDS}
        parts: dict[str, Any] = {
            "arms": tuple(each.arm() for each in arms.filled),
            "metrics": tuple(each.metric() for each in metrics.filled),
        }
        try:
            if trial is None:
                given = form.cleaned_data
                made = services.trial_make(
                    site=given["site"].pk, key=given["key"], by=request.user, **parts, **fields
                )
            else:
                made = services.trial_change(trial=trial.pk, **parts, **fields)
            return redirect("zoco_trial", made.pk)
        except DesignWrong as wrong:
            form.add_error(None, said_whole(wrong))
    return _page(request, trial, form, arms, metrics)


def _page(request: HttpRequest, trial: Trial | None, form: Any, arms: Any, metrics: Any) -> HttpResponse:
    title = str(trial.name) if trial else _("New trial")
    crumbs = [{"url": reverse("zoco_trials"), "label": _("Trials")}, {"url": None, "label": title}]
    values = {
        "title": title, "icon_name": "tasks", "breadcrumbs_items": crumbs, "form": form, "arms": arms,
        "metrics": metrics, "trial": trial,
    }  # fmt: skip
    return render(request, "zoco/trials/edit.html", values)
