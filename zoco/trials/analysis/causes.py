"""What a trial says that a channel or campaign brought which one of its arms did not get, beside credits.

The difference of a unit, times the units that got it on the days that are asked for. Whoever was outside the
trial got the control: a random part, so that it is known how many those were.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from zoco.ledger.asking.causal import CONFIDENCE, Bounds, Effect, Wanted
from zoco.ledger.asking.goals import goals_of_facts
from zoco.ledger.pictures import formats
from zoco.stats.trials import fixed, live
from zoco.stats.trials.comparing import Figure
from zoco.stats.trials.moments import Estimate, NoSpread, TooFew
from zoco.trials.models import Trial, TrialRun

Kept = dict[str, Any]
SEE = ("zoco_trials.view_trial",)
TRIALS_MOST = 20
MEANT = {"mean": 0, "proportion": 1, "revenue": 0}
"""The kinds of metrics that add up over units, the better ones first."""


def effects(wanted: Wanted) -> Iterator[Effect]:
    """Yield what trials say that withhold something of this kind."""
    trials = Trial.objects.filter(site=wanted.site.id, withholds_by=wanted.by, started_at__isnull=False)
    for trial in trials.exclude(withholds="").order_by("-started_at", "-id")[:TRIALS_MOST]:
        run = trial.runs.filter(state=TrialRun.State.DONE).order_by("-id").first()
        first, last = _days(trial, run, wanted.site.zone)
        source = _("Trial “%(name)s”, %(days)s") % {"name": trial.name, "days": formats.span(first, last)}
        found = _("no figures yet") if run is None else _brought(trial, run.result, wanted, first, last)
        bounds, lack = (found, "") if isinstance(found, Bounds) else (None, found)
        url = reverse("zoco_trial", args=[trial.pk])
        yield Effect(trial.withholds.lower(), source, bounds, SEE, lack, url)


def _days(trial: Trial, run: TrialRun | None, zone: str) -> tuple[date, date]:
    """Return the local days of which a trial has exposures so far."""
    assert trial.started_at is not None  # noqa: S101 - asked of trials that began
    ends = [each for each in (trial.ended_at, run.until if run else None) if each is not None]
    last = min(ends) if ends else trial.started_at
    clock = ZoneInfo(zone)
    return trial.started_at.astimezone(clock).date(), last.astimezone(clock).date()


def _brought(trial: Trial, result: Kept, wanted: Wanted, first: date, last: date) -> Bounds | str:
    """Return what it brought on the days that are asked for, or why that is not known."""
    if any(not each["is_kept"] for each in result["checks"]):
        return _("a guard of the trial is broken")
    both = _metric(trial, result, wanted)
    if both is None:
        return _("the trial counts another outcome")
    if wanted.period.first < first or wanted.period.last > last or "days" not in result:
        return _("choose days within the trial")
    figure = _figure(trial, both, is_end=result["is_end"])
    if figure is None:
        return _("too little data")
    units = _units(trial, result, wanted)
    # Figures are of the second arm against the control; what it brought is got against not got.
    sign = 1 if trial.withheld_arm == trial.control else -1
    low, high = sorted(sign * each for each in figure.interval)
    return Bounds(sign * figure.difference * units, low * units, high * units)


def _metric(trial: Trial, result: Kept, wanted: Wanted) -> Kept | None:
    """Return the figures of the metric that is the outcome that is asked for."""
    every = [goal.name for goal in goals_of_facts(wanted.site.id)]
    found = [
        (MEANT[metric.kind], number)
        for number, metric in enumerate(trial.metrics_planned)
        if metric.kind in MEANT
        and wanted.is_of(metric.goal, is_revenue=metric.kind == "revenue" or metric.of_amount, of=every)
    ]
    if not found:
        return None
    kept: Kept = result["metrics"][min(found)[1]]
    return kept


def _figure(trial: Trial, kept: Kept, *, is_end: bool) -> Figure | None:
    """Return the second arm against the control with an interval as wide as those of credits."""
    if not kept["figures"]:
        return None
    control, other = (Estimate(**kept["arms"][each.key]) for each in trial.arms_planned)
    try:
        if is_end:
            return fixed.ended(control, other, planned=control.n + other.n, confidence=CONFIDENCE)
        return live.looked(control, other, planned=max(trial.units_planned, 2), confidence=CONFIDENCE)
    except (TooFew, NoSpread):
        return None


def _units(trial: Trial, result: Kept, wanted: Wanted) -> float:
    """Return how many units got it on these days, of all that came and not of those in the trial alone."""
    days = range(wanted.period.first.toordinal(), wanted.period.last.toordinal() + 1)
    rows = [result["days"].get(date.fromordinal(each).isoformat(), {}) for each in days]
    seen: dict[str, int] = {
        each.key: sum(row.get(each.key, 0) for row in rows) for each in trial.arms_planned
    }
    without = seen[trial.withheld_arm]
    if trial.withheld_arm == trial.control:
        return sum(seen.values()) - without
    inside = (1 - trial.holdout_percent / 100) * trial.share_percent / 100
    return sum(seen.values()) / inside - without
