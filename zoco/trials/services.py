"""Making a trial, and its way: draft, running, stopped or finished, archived. What runs is not changed.

Whatever makes the figures (arms, weights, shares, layer, metrics, the end, who is dealt) is frozen when a
trial begins; its name and hypothesis too, so that nobody says afterwards what was expected.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from zoco.ledger import sitebook
from zoco.ledger.asking.goals import goals_of_facts
from zoco.moving.arriving import sites_loading
from zoco.sites.models import Site
from zoco.trials import sharing
from zoco.trials.choices import Decides, Unit
from zoco.trials.designs import (
    ArmPlan,
    DesignWrong,
    Metric,
    arms_check,
    kept_of,
    metrics_check,
    strata_check,
    with_goals,
    withheld_check,
)
from zoco.trials.flags.models import Flag
from zoco.trials.models import Trial, TrialRun

State = Trial.State
FIELDS = (
    "name", "hypothesis", "unit", "share_percent", "holdout_percent", "layer", "decides", "units_planned",
    "days_least", "ends_on", "is_public", "is_adjusted", "strata", "deals",
    "withholds_by", "withholds", "withheld_arm",
)  # fmt: skip
TRIALS_MOST = 500
RUNNING_MOST = 50
DAYS_MOST = 366


class TrialFrozen(DesignWrong):
    """The trial is past the state in which this can be done."""


class LayerFull(DesignWrong):
    """The trials that run in the layer leave too little of it."""


@transaction.atomic
def trial_make(
    *,
    site: int,
    key: str,
    arms: tuple[ArmPlan, ...],
    metrics: tuple[Metric, ...],
    by: Any = None,
    **fields: Any,
) -> Trial:
    """Make a draft. Raises DesignWrong."""
    Site.objects.select_for_update().get(pk=site)
    if Trial.objects.filter(site=site).count() >= TRIALS_MOST:
        words = gettext_noop("A site keeps at most %(most)s trials; delete one that is no longer needed.")
        raise DesignWrong(words, most=TRIALS_MOST)
    if Flag.objects.filter(site=site, key=key).exists():
        words = gettext_noop("The site has a flag with the key %(key)s already; choose another.")
        raise DesignWrong(words, key=key)
    trial = Trial(site_id=site, key=key, hash_site=site, created_by=by)
    _set(trial, arms, metrics, fields)
    try:
        with transaction.atomic():
            trial.save()
    except IntegrityError:
        words = gettext_noop("The site has a trial with the key %(key)s already; choose another.")
        raise DesignWrong(words, key=key) from None
    return trial


@transaction.atomic
def trial_change(
    *, trial: int, arms: tuple[ArmPlan, ...], metrics: tuple[Metric, ...], **fields: Any
) -> Trial:
    """Change a draft. Raises DesignWrong, TrialFrozen once it has begun."""
    row = _locked(trial, State.DRAFT)
    _set(row, arms, metrics, fields)
    row.save()
    return row


def _set(
    trial: Trial, arms: tuple[ArmPlan, ...], metrics: tuple[Metric, ...], fields: dict[str, Any]
) -> None:
    if unknown := set(fields) - set(FIELDS):
        raise TypeError(f"No fields of a trial: {', '.join(sorted(unknown))}.")
    arms_check(arms)
    is_fixed = fields.get("decides", trial.decides) == Decides.FIXED
    metrics_check(metrics, _goals(trial.site_id), is_fixed=is_fixed)
    trial.arms, trial.metrics = kept_of(arms), kept_of(metrics)
    for name, value in fields.items():
        setattr(trial, name, value)
    strata_check(trial.unit, trial.strata)
    trial.withholds = trial.withholds.strip()
    keys = [each.key for each in arms]
    withheld_check(trial.withholds_by, trial.withholds, trial.withheld_arm, keys, is_bandit=trial.is_bandit)


def _goals(site: int) -> set[str]:
    return {each.name for each in goals_of_facts(site)}


@transaction.atomic
def trial_start(*, trial: int, at: datetime) -> Trial:
    """Let a draft run. Raises DesignWrong where it has no end that it needs, LayerFull, TrialFrozen."""
    row = _locked(trial, State.DRAFT)
    running = Trial.objects.filter(site=row.site_id, state=State.RUNNING)
    if running.count() >= RUNNING_MOST:
        words = gettext_noop("%(most)s trials run on the site; stop one first.")
        raise DesignWrong(words, most=RUNNING_MOST)
    arms_check(row.arms_planned)
    metrics_check(row.metrics_planned, _goals(row.site_id), is_fixed=row.decides == Decides.FIXED)
    row.metrics = kept_of(with_goals(row.metrics_planned, goals_of_facts(row.site_id)))
    if row.unit != Unit.PERSON and any(each.window_days > 1 for each in row.metrics_planned):
        _lasting_check(row)
    _end_check(row, at)
    if row.is_bandit:
        sharing.bandit_check(row)
    row.layer_from = _room_in(row, list(running)) if row.layer else None
    row.state, row.started_at = State.RUNNING, at
    if row.is_bandit:
        sharing.first_shared(row, at)
    row.save()
    return row


def _lasting_check(trial: Trial) -> None:
    """Hold what looks further than a day to units that last longer than one."""
    if trial.unit == Unit.VISITOR:
        words = gettext_noop(
            "A visitor without consent is known for a day, and a metric counts longer than that; deal "
            "browsers that consented, or count one day."
        )
        raise DesignWrong(words)


def _end_check(trial: Trial, at: datetime) -> None:
    today = at.astimezone(ZoneInfo(_zone(trial.site_id))).date()
    end = end_of(trial)
    if trial.ends_on is None or end is None:
        if trial.decides == Decides.FIXED:
            raise DesignWrong(gettext_noop("A trial that is decided at its end needs its last day."))
        return
    if end < least_until(trial, at):
        words = gettext_noop("The last day lies before the %(days)s days that it runs at least.")
        raise DesignWrong(words, days=trial.days_least)
    if trial.ends_on > today + timedelta(days=DAYS_MOST):
        raise DesignWrong(gettext_noop("A trial runs for %(most)s days at most."), most=DAYS_MOST)


def _zone(site: int) -> str:
    return next((each.zone for each in sitebook.sites() if each.id == site), "UTC")


def _room_in(trial: Trial, running: list[Trial]) -> int:
    """Return at which percent of its layer a trial begins: the first gap that holds it. Raises LayerFull."""
    share, at = trial.share_percent, 0
    taken = sorted(
        (each.layer_from or 0, each.share_percent)
        for each in running
        if each.layer == trial.layer and each.unit == trial.unit
    )
    for start, size in taken:
        if start - at >= share:
            break
        at = max(at, start + size)
    if at + share > 100:
        words = gettext_noop(
            "The trials that run in the layer %(layer)s leave no %(share)s %% of the traffic together; take "
            "a smaller share, or stop one."
        )
        raise LayerFull(words, layer=trial.layer, share=share)
    return at


@transaction.atomic
def trial_stop(*, trial: int, at: datetime) -> Trial:
    """Stop a trial before its end: nobody is dealt any more. Raises TrialFrozen."""
    row = _locked(trial, State.RUNNING)
    row.state, row.ended_at = State.STOPPED, at
    row.save()
    return row


def trials_finish(*, at: datetime) -> int:
    """Finish the trials whose last day is over, as of the end of that day; returns how many.

    Those of a site that is being loaded are left to whoever loads it.
    """
    with sitebook.everything():
        running = Trial.objects.filter(state=State.RUNNING).exclude(site__in=sites_loading())
        return sum(trial_finish(trial=pk, at=at) for pk in list(running.values_list("pk", flat=True)))


@transaction.atomic
def trial_finish(*, trial: int, at: datetime) -> bool:
    """Finish a trial that runs if its last day is over, as of the end of that day; returns whether it was."""
    row = Trial.objects.select_for_update().filter(pk=trial, state=State.RUNNING).first()
    end = end_of(row) if row is not None else None
    if row is None or end is None or at < end:
        return False
    row.state, row.ended_at = State.FINISHED, end
    row.save()
    return True


def end_of(trial: Trial) -> datetime | None:
    """Return the moment at which a trial stops by itself; None without a last day."""
    if trial.ends_on is None:
        return None
    zone = ZoneInfo(_zone(trial.site_id))
    return datetime.combine(trial.ends_on + timedelta(days=1), datetime.min.time(), zone)


def least_until(trial: Trial, at: datetime) -> datetime:
    """Return when a trial that began `at` has run for its least days: local ones, the first among them."""
    zone = ZoneInfo(_zone(trial.site_id))
    first = at.astimezone(zone).date()
    return datetime.combine(first + timedelta(days=trial.days_least), datetime.min.time(), zone)


@transaction.atomic
def trial_conclude(*, trial: int, outcome_arm: str, learnt: str, archive: bool = False) -> Trial:
    """Say what was learnt, and which arm everybody gets from now on ("" for none). Raises DesignWrong."""
    row = _locked(trial, State.STOPPED, State.FINISHED, State.ARCHIVED)
    if outcome_arm and outcome_arm not in {each.key for each in row.arms_planned}:
        raise DesignWrong(gettext_noop("The trial has no arm %(key)s."), key=outcome_arm[:40])
    if archive and not learnt.strip():
        raise DesignWrong(gettext_noop("Write down what was learnt before the trial goes into the archive."))
    row.outcome_arm, row.learnt = outcome_arm, learnt.strip()[:4_000]
    if archive:
        row.state = State.ARCHIVED
    row.save()
    return row


@transaction.atomic
def trial_delete(*, trial: int) -> None:
    """Delete a trial that does not run. Raises TrialFrozen, also while its figures are worked out."""
    row = _locked(trial, State.DRAFT, State.STOPPED, State.FINISHED, State.ARCHIVED)
    if row.runs.filter(state__in=[TrialRun.State.WAITING, TrialRun.State.RUNNING]).exists():
        raise TrialFrozen(gettext_noop("Figures of this trial are being worked out; stop that first."))
    row.delete()


def drafts_follow(*, site: int, was: str, now: str) -> None:
    """Let the metrics of drafts go by a goal's new name, in the transaction that renames it."""
    for trial in Trial.objects.select_for_update().filter(site=site, state=State.DRAFT).order_by("id"):
        metrics = tuple(
            replace(
                each, goal=now if each.goal == was else each.goal, per=now if each.per == was else each.per
            )
            for each in trial.metrics_planned
        )
        if metrics != trial.metrics_planned:
            trial.metrics = kept_of(metrics)
            trial.save(update_fields=["metrics"])


def _locked(pk: int, *states: str) -> Trial:
    row = Trial.objects.select_for_update().get(pk=pk)
    if row.state not in states:
        words = {
            State.DRAFT: gettext_noop("The trial has not begun yet."),
            State.RUNNING: gettext_noop(
                "The trial runs; what its figures are made of cannot be changed. Stop it first."
            ),
        }.get(
            State(row.state),
            gettext_noop("The trial is over; make a new one to try something else."),
        )
        raise TrialFrozen(words)
    return row
