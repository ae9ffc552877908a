"""The page of brand lift: what people answered by the arm of a trial that they were exposed to."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from zoco.ledger.pictures import formats
from zoco.ledger.store.base import QueryFailed, StoreBusy
from zoco.surveys.models import Survey
from zoco.surveys.results.lift import ANSWERS_LEAST, ArmAnswers, Lift, given_of, lift_read
from zoco.surveys.screens import opened, said
from zoco.surveys.screens.listing import SEE
from zoco.surveys.screens.showing import site_of
from zoco.trials.choices import Unit
from zoco.trials.models import Trial

SEE_TRIALS = "zoco_trials.view_trial"


@never_cache
@permission_required([SEE, SEE_TRIALS], raise_exception=True)
@require_safe
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a trial and an answer be chosen, and compare."""
    row, tongue = get_object_or_404(Survey, pk=pk), get_language() or "en"
    trials = Trial.objects.filter(site=row.site_id, started_at__isnull=False).order_by("-id")
    offered = {
        f"{each.key}:{given}": (each, given, f"{each.said(tongue)} · {said.label(each, given, tongue)}")
        for each in row.asked
        for given in given_of(each)
    }
    trial = next((each for each in trials if str(each.pk) == request.GET.get("trial")), None)
    chosen = offered.get(request.GET.get("answer", ""))
    title = _("Lift by trial")
    crumbs = [
        {"url": reverse("zoco_surveys"), "label": _("Surveys")},
        {"url": reverse("zoco_survey_results", args=[row.pk]), "label": row.name},
        {"url": None, "label": title},
    ]
    values: dict[str, Any] = {
        "title": title, "icon_name": "form", "breadcrumbs_items": crumbs, "survey": row, "trials": trials,
        "trial": trial, "answers": [(key, words) for key, (_question, _given, words) in offered.items()],
        "answer": request.GET.get("answer", ""), "least": ANSWERS_LEAST, "is_demo": site_of(row).is_demo,
    }  # fmt: skip
    if trial is not None and chosen is not None:
        values |= _compared(row, trial, chosen)
    return render(request, "zoco/surveys/lift.html", values)


def _compared(row: Survey, trial: Trial, chosen: tuple[Any, str, str]) -> dict[str, Any]:
    from zoco.ledger.store import opening

    question, given, words = chosen
    try:
        found = lift_read(
            survey=row, question=question, given=given, trial=trial, site=site_of(row),
            store=opening.store(), now=timezone.now(),
        )  # fmt: skip
    except (QueryFailed, StoreBusy):
        return {"wrong": _("The ledger does not answer now; try again in a moment.")}
    names, left_out = {each.key: each.said for each in trial.arms_planned}, _left_out(found)
    few = [names.get(each.key, each.key) for each in found.arms if not each.is_enough]
    return {
        "words": words,
        "is_of_a_day": trial.unit == Unit.VISITOR,
        "lines": [_line(found, each, names.get(each.key, each.key)) for each in found.arms],
        "few": ", ".join(few),
        "broken": [_broken(found, number) for number, each in enumerate(found.checks) if not each.is_kept],
        "left_out": left_out,
        "opened": opened.lift(trial.name, left_out, site_of(row).zone),
    }


def _line(found: Lift, arm: ArmAnswers, name: str) -> dict[str, str]:
    against = found.against(arm) if arm is not found.arms[0] else None
    low, high = arm.bounds if arm.is_enough else (0.0, 0.0)
    places = {"low": formats.percent(low, 1), "high": formats.percent(high, 1)}
    line = {
        "name": name,
        "exposed": formats.count(arm.exposed),
        "answered": formats.count(arm.answered),
        "gave": formats.count(arm.gave),
        "share": formats.percent(arm.share, 1) if arm.is_enough else _("too little data"),
        "interval": _("%(low)s to %(high)s") % places if arm.is_enough else "–",
        "difference": "–",
        "between": "–",
        "verdict": "",
    }
    if against is not None:
        gap, below, above = against
        line |= {
            "difference": said.points(gap),
            "between": _("%(low)s to %(high)s") % {"low": said.points(below), "high": said.points(above)},
            "verdict": _("differs from the control")
            if below > 0 or above < 0
            else _("no difference is shown: 0 lies within the interval"),
        }
    elif arm is found.arms[0]:
        line["verdict"] = _("the control")
    return line


def _broken(found: Lift, number: int) -> str:
    p = formats.decimal(found.checks[number].value, 3)
    if number == 0:
        return _(
            "The arms do not have as many units as they were dealt (p %(p)s): something is broken, and the "
            "difference may come from that."
        ) % {"p": p}
    return _(
        "In some arms people answer more often than in others (p %(p)s): whoever answered there are other "
        "people, and the difference may come from that."
    ) % {"p": p}


def _left_out(found: Lift) -> str:
    parts = []
    if found.before:
        parts.append(
            ngettext(
                "%(count)s answer is left out, as it came before the unit was exposed.",
                "%(count)s answers are left out, as they came before their units were exposed.",
                found.before,
            )
            % {"count": formats.count(found.before)}
        )
    if found.crossed:
        parts.append(
            ngettext(
                "%(count)s unit is left out, as it saw several arms or another than it was dealt.",
                "%(count)s units are left out, as they saw several arms or others than they were dealt.",
                found.crossed,
            )
            % {"count": formats.count(found.crossed)}
        )
    return " ".join(parts)
