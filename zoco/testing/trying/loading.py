"""The trials of the simulated company: begun, seen, decided up to a moment; and taken away again.

Each step is that of the product at its time: a trial begins by its service, shares of a bandit are set on
the evening before, figures are worked out by a run. A company younger than `DAYS_LEAST` tries nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from django.db import transaction

from zoco.kit.conf import DATA
from zoco.kit.periods import micros, midnight, moment_at
from zoco.ledger import sitebook
from zoco.ledger.asking.goals import goals_of_facts
from zoco.ledger.schema import Fact, encoder
from zoco.ledger.spool import BulkSegment
from zoco.ledger.spool.instance import instance
from zoco.ledger.store import opening
from zoco.monitor.attribution.definition import rule_of, rule_set
from zoco.monitor.services import goal_create
from zoco.sites.models import Site
from zoco.testing.company.truth import TrialTruth
from zoco.testing.trying.exposing import Exposure, Ints, Views, exposures, views_read
from zoco.testing.trying.plans import (
    BANDIT,
    FLAG,
    FLAG_KEY,
    FLAG_RULES,
    FLAG_VARIANTS,
    PROMISE,
    TRIED,
    Tried,
)
from zoco.trials.analysis.concluding import full_at
from zoco.trials.analysis.runs import RUNS, RunWrong, run_begin, run_through, share
from zoco.trials.deciding import dealer
from zoco.trials.designs import Metric
from zoco.trials.flags.models import Flag
from zoco.trials.flags.services import flag_make
from zoco.trials.models import Trial, TrialRun
from zoco.trials.services import end_of, trial_conclude, trial_finish, trial_make, trial_start

DAYS_LEAST = 60
OPENS = timedelta(hours=9)
"""A trial begins so long after midnight of the shop."""
EVENING = timedelta(hours=1)
"""Shares of a bandit are set so long before midnight, by what was seen until then."""
WEEK = 7
WAIT_SECONDS, LOOK_SECONDS = 120.0, 0.5
"""So long figures are waited for that a worker beside works out."""


class FiguresMissing(RuntimeError):
    """Figures of a trial came to no end, so that the company would not be what its truth says."""


def trials_load(*, site: Site, seed: int, until: datetime, first: str, placed: str) -> list[TrialTruth]:
    """Try what is planned up to a moment; returns what is true of it, nothing of a young company.

    `first` is the company's first day, `placed` the goal of orders, which no arm changes. What an earlier
    call made for the site is replaced.
    """
    today = until.astimezone(ZoneInfo(site.zone)).date()
    trials_remove(site)
    if (today - date.fromisoformat(first)).days + 1 < DAYS_LEAST:
        return []
    with sitebook.everything():
        _goals_make(site)
        flag_make(
            site=site.pk, key=FLAG_KEY, variants=FLAG_VARIANTS, rules=FLAG_RULES,
            at=until - timedelta(days=DAYS_LEAST), **FLAG,
        )  # fmt: skip
        since = min(_opened(site, today, each) for each in TRIED)
        views = views_read(opening.store(), site, since, until)
        return [_lived(each, site, views, seed=seed, until=until, placed=placed) for each in TRIED]


def trials_remove(site: Site) -> None:
    """Take the trials and the flag away; facts go with the site's, and so do goals."""
    with sitebook.everything():
        Trial.objects.filter(site=site, key__in=[each.key for each in TRIED]).delete()
        Flag.objects.filter(site=site, key=FLAG_KEY).delete()


@transaction.atomic
def _goals_make(site: Site) -> None:
    """Make the goals of the trials: no conversions, so that those of the company stay what they are."""
    there = {each.name for each in goals_of_facts(site.pk)}
    own = {each.goal for each in TRIED}
    rule = rule_of(site.pk)
    if rule.pk is None:
        rule_set(
            site=site.pk, goals=sorted(there - own), lookback_days=rule.lookback_days,
            is_by_person=rule.is_by_person, by=None,
        )  # fmt: skip
    for each in TRIED:
        if each.goal not in there:
            goal_create(site=site.pk, name=each.goal, kind="event", event=each.event)


def _opened(site: Site, today: date, tried: Tried) -> datetime:
    return moment_at(midnight(today + timedelta(days=tried.began), site.zone)) + OPENS


def _lived(tried: Tried, site: Site, views: Views, *, seed: int, until: datetime, placed: str) -> TrialTruth:
    """Let a trial begin, be seen, and be worked out."""
    trial = _begun(tried, site, until, placed)
    began = trial.started_at or until
    truth = TrialTruth(tried.key, tried.unit, tried.goal, began.isoformat(), dict(tried.chances))
    rows = views.firsts(tried.page, micros(began), micros(min(end_of(trial) or until, until)))
    units: set[int] = set()
    for some in _days(views, rows) if tried is BANDIT else [rows]:
        trial.refresh_from_db()
        made = exposures(tried, site.pk, views, some, dealer(trial), seed)
        _written(fact for each in made for fact in each.facts)
        _counted(truth, made, units)
        if tried is BANDIT and len(some):
            night = _midnight_after(int(views.first_of_day[some[0]]), site.zone)
            if night <= until:
                share(trial=trial.pk, now=night - EVENING)
    _looked(tried, trial, until)
    return truth


