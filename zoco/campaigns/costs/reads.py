"""Spend beside budget and period, and beside what the ledger counted of the campaign's visits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import Min

from zoco.campaigns.costs.daily import Spending, days_of
from zoco.campaigns.models import Campaign
from zoco.kit.periods import Period
from zoco.kit.plugs import PlugUnknown
from zoco.ledger.asking.ask import ask
from zoco.ledger.asking.converting import goals_converting
from zoco.ledger.asking.filters import GOAL, Filter, FilterWrong, filters_read
from zoco.ledger.asking.goals import goals_of
from zoco.ledger.asking.question import Question
from zoco.ledger.asking.relative import DAYS_MOST
from zoco.ledger.report import report_named
from zoco.ledger.sitebook import SiteInfo

if TYPE_CHECKING:
    from zoco.ledger.asking.answer import Figure

REPORT = "campaigns"
BY_DAY = "traffic"
YEAR_DAYS = 365


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a campaign over `period`; None is not known."""

    period: Period
    visitors: Figure
    conversions: Figure
    revenue: Figure


@dataclass(frozen=True, slots=True)
class Day:
    """What came of a campaign, or a site, on a day; None is not known."""

    on: date
    visitors: Figure
    conversions: Figure
    revenue: Figure


@dataclass(frozen=True, slots=True)
class Spend:
    """What was spent of a campaign, in the site's currency without VAT.

    `others` are amounts by currency that no rate was in force for.
    """

    campaign: Campaign
    spent: Decimal
    others: dict[str, Decimal]
    outside: Decimal
    """Of `spent`, on days outside the campaign's period."""
    elapsed: float | None
    """Which share of the period is over, 0 to 1; None without a period."""
    outcome: Outcome | None

    @property
    def share(self) -> float | None:
        """Which share of the budget is spent in the campaign's days; None where that is not known."""
        within = self.spent - self.outside
        return float(within / self.campaign.budget) if self.campaign.budget and not self.others else None

    @property
    def per_conversion(self) -> Decimal | None:
        """What a conversion cost; None without spend, without conversions, or where either is not known."""
        count = self.outcome.conversions if self.outcome else None
        return None if not count or not self.spent or self.others else self.spent / Decimal(count)

    @property
    def returned(self) -> Decimal | None:
        """Revenue for each unit of money that was spent."""
        revenue = self.outcome.revenue if self.outcome else None
        return None if revenue is None or not self.spent or self.others else Decimal(revenue) / self.spent


def spends(site: SiteInfo, campaigns: Iterable[Campaign], *, now: datetime) -> list[Spend]:
    """Return what campaigns of a site cost and brought: one query of the ledger each."""
    kept = {each.pk: each for each in campaigns}
    today = now.astimezone(ZoneInfo(site.zone)).date()
    sums, outside = defaultdict[int, Spending](Spending), defaultdict[int, Decimal](Decimal)
    for day in days_of(site, campaigns=kept):
        sums[day.campaign].add(day)
        campaign = kept[day.campaign]
        if not (campaign.starts_on or day.on) <= day.on <= (campaign.ends_on or day.on):
            outside[day.campaign] += day.amount or 0
    return [_spend(site, each, sums[each.pk], outside[each.pk], today, now) for each in kept.values()]


def _spend(
    site: SiteInfo, campaign: Campaign, sums: Spending, outside: Decimal, today: date, now: datetime
) -> Spend:
    outcome = _outcome(site, campaign, today, now)
    return Spend(campaign, sums.amount, sums.others, outside, _elapsed(campaign, today), outcome)


def _elapsed(campaign: Campaign, today: date) -> float | None:
    """Return the share of whole days that are over."""
    if not campaign.starts_on or not campaign.ends_on:
        return None
    days = (campaign.ends_on - campaign.starts_on).days + 1
    return min(max((today - campaign.starts_on).days, 0), days) / days


def _begun(site: SiteInfo, campaign: Campaign, today: date) -> date:
    """Return since when a campaign without a first day is looked at: since it was noted or first cost
    something; without a cost for a year at least, for visits may be older than its note.
    """
    noted = campaign.created_at.astimezone(ZoneInfo(site.zone)).date()
    first = campaign.costs.aggregate(first=Min("on"))["first"]
    return min(noted, first or today - timedelta(days=YEAR_DAYS - 1))


def _outcome(site: SiteInfo, campaign: Campaign, today: date, now: datetime) -> Outcome | None:
    """Ask what visits with the campaign's code did over its days, or since it began."""
    first = campaign.starts_on or _begun(site, campaign, today)
    return outcome_over(site, campaign, first, min(campaign.ends_on or today, today), now)


def outcome_over(
    site: SiteInfo, campaign: Campaign, first: date, last: date, now: datetime
) -> Outcome | None:
    """Ask what visits with the campaign's code did, of its goal alone where it has one."""
    if first > last or (last - first).days >= DAYS_MOST:
        return None
    period, (filters, has_goal) = Period(first, last, site.zone), _filters(site, campaign)
    try:
        report = report_named(REPORT)
    except PlugUnknown:  # a project without the reports on traffic
        return None
    answer = ask(report, Question(site, period, compare="none", filters=filters), now=now)
    values = answer.rows[0].values if answer.rows else {"visitors": 0, "revenue": 0}
    lacking = 0 if campaign.goal or goals_converting(site.id) else None
    conversions = values.get("conversions") if answer.rows else lacking
    return Outcome(period, values.get("visitors"), conversions if has_goal else None, values.get("revenue"))


def days_over(site: SiteInfo, campaign: Campaign | None, first: date, last: date, now: datetime) -> list[Day]:
    """Ask for what `outcome_over` sums up day by day, of one campaign or of the whole site."""
    if first > last or (last - first).days >= DAYS_MOST:
        return []
    period, filters = Period(first, last, site.zone), _filters(site, campaign)[0] if campaign else ()
    try:
        report = report_named(BY_DAY)
    except PlugUnknown:
        return []
    question = Question(site, period, compare="none", filters=filters, params={"grain": "day"})
    rows = ask(report, question, now=now).rows
    names = ("visitors", "conversions", "revenue")
    return [Day(period.first + timedelta(days=n), *map(row.values.get, names)) for n, row in enumerate(rows)]


def _filters(site: SiteInfo, campaign: Campaign) -> tuple[tuple[Filter, ...], bool]:
    """Return what a campaign is asked by, and whether its goal, if it has one, is still there."""
    asked = {"f.campaign": [campaign.code], **({f"f.{GOAL}": [campaign.goal]} if campaign.goal else {})}
    try:
        return filters_read(asked, lambda: goals_of(site.id)), True
    except FilterWrong:  # the goal is gone
        return filters_read({"f.campaign": [campaign.code]}), False
