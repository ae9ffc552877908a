"""Figures of a trial at one moment: guards, metrics against the control, the one word that may be said.

A metric has one p-value. Of a trial that its live figure decides it is that one, at every look; of one that
is decided at its end it is the fixed one from then on, and the live one, which decides nothing, before.
"""

from __future__ import annotations

import math
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from zoco.kit.periods import micros
from zoco.ledger.asking.goals import goals_of_facts
from zoco.stats.trials import guards
from zoco.stats.trials.bandits import Batch
from zoco.stats.trials.comparing import Figure
from zoco.stats.trials.guards import Check
from zoco.stats.trials.moments import Estimate, NoSpread, TooFew
from zoco.stats.trials.verdicts import Compare
from zoco.trials.analysis import batches, beliefs, estimates, units
from zoco.trials.analysis.concluding import compare_of, is_end
from zoco.trials.analysis.dealing import dealt_each
from zoco.trials.analysis.estimates import Estimated, Sample, local_days, places
from zoco.trials.analysis.strata import strata_read
from zoco.trials.analysis.units import Exposed, Ints, Scope
from zoco.trials.choices import Unit
from zoco.trials.designs import HONEST, Metric
from zoco.trials.keeping.services import Kept as KeptUnits
from zoco.trials.models import Trial
from zoco.trials.services import end_of

if TYPE_CHECKING:
    from zoco.ledger.sitebook import SiteInfo
    from zoco.ledger.store.base import Store

Kept = dict[str, Any]
EXPOSURE_LIMIT_LIVE = guards.LIMIT / 100
"""The exposure guard is made for one look; so much less for each of a hundred."""


def scope_of(trial: Trial, site: SiteInfo, until: datetime) -> Scope:
    """Return what is looked at of a trial that began, with what is known at `until`."""
    assert trial.started_at is not None  # noqa: S101 - callers ask for trials that began
    end = min(trial.ended_at or until, until)
    return Scope(site, trial.key, Unit(trial.unit), trial.started_at, end, until)