@transaction.atomic
def _begun(tried: Tried, site: Site, until: datetime, placed: str) -> Trial:
    today = until.astimezone(ZoneInfo(site.zone)).date()
    at = _opened(site, today, tried)
    metrics = [Metric(tried.goal, "proportion", "primary", tried.goal)]
    if placed in {each.name for each in goals_of_facts(site.pk)}:
        metrics.append(Metric("Orders", "proportion", "guard", placed))
    trial = trial_make(
        site=site.pk, key=tried.key, arms=tried.arms, metrics=tuple(metrics), name=tried.name,
        hypothesis=tried.hypothesis, unit=tried.unit, decides=tried.decides, deals=tried.deals,
        strata=tried.strata, units_planned=tried.units_planned, days_least=WEEK,
        ends_on=today + timedelta(days=tried.ends),
    )  # fmt: skip
    Trial.objects.filter(pk=trial.pk).update(created_at=at - timedelta(days=1))
    return trial_start(trial=trial.pk, at=at)


def _days(views: Views, rows: Ints) -> Iterator[Ints]:
    """Part rows by the local day."""
    for day in np.unique(views.first_of_day[rows]):
        yield rows[views.first_of_day[rows] == day]


def _midnight_after(first: int, zone: str) -> datetime:
    day = moment_at(first).astimezone(ZoneInfo(zone)).date()
    return moment_at(midnight(day + timedelta(days=1), zone))


def _written(facts: Iterable[Fact]) -> None:
    """Put facts into the ledger, as the company's own come there."""
    with BulkSegment(DATA() / "spool", instance(DATA())) as segment:
        segment.write(b"".join(encoder.encode(each) + b"\n" for each in facts))
    opening.store().drain()


def _counted(truth: TrialTruth, made: Iterable[Exposure], units: set[int]) -> None:
    """Count units by the first time that they see an arm."""
    for each in made:
        truth.facts += 1 + (each.deed is not None)
        if each.unit not in units:
            units.add(each.unit)
            truth.seen[each.arm] = truth.seen.get(each.arm, 0) + 1
            truth.did[each.arm] = truth.did.get(each.arm, 0) + (each.deed is not None)


def _looked(tried: Tried, trial: Trial, until: datetime) -> None:
    """Work figures out as they were asked for; at its set end a trial is decided by them."""
    for days in tried.looks:
        _figures(trial, until - timedelta(days=days))
    if tried is not PROMISE:
        _figures(trial, until)
        return
    trial_finish(trial=trial.pk, at=until)
    trial.refresh_from_db()
    winner, learnt = _learnt(trial, _figures(trial, full_at(trial) or until).result)
    trial_conclude(trial=trial.pk, outcome_arm=winner, learnt=learnt, archive=True)


def _figures(trial: Trial, at: datetime) -> TrialRun:
    """Let figures be worked out as of a moment, here or by a worker beside. Raises FiguresMissing.

    The run is asked for as any other, so that a worker may be at it first; and a person may have asked for
    another one, which is over before this begins.
    """
    key, said, end = None, "they took too long", time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end:
        try:
            key = run_begin(trial=trial, at=at).pk if key is None else key
        except RunWrong as wrong:
            said = str(wrong)
            time.sleep(LOOK_SECONDS)
            continue
        run = run_through(key=key)
        if run is not None and run.state == TrialRun.State.DONE:
            return run
        if run is None or run.state not in RUNS.open_states:
            said = run.said if run is not None else "they were deleted"
            break
        time.sleep(LOOK_SECONDS)
    raise FiguresMissing(
        f"No figures of the trial {trial.key} as of {at:%Y-%m-%d}: {said}; load the demo again."
    )


def _learnt(trial: Trial, result: dict[str, Any]) -> tuple[str, str]:
    """Say what came of a trial, by the figures that the product worked out; "" where no arm won."""
    decisive, other = result["metrics"][0], trial.arms_planned[1].key
    shares = {key: f"{100 * each['value']:.1f} %" for key, each in decisive["arms"].items()}
    figure = decisive["figures"].get(other)
    if figure is None:
        return "", "Too few saw it, so that nothing can be said."
    low, high = (100 * each for each in figure["interval"])
    said = (
        f"Of those who saw no day {shares[trial.control]} looked the delivery up, with the day "
        f"{shares[other]}: a difference of {100 * figure['difference']:.1f} points, 95 % interval "
        f"{low:.1f} to {high:.1f}, decided on the day that was set."
    )
    winner: str = result["verdict"]["winner"] or ""
    return winner, f"{said} {'Everybody gets the day.' if winner == other else 'All stays as it is.'}"
