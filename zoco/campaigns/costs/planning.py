"""Plans held against what was spent and what came of it, with a forecast of the whole period."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

import numpy as np
from django.db.models import Max

from zoco.campaigns.costs.daily import Spending, days_of
from zoco.campaigns.costs.expecting import Expected, counted_until, days_tried, expected
from zoco.campaigns.costs.models import Cost, Plan
from zoco.campaigns.costs.reads import Outcome, outcome_over
from zoco.campaigns.models import Campaign
from zoco.ledger.sitebook import SiteInfo
from zoco.stats.pace import DAYS_MOST, Pace, PaceTooShort, pace

if TYPE_CHECKING:
    from zoco.ledger.asking.answer import Figure

State = Literal["before", "spent", "ended", "over", "under", "even", "unsure", "unknown"]
LEVEL = 0.9
"""Of the interval of a forecast."""
LATE_DAYS = 3
"""So long after the last day of a plan a file may still come; sellers of ads tell a day within one or two."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What was planned over some days; None where nothing was. The campaign's own budget has no `plan`."""

    first: date
    last: date
    budget: Decimal
    conversions: int | None = None
    revenue: Decimal | None = None
    plan: Plan | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a plan is. `until` is the last day that counts as known: the site's newest cost, before today.

    Days up to it on which the campaign has no cost count 0: ads pause. A plan `is_over` once its last day is
    known, or `LATE_DAYS` have gone by. `forecast` is of the spend of all days; None where too few are known,
    or it is over. `state` says where the interval of the forecast lies: above the budget, under or around it.
    `conversions` and `revenue` are what was planned of them, None where nothing was, or where nobody asked.
    """

    planned: Planned
    spending: Spending
    until: date | None
    is_over: bool
    outcome: Outcome | None
    forecast: Pace | None
    state: State
    conversions: Expected | None = None
    revenue: Expected | None = None

    @property
    def share(self) -> float | None:
        """Which share of the budget is spent; None where that is not known."""
        spent = self.spending.whole
        return float(spent / self.planned.budget) if spent is not None and self.planned.budget else None


def plans_of(campaign: Campaign) -> list[Planned]:
    """Return the plans of a campaign; without any, its own budget over its own days."""
    found = [
        Planned(each.starts_on, each.ends_on, each.budget, each.conversions, each.revenue, each)
        for each in Plan.objects.filter(campaign=campaign).order_by("starts_on", "id")
    ]
    if found or not (campaign.budget and campaign.starts_on and campaign.ends_on):
        return found
    return [Planned(campaign.starts_on, campaign.ends_on, campaign.budget)]


def progress_of(
    site: SiteInfo, campaign: Campaign, *, now: datetime, level: float = LEVEL, with_outcome: bool = True
) -> Iterator[Progress]:
    """Yield how far each plan of a campaign is; `with_outcome` asks the ledger what came of each."""
    today = now.astimezone(ZoneInfo(site.zone)).date()
    told = Cost.objects.filter(campaign__site=site.id, on__lt=today).aggregate(newest=Max("on"))["newest"]
    plans = plans_of(campaign)
    is_asked = with_outcome and any(_expects(each) and today <= each.last for each in plans)
    counted = counted_until(site, today=today, now=now) if is_asked else None
    for planned in plans:
        sums, spending = defaultdict[date, Decimal](Decimal), Spending()
        for day in days_of(site, first=planned.first, last=planned.last, campaigns=[campaign.pk]):
            spending.add(day)
            sums[day.on] += day.amount or 0
        until = _until(planned, told, today)
        is_over = until == planned.last
        forecast = None if spending.others or is_over else _forecast(planned, until, sums, level)
        last = min(planned.last, today)
        outcome = outcome_over(site, campaign, planned.first, last, now) if with_outcome else None
        state = _state(planned, spending, forecast, today, is_over=is_over)
        came = _expected(site, campaign, planned, outcome, counted, now, level)
        yield Progress(planned, spending, until, is_over, outcome, forecast, state, *came)


def _expects(planned: Planned) -> bool:
    return planned.conversions is not None or planned.revenue is not None


def _expected(
    site: SiteInfo,
    campaign: Campaign,
    planned: Planned,
    outcome: Outcome | None,
    counted: date | None,
    now: datetime,
    level: float,
) -> tuple[Expected | None, Expected | None]:
    """Return how far conversions and revenue are. Facts come at once: a plan is over after its last day."""
    if outcome is None or not _expects(planned):
        return None, None
    is_over = now.astimezone(ZoneInfo(site.zone)).date() > planned.last
    is_known = not is_over and counted is not None and counted >= planned.first
    until = counted if is_known and counted else planned.last
    days = days_tried(site, campaign, planned.first, until, now) if is_known else []

    def held(plan: float, actual: Figure, by_day: Iterable[Figure], *, may_fall: bool) -> Expected:
        known = None if counted is None else [float(each or 0) for each in by_day]
        return expected(
            plan, None if actual is None else float(actual), known, (planned.last - until).days,
            is_over=is_over, level=level, may_fall=may_fall,
        )  # fmt: skip

    count, money = planned.conversions, planned.revenue
    counts, sums = (each.conversions for each in days), (each.revenue for each in days)
    return (
        None if count is None else held(count, outcome.conversions, counts, may_fall=False),
        None if money is None else held(float(money), outcome.revenue, sums, may_fall=True),
    )


def _until(planned: Planned, told: date | None, today: date) -> date | None:
    """Return the last day of a plan that counts as known, None where none does."""
    if (today - planned.last).days > LATE_DAYS:
        return planned.last
    return min(told, planned.last) if told and told >= planned.first else None


def _forecast(planned: Planned, until: date | None, sums: dict[date, Decimal], level: float) -> Pace | None:
    if until is None or (planned.last - planned.first).days >= DAYS_MOST:
        return None
    first = min((on for on, amount in sums.items() if amount), default=None)
    if first is None or first > until:
        return None
    # Days before the first spend are no sign of how days go on: a campaign may begin late.
    days = [float(sums.get(first + timedelta(days=n), 0)) for n in range((until - first).days + 1)]
    try:
        return pace(np.array(days), (planned.last - until).days, level=level)
    except PaceTooShort:
        return None


def _state(
    planned: Planned, spending: Spending, forecast: Pace | None, today: date, *, is_over: bool
) -> State:
    spent, budget = spending.whole, planned.budget
    if spent is None or not budget:
        return "unknown"
    if today < planned.first:
        return "before"
    if spent > budget:
        return "spent"
    if is_over:
        return "ended"
    if forecast is None:
        return "unsure"
    if forecast.low > budget:
        return "over"
    return "under" if forecast.high < budget else "even"
