"""The page of a trial: what may be said, guards, the forest plot and its table, how it is set up."""

from __future__ import annotations

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
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from zoco.ledger import sitebook
from zoco.ledger.pictures import formats
from zoco.ledger.pictures.alone.pages import answered
from zoco.ledger.pictures.intervals import between
from zoco.trials import services
from zoco.trials.analysis import runs
from zoco.trials.designs import SHARES, DesignWrong
from zoco.trials.models import Trial, TrialRun
from zoco.trials.screens import bandits, beliefs, forest, opened, said
from zoco.trials.screens.editing import CHANGE
from zoco.trials.screens.listing import ICONS, SEE

DELETE = "zoco_trials.delete_trial"
FACTS = "zoco_ledger.view_facts"
State = Trial.State


@never_cache
@permission_required(SEE, raise_exception=True)
@require_safe
def trial(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a trial, or give a picture of its figures."""
    row = get_object_or_404(Trial.objects.select_related("site", "created_by"), pk=pk)
    done = row.runs.filter(state=TrialRun.State.DONE).order_by("-id").first()
    last = row.runs.order_by("-id").first()
    crumbs = [{"url": reverse("zoco_trials"), "label": _("Trials")}, {"url": None, "label": row.name}]
    may_change = request.user.has_perm(CHANGE)
    figures = _figures(row, done) if done else None
    opens = opened.opened(row, figures, done.result) if done and figures else {}
    values = {
        "title": row.name, "icon_name": "tasks", "breadcrumbs_items": crumbs, "trial": row,
        "icon": ICONS[row.state], "set_up": _set_up(row), "arms": row.arms_planned,
        "metrics": _metrics(row), "run": _run(last), "figures": figures, "opens": opens,
        "may_change": may_change, "may_delete": request.user.has_perm(DELETE) and row.state != State.RUNNING,
        "may_download": request.user.has_perm(FACTS) and row.started_at is not None,
        "may_work": may_change and row.started_at is not None and not (last and last.is_open),
        "is_draft": row.state == State.DRAFT, "is_running": row.state == State.RUNNING,
        "is_archived": row.state == State.ARCHIVED, "is_demo": row.site.is_demo,
    }  # fmt: skip
    return answered(
        request, "zoco/trials/trial.html", values,
        drawings=opened.drawings(row, figures, opens) if figures else [],
        site=row.site, stem=f"trial-{row.key}", now=timezone.now(),
    )  # fmt: skip


def _moment(at: Any, row: Trial) -> str:
    """Write a moment in the zone of the site, by whose days a trial goes."""
    return formats.moment(timezone.localtime(at, ZoneInfo(row.site.zone))) if at else _("not yet")


def _set_up(row: Trial) -> list[tuple[str, str]]:
    """Return what was set, as pairs."""
    layer = row.layer or _("none: others do not matter")
    return [
        (_("Site"), str(row.site)),
        (_("Key"), row.key),
        (_("Who is dealt"), str(row.get_unit_display())),
        (_("Share of the traffic"), formats.percent(row.share_percent / 100, 0)),
        (_("Held out of all trials"), formats.percent(row.holdout_percent / 100, 0)),
        (_("Layer"), layer),
        (_("What decides"), str(row.get_decides_display())),
        (_("Planned number of units"), formats.count(row.units_planned)),
        (_("How arms are dealt"), str(row.get_deals_display())),
        (_("Arms weighed by"), str(row.get_strata_display())),
        (_("What one arm does not get"), _withheld(row)),
        (_("Days at least"), formats.count(row.days_least)),
        (_("Last day"), formats.day(row.ends_on) if row.ends_on else _("none set")),
        (_("Began"), _moment(row.started_at, row)),
        (_("Ended"), _moment(row.ended_at, row)),
    ]


def _withheld(row: Trial) -> str:
    if not row.withholds_by:
        return str(row.get_withholds_by_display())
    given = {"what": row.get_withholds_by_display(), "name": row.withholds, "arm": row.withheld_arm}
    return _("%(what)s: %(name)s (arm %(arm)s)") % given


def _metrics(row: Trial) -> list[dict[str, Any]]:
    return [
        {"metric": each, "kind": said.KINDS[each.kind], "role": said.ROLES[each.role]}
        for each in row.metrics_planned
    ]


def _run(last: TrialRun | None) -> dict[str, Any] | None:
    if last is None:
        return None
    share = round(100 * last.done / last.total) if last.total else 0
    return {"run": last, "share": share, "said": _(last.said) if last.said else ""}


def _figures(row: Trial, run: TrialRun) -> dict[str, Any]:
    """Return everything of a result as it is shown."""
    result, currency = run.result, sitebook_currency(row)
    words, kind = said.verdict(row, result)
    arms = {each.key: each.said for each in row.arms_planned}
    both = list(zip(row.metrics_planned, result["metrics"], strict=True))
    control = arms[row.control]
    drawn = (
        _lines(both, arms),
        _("Lift against “%(control)s”") % {"control": control},
        _("Each line is an interval of 95 %; it leaves out 0 where the difference is sure. See the table."),
    )
    return {
        "since": _moment(row.started_at, row),
        "alone": forest.alone(*drawn),
        "moved": bandits.moved(row, both, arms),
        "moved_alone": bandits.moved_alone(row, both, arms),
        "words": words,
        "kind": kind,
        "until": _moment(run.until, row),
        "plot": forest.drawn(*drawn),
        "table": [
            _cells(metric, kept, key, name, currency) for metric, kept in both for key, name in arms.items()
        ],
        "beliefs": beliefs.table(both, arms, row.control, currency),
        "is_share": _primary(both).kind in SHARES,
        "days": bandits.days(row, both, arms, currency),
        "earned": bandits.earned(both, currency),
        "guards": [said.guard(each) for each in result["checks"]],
        "counts": _counts(result, arms),
        "crossed": formats.count(result["crossed"]),
        "left_out": formats.count(max((kept["left_out"] for _metric, kept in both), default=0)),
        "is_live": not result["is_end"],
        "control": control,
        "notes": said.notes(both, currency),
    }


def _primary(both: list[tuple[Any, Any]]) -> Any:
    return next(metric for metric, _kept in both if metric.role == "primary")


def _counts(result: dict[str, Any], arms: dict[str, str]) -> list[tuple[str, str, str]]:
    """Return how many units of each arm were exposed, and how many dealt."""
    dealt = result["dealt"]
    return [
        (
            name,
            formats.count(result["exposed"].get(key, 0)),
            formats.count(dealt.get(key, 0)) if dealt else _("not known"),
        )
        for key, name in arms.items()
    ]


def _lines(both: list[tuple[Any, Any]], arms: dict[str, str]) -> list[forest.Line]:
    found = []
    for metric, kept in both:
        for key, figure in kept["figures"].items():
            if figure["lift_interval"] and figure["lift"] is not None:
                label = f"{metric.name} · {arms.get(key, key)}" if len(arms) > 2 else metric.name
                low, high = figure["lift_interval"]
                found.append(forest.Line(label, figure["lift"], low, high, metric.role == "primary"))
    return found


def sitebook_currency(row: Trial) -> str:
    """Return the currency of a trial's site."""
    return next((each.currency for each in sitebook.sites() if each.id == row.site_id), "EUR")


def _cells(metric: Any, kept: dict[str, Any], key: str, name: str, currency: str) -> dict[str, Any]:
    estimate, figure = kept["arms"].get(key), kept["figures"].get(key)
    cells: dict[str, Any] = {
        "metric": metric.name,
        "is_primary": metric.role == "primary",
        "arm": name,
        "n": formats.count(estimate["n"]) if estimate else "–",
        "value": said.value(metric, estimate["value"], currency)
        if estimate
        else said.why(kept["lacking"].get(key, "")),
        "difference": "–", "interval": "–", "lift": "–", "p": "–", "p_corrected": "–",
    }  # fmt: skip
    if figure:
        low, high = figure["interval"]
        cells |= {
            "difference": said.difference(metric, figure["difference"], currency),
            "interval": between(low, high, lambda each: said.difference(metric, each, currency)),
            "lift": said.lift(figure),
            "p": said.p_value(figure["p"]),
            "p_corrected": said.p_value(figure["p_corrected"]) if "p_corrected" in figure else "–",
        }
    elif key in kept["why"] and estimate:
        cells["difference"] = said.why(kept["why"][key])
    return cells


@require_POST
@permission_required(SEE, raise_exception=True)
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Start, stop, work out, conclude, archive or delete a trial."""
    row = get_object_or_404(Trial, pk=pk)
    do = request.POST.get("do", "")
    if not request.user.has_perm(DELETE if do == "delete" else CHANGE):
        raise PermissionDenied
    try:
        if do == "delete":
            services.trial_delete(trial=pk)
            return redirect("zoco_trials")
        _done(request, row, do)
    except DesignWrong as wrong:
        messages.error(request, _(wrong.words) % wrong.places)
    return redirect("zoco_trial", pk)


def _done(request: HttpRequest, row: Trial, do: str) -> None:
    now, last = timezone.now(), row.runs.order_by("-id").first()
    if do == "start":
        services.trial_start(trial=row.pk, at=now)
    elif do == "stop":
        services.trial_stop(trial=row.pk, at=now)
    elif do == "figures":
        runs.run_begin(trial=row, at=now, by=request.user)
    elif do == "run_stop" and last is not None:
        runs.run_stop(run=last)
    elif do == "run_go" and last is not None:
        runs.run_again(run=last, at=now)
    elif do in ("conclude", "archive"):
        services.trial_conclude(
            trial=row.pk,
            outcome_arm=request.POST.get("outcome_arm", ""),
            learnt=request.POST.get("learnt", "").replace("\0", ""),
            archive=do == "archive",
        )
