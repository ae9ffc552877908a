"""Runs that work out figures in the background: with progress, stopped and gone on with, kept.

After each metric what is there is kept: whoever goes on, or comes after a kill, does the rest as of the same
moment.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from zoco.kit.runs import Tell
from zoco.ledger import sitebook
from zoco.moving.arriving import is_half_here, sites_loading
from zoco.sites.runs import ENDED, Runs
from zoco.stats.trials.bandits import shares_next
from zoco.trials import sharing
from zoco.trials.analysis import concluding
from zoco.trials.analysis.concluding import concluded
from zoco.trials.analysis.figures import Sampled, scope_of
from zoco.trials.choices import Deals
from zoco.trials.designs import DesignWrong
from zoco.trials.keeping.models import TrialUnit
from zoco.trials.models import Trial, TrialRun

if TYPE_CHECKING:
    from zoco.ledger.store.base import Store

log = logging.getLogger(__name__)
State = TrialRun.State
EVERY = timedelta(hours=20)
AFTER_DEATH = timedelta(hours=1)
"""So long after a run was found dead the next one is asked for: what kills its process may do so again."""
RUNS_KEPT = 50
ARRIVING = gettext_noop(
    "Not all facts of this site are here: its import has not ended, and figures of a part would be wrong. If "
    "the import was stopped or failed, go on with it; if it can never end, keep the site as it is on the "
    "page of the import."
)
UNDER_WAY = gettext_noop("Figures of this trial are being worked out already.")


class RunWrong(DesignWrong):
    """No figures can be worked out now; the message says why."""


def _enqueue(key: int) -> None:
    from zoco.trials.tasks import trial_do

    trial_do.enqueue(run=key)


def _lock(run: TrialRun) -> str:
    return f"run-{run.trial_id}"


RUNS = Runs(
    model=TrialRun, held_in="trials", enqueue=_enqueue, lock=_lock, waiting=State.WAITING,
    working=State.RUNNING, tell_seconds=0.0,
)  # fmt: skip


def run_begin(*, trial: Trial, at: datetime, by: Any = None) -> TrialRun:
    """Ask for figures as of this moment. Raises RunWrong, also while others are being worked out."""
    if trial.started_at is None:
        raise RunWrong(gettext_noop("The trial has not begun yet; there is nothing to work out."))
    if trial.keeps_units and trial.is_over and not TrialUnit.objects.filter(trial=trial).exists():
        words = gettext_noop(
            "Whom this bandit dealt is not known here any more, so that no figures can be worked out: it "
            "moved, or its site began anew."
        )
        raise RunWrong(words)
    if trial.units_due:
        words = gettext_noop(
            "Not everybody whom this bandit dealt came along when its site moved, so that no figures are "
            "worked out: those of a part would be wrong. If its import was stopped, go on with it."
        )
        raise RunWrong(words)
    if is_half_here(trial.site_id):
        raise RunWrong(ARRIVING)
    RUNS.look(trial=trial)
    run = TrialRun(trial=trial, until=at, total=len(trial.metrics) + 1, told_at=at, created_by=by)
    try:
        with transaction.atomic():
            RUNS.begin(run)
    except IntegrityError:
        raise RunWrong(UNDER_WAY) from None
    old = TrialRun.objects.filter(trial=trial).order_by("-id").values_list("pk", flat=True)[RUNS_KEPT:]
    TrialRun.objects.filter(pk__in=list(old)).delete()
    return run


def run_stop(*, run: TrialRun) -> None:
    """Let a run end at its next step; what is there stays."""
    RUNS.stop(run)


def run_again(*, run: TrialRun, at: datetime) -> None:
    """Go on with a run that was stopped or failed. Raises RunWrong while another is at it."""
    try:
        with transaction.atomic():
            RUNS.again(run, told_at=at)
    except IntegrityError:
        raise RunWrong(UNDER_WAY) from None


def run_through(*, key: int, store: Store | None = None) -> TrialRun | None:
    """Do a run that was asked for; one that was cut off goes on. None for one that is gone."""
    return RUNS.through(key, partial(_work, store))


def _work(store: Store | None, run: TrialRun, _scratch: Path, tell: Tell) -> None:
    """Work out what is not there yet: units and guards first, then metric by metric."""
    from zoco.ledger.store import opening

    opened = store or opening.store()
    opened.drain()
    trial = run.trial
    site = next(each for each in sitebook.sites() if each.id == trial.site_id)
    tell(done=run.done)
    sampled = Sampled(trial, scope_of(trial, site, run.until), opened)
    if not run.done:
        tell(result=sampled.counts() | {"metrics": []}, done=1)
    for metric in trial.metrics_planned[run.done - 1 :]:
        made = sampled.metric(metric)
        tell(result=run.result | {"metrics": [*run.result["metrics"], made]}, done=run.done + 1)
    run.result = concluded(trial, run.result, run.until)


def look(*, now: datetime) -> int:
    """Ask for figures where they are a day old, and for the last ones when all is in; returns how many.

    Runs that died with their process have failed from then on. A site that is being loaded waits.
    """
    asked = 0
    with sitebook.everything():
        RUNS.look()
        begun = Trial.objects.exclude(state__in=[Trial.State.DRAFT, Trial.State.ARCHIVED])
        for trial in begun.exclude(site__in=sites_loading()).order_by("id"):
            if not _is_due(trial.runs.order_by("-id").first(), concluding.full_at(trial), now):
                continue
            try:
                run_begin(trial=trial, at=now)
                asked += 1
            except RunWrong:
                log.info("Figures of a trial cannot be worked out now. trial=%s", trial.pk)
    return asked


def _is_due(last: TrialRun | None, full: datetime | None, now: datetime) -> bool:
    """Return whether new figures of a trial, which is all in at `full`, are to be asked for."""
    if full is not None and now < full:
        return False
    if last is None:
        return True
    if last.state != State.DONE:
        return last.told_at <= now - (AFTER_DEATH if last.said == ENDED else EVERY)
    return last.until < full if full is not None else last.until <= now - EVERY


def share(*, trial: int, now: datetime, store: Store | None = None) -> bool:
    """Set the shares of a bandit's next day by what is there so far; False where there is nothing to do."""
    from zoco.ledger.store import opening

    with sitebook.everything():
        row = Trial.objects.filter(pk=trial).first()
        if row is None or not sharing.is_to_share(row, now):
            return False
        site = next(each for each in sitebook.sites() if each.id == row.site_id)
        opened = store or opening.store()
        opened.drain()
        sampled = Sampled(row, scope_of(row, site, now), opened)
        primary = next(each for each in row.metrics_planned if each.role == "primary")
        shares = shares_next([each.key for each in row.arms_planned], sampled.batches_of(primary))
        since = sharing.midnight_after(row, now)
        return sharing.shares_set(trial=trial, shares=shares, since=since, at=now)


def share_all(*, now: datetime) -> int:
    """Ask for the shares of all bandits whose next day they are to be set for; returns how many.

    Shares once set stay, so that those of a site that is being loaded are left to whoever loads it.
    """
    from zoco.trials.tasks import trial_share

    with sitebook.everything():
        running = Trial.objects.filter(state=Trial.State.RUNNING, deals=Deals.BANDIT)
        awaited = running.exclude(site__in=sites_loading()).order_by("id")
        due = [each.pk for each in awaited if sharing.is_to_share(each, now)]
    for pk in due:
        trial_share.enqueue(trial=pk)
    return len(due)
