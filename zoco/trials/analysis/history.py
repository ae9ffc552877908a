"""What a metric was in the past of a site, and how long a trial of it takes: the planner.

The last four whole weeks: each unit counts from its first page in them, as it would from being exposed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
from django.utils.translation import gettext_noop

from zoco.kit.periods import micros
from zoco.kit.runs import Tell
from zoco.ledger.asking.goals import goals_of_facts
from zoco.stats.trials.moments import Estimate
from zoco.stats.trials.planning import Coming, Design, OutOfReach, Past, Plan, Way, plan
from zoco.stats.trials.planning_live import LivePlan, plan_live
from zoco.stats.trials.planning_revenue import past_of_revenue
from zoco.trials.analysis import units
from zoco.trials.analysis.estimates import Sample, estimated
from zoco.trials.analysis.units import Floats, Ints, Scope
from zoco.trials.choices import Unit
from zoco.trials.designs import SHARES, DesignWrong, Metric

if TYPE_CHECKING:
    from zoco.ledger.sitebook import SiteInfo
    from zoco.ledger.store.base import Store

DAYS, WEEK = 28, 7
UNITS_LEAST, EVENTS_LEAST = 100, 20


@dataclass(frozen=True, slots=True)
class History:
    """A metric of all units of four weeks, what each of them brought, and where revenue was drawn in.

    `per` is the mean of what a ratio is per, 1 of all else. `came` is how many units came for the first time
    on each day, counted in whole days from the beginning of these weeks, from the first on which any came:
    a site that is younger has fewer. Days without units after that stay, for a trial meets them too: nobody
    can tell an outage from a quiet day, and what is left out would make a plan too short.
    """

    metric: Metric
    estimate: Estimate
    brought: Floats
    cap: float | None
    per: float
    came: Ints

    @property
    def daily(self) -> float:
        """How many units a day those were."""
        return self.estimate.n / len(self.came)

    @property
    def daily_late(self) -> float:
        """How many units a day were new in the last of these weeks: whoever comes again is not."""
        return float(self.came[-WEEK:].mean())

    def coming(self, share: float) -> Coming:
        """Return how many units a trial with a share of the traffic gets, day by day."""
        return Coming(tuple((self.came.cumsum() * share).tolist()), self.daily_late * share)

    def past(self, lift: float, design: Design) -> Past:
        """Return the same for planning to find a relative lift. Raises OutOfReach."""
        if self.metric.kind == "revenue":
            return past_of_revenue(self.brought, self.metric.share, lift, design)
        if self.metric.kind in SHARES:
            return Past.of_share(self.estimate.value)
        chance = 0.0 if self.metric.of_amount else self.estimate.value / self.per
        return Past.of(self.estimate, Way.EACH, chance=chance)


@dataclass(frozen=True, slots=True)
class Planned:
    """What a trial needs that is decided at its end, and one that is decided live; `effect` is absolute."""

    effect: float
    fixed: Plan
    live: LivePlan


def history(
    site: SiteInfo, metric: Metric, unit: Unit, store: Store, *, now: datetime, tell: Tell
) -> History:
    """Ask what a metric was. Raises DesignWrong where there is too little of it, QueryFailed, StoreBusy."""
    end = now - timedelta(days=metric.window_days)
    scope = Scope(site, "", unit, end - timedelta(days=DAYS), end, now)
    came = units.came_read(scope, store)
    tell(done=1)
    goals = metric.goals(goals_of_facts(site.id))
    if any(name.casefold() not in goals for name in metric.named):
        raise DesignWrong(gettext_noop("The site has no goal of this name; choose one of its own."))
    sample = Sample.of(came, ("",), np.ones(len(came.unit), dtype=bool))
    deeds = units.came_deeds_read(scope, metric, goals, store)
    found = estimated(metric, sample, deeds, micros(now), is_adjusted=False)
    brought = sample.spread(deeds.unit, deeds.above)
    estimate = found.arms.get("")
    _drawn_check(metric, found.cap, brought)
    if estimate is None or estimate.n < UNITS_LEAST or estimate.told < EVENTS_LEAST:
        words = gettext_noop(
            "Too little in the last four weeks to plan by: %(units)s units, of whom it happened to "
            "%(events)s; %(least)s and %(fewest)s are needed."
        )
        n, told = (estimate.n, estimate.told) if estimate else (len(sample.unit), 0)
        raise DesignWrong(words, units=n, events=told, least=UNITS_LEAST, fewest=EVENTS_LEAST)
    per = float(deeds.below.sum()) / estimate.n if metric.kind == "ratio" else 1.0
    day = np.clip((sample.at - micros(scope.start)) // units.DAY, 0, DAYS - 1)
    came_on = np.bincount(day, minlength=DAYS)[day.min() :]
    return History(metric, estimate, brought, found.cap, per, came_on)


def _drawn_check(metric: Metric, cap: float | None, brought: Floats) -> None:
    """Hold revenue to what is left of it where it is drawn in. Raises DesignWrong."""
    paid = int(np.count_nonzero(brought))
    if cap == 0 and paid >= EVENTS_LEAST:
        words = gettext_noop(
            "Drawn in at this quantile, nothing is left of the revenue, as too few of the units paid: "
            "%(paid)s of %(units)s; take a quantile nearer to 1."
        )
        raise DesignWrong(words, paid=paid, units=len(brought))


def planned(found: History, *, lift: float, arms: int, power: float, share: float) -> Planned:
    """Return what finding a relative lift takes with so many equal arms. Raises DesignWrong."""
    design = Design((1.0,) * arms, power=power)
    daily = found.coming(share)
    try:
        past = found.past(lift, design)
        effect = past.value * lift
        return Planned(
            effect,
            plan(past, effect, design, daily=daily),
            plan_live(past, effect, design, daily=daily),
        )
    except (OutOfReach, ValueError, OverflowError) as error:
        words = gettext_noop("No trial of this site finds that: take a larger effect, or more traffic.")
        raise DesignWrong(words) from error