class Sampled:
    """Units of a trial, read once for all of its metrics."""

    def __init__(self, trial: Trial, scope: Scope, store: Store) -> None:
        self.trial, self.scope, self.store = trial, scope, store
        self.exposed = units.exposed_read(scope, store)
        arms = [each.key for each in trial.arms_planned]
        self.kept = KeptUnits(trial) if trial.keeps_units else None
        self.wrong = _not_as_dealt(trial, self.exposed, self.kept)
        batch = self.kept.of_all(self.exposed.told_as) if self.kept else None
        self.sample = Sample.of(self.exposed, arms, ~self.wrong, batch)
        by = trial.strata
        self.strata = strata_read(scope, by, store).of(self.sample.unit) if by else None

    def counts(self) -> Kept:
        """Return how many units there are, and the guards."""
        arms = self.sample.arms
        shown = {key: int((self.sample.arm == number).sum()) for number, key in enumerate(arms)}
        found = self._dealt()
        dealt = None
        if found is not None:
            counted = np.bincount(found[1], minlength=len(arms)).tolist()
            dealt = dict(zip(arms, counted, strict=True))
        return {
            "exposed": shown,
            "days": self._days() if self.trial.withholds_by else {},
            "dealt": dealt,
            "crossed": int(self.wrong.sum()),
            "checks": [asdict(each) for each in self._checks(shown, dealt, found)],
        }

    def _days(self) -> dict[str, dict[str, int]]:
        """Return how many units of each arm were exposed first on each local day."""
        zone, own = self.scope.period.zone, self.sample
        first = local_days(own.at, zone)
        found: dict[str, dict[str, int]] = {}
        for day in np.unique(first).tolist():
            counted = np.bincount(own.arm[first == day], minlength=len(own.arms)).tolist()
            found[date.fromordinal(day).isoformat()] = dict(zip(own.arms, counted, strict=True))
        return found

    def _dealt(self) -> tuple[Ints, Ints] | None:
        """Return who on the site was dealt an arm: in which batch of a bandit, which (a place); None for
        persons.
        """
        if self.scope.unit == Unit.PERSON:
            return None
        came = units.came_read(self.scope, self.store)
        own, schedule = self.sample, self.trial.batches_read
        # Those who count saw what they were dealt: it was worked out for them before.
        is_other = ~units.held_by(came.unit, own.unit)
        others = dealt_each(self.trial, own.arms, came.unit[is_other], came.at[is_other], self.kept)
        arm = np.concatenate([own.arm, others])
        if not self.trial.is_bandit:
            batch = np.zeros(len(arm), dtype=np.int64)
        elif self.kept is not None:
            batch = np.concatenate([own.places(schedule), self.kept.of_all(came.unit[is_other])])
        else:
            batch = places(schedule, np.concatenate([own.at, came.at[is_other]]))
        return batch[arm >= 0], arm[arm >= 0]

    def _checks(
        self, shown: dict[str, int], dealt: dict[str, int] | None, found: tuple[Ints, Ints] | None
    ) -> list[Check]:
        limit = guards.LIMIT if self.trial.is_over else EXPOSURE_LIMIT_LIVE
        crossed = guards.crossover(int(self.wrong.sum()), len(self.exposed.unit))
        if self.trial.is_bandit:
            planned = batches.planned_days(self.scope.start, end_of(self.trial) or self.scope.end)
            schedule = self.trial.batches_read
            return [*batches.checks(schedule, self.sample, found, planned=planned, limit=limit), crossed]
        weights = {each.key: each.weight for each in self.trial.arms_planned}
        checks = [guards.sample_ratio_live(shown, weights)]
        if dealt is not None:
            checks.append(guards.exposure(dealt, shown, limit=limit))
        return [*checks, crossed]

    def metric(self, metric: Metric) -> Kept:
        """Return a metric's estimates by arm and figures against the control."""
        end = is_end(self.trial, self.scope.until)
        if self.trial.is_bandit:
            return self._of_bandit(metric, end)
        found = self._estimated(metric)
        kept = _kept(found) | {"believed": beliefs.view(metric, found.plain, self.sample.arms)}
        compare, control = compare_of(self.trial, end), self.trial.control
        for key in self.sample.arms[1:]:
            if metric.kind == "quantile" and not end:
                kept["why"][key] = "at_end"
            elif key not in found.arms or control not in found.arms:
                lacking = {found.lacking.get(each) for each in (control, key)}
                kept["why"][key] = "no_spread" if lacking == {None, "no_spread"} else "too_few"
            else:
                _compared(kept, key, compare, found.arms[control], found.arms[key])
        return kept

    def _of_bandit(self, metric: Metric, end: bool) -> Kept:
        """Return a metric of a bandit: honest figures of shares and means, once at its end, else none."""
        others, until = self.sample.arms[1:], micros(self.scope.until)
        goals = metric.goals(goals_of_facts(self.scope.site.id))
        lacks_goal = any(name.casefold() not in goals for name in metric.named)
        if metric.kind not in HONEST or lacks_goal:
            why = "no_goal" if lacks_goal else "bandit"
            found = Estimated({}, lacking=dict.fromkeys(self.sample.arms, why))
            return _kept(found) | {"why": dict.fromkeys(others, why)}
        schedule = self.trial.batches_read
        every, cap, capped = self._batches(metric)
        count = batches.over(schedule, every, metric, until, micros(self.scope.end))
        left_out = len(self.sample.unit) - sum(sum(each.n.values()) for each in every[:count])
        found = replace(batches.honest(self.sample.arms, every[:count], left_out), cap=cap, capped=capped)
        kept = _kept(found) | {"batches": batches.kept_of(schedule, every), "over": count}
        compare = batches.compare_by(every[:count], found.arms)
        for key in others:
            if not end:
                kept["why"][key] = "bandit_open"
            elif key not in found.arms:
                kept["why"][key] = "too_few"
            else:
                _compared(kept, key, compare, found.arms[self.trial.control], found.arms[key])
        return kept

    def batches_of(self, metric: Metric) -> list[Batch]:
        """Return the batches of a bandit as they are so far."""
        return self._batches(metric)[0]

    def _batches(self, metric: Metric) -> tuple[list[Batch], float | None, int]:
        """Return batches, where revenue is drawn in, and of how many units it is.

        Units whose days are not over count only where a day is all that they have: else whoever was dealt
        more lately would seem to do less.
        """
        goals = metric.goals(goals_of_facts(self.scope.site.id))
        deeds = units.deeds_read(self.scope, metric, goals, self.store)
        full = self.sample.full(metric.window_days, micros(self.scope.until))
        may = np.ones(len(full), dtype=bool) if self.scope.unit == Unit.VISITOR else full
        return batches.batches_of(self.trial.batches_read, self.sample, metric, deeds, may)

    def _estimated(self, metric: Metric) -> Estimated:
        site, until = self.scope.site.id, micros(self.scope.until)
        goals = metric.goals(goals_of_facts(site))
        if any(name.casefold() not in goals for name in metric.named):
            return Estimated({}, lacking=dict.fromkeys(self.sample.arms, "no_goal"))
        if metric.kind == "quantile":
            whose, values = units.values_read(self.scope, metric, goals, self.store)
            return estimates.estimated_quantile(metric, self.sample, whose, values, until)
        deeds = units.deeds_read(self.scope, metric, goals, self.store)
        is_adjusted = self.trial.is_adjusted and self.scope.has_past
        return estimates.estimated(
            metric, self.sample, deeds, until, is_adjusted=is_adjusted, strata=self.strata
        )


def _not_as_dealt(trial: Trial, exposed: Exposed, kept: KeptUnits | None) -> NDArray[np.bool_]:
    """Return which units saw several arms, or another than they are dealt: theirs was not told by us.

    Whoever says an arm himself gets into none: which one a unit is dealt, anybody can work out again.
    """
    dealt = dealt_each(trial, exposed.arms, exposed.told_as, exposed.at, kept)
    wrong: NDArray[np.bool_] = exposed.crossed | (exposed.arm != dealt)
    return wrong


def _compared(kept: Kept, key: str, compare: Compare, control: Estimate, other: Estimate) -> None:
    try:
        kept["figures"][key] = _figure_kept(compare(control, other))
    except TooFew:
        kept["why"][key] = "too_few"
    except NoSpread:
        kept["why"][key] = "no_spread"


def _kept(found: Estimated) -> Kept:
    """Return what is kept of estimates, before arms are compared."""
    return {
        "arms": {key: _estimate_kept(each) for key, each in found.arms.items()},
        "lacking": found.lacking, "left_out": found.left_out, "kept_share": found.kept,
        "strata": found.strata, "cap": found.cap, "capped": found.capped, "figures": {}, "why": {},
    }  # fmt: skip


def _estimate_kept(each: Estimate) -> Kept:
    return {"n": each.n, "value": each.value, "variance": each.variance, "events": each.events}


def _figure_kept(figure: Figure) -> Kept:
    lift = figure.lift
    return {
        "difference": figure.difference,
        "interval": list(figure.interval),
        "p": figure.p,
        "lift": lift.value if lift and math.isfinite(lift.value) else None,
        "lift_interval": [lift.low, lift.high] if lift and lift.is_bounded else None,
        "is_live": figure.is_live,
        "is_sure": figure.is_sure(),
        "n": figure.n,
    }
