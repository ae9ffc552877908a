"""Spend beside budget and period, and beside what the ledger counted of the campaign's visits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from zoco.campaigns.costs.daily import Spending, days_of
from zoco.campaigns.models import Campaign
from zoco.kit.periods import Period
from zoco.kit.plugs import PlugUnknown
from zoco.ledger.asking.ask import ask
from zoco.ledger.asking.converting import goals_converting
from zoco.ledger.asking.filters import GOAL, VALUES_MOST, Filter, FilterWrong, filters_read
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
    """Return what campaigns of a site cost and brought.

    The ledger is asked once of all that have the same days and goal, such as all without days and costs.
    """
    kept = {each.pk: each for each in campaigns}
    today = now.astimezone(ZoneInfo(site.zone)).date()
    sums, outside = defaultdict[int, Spending](Spending), defaultdict[int, Decimal](Decimal)
    begun: dict[int, date] = {}
    for day in days_of(site, campaigns=kept):
        sums[day.campaign].add(day)
        begun[day.campaign] = min(day.on, begun.get(day.campaign, day.on))
        campaign = kept[day.campaign]
        if not (campaign.starts_on or day.on) <= day.on <= (campaign.ends_on or day.on):
            outside[day.campaign] += day.amount or 0
    outcomes = _outcomes(site, kept.values(), begun, today, now)
    return [
        Spend(each, sums[pk].amount, sums[pk].others, outside[pk], _elapsed(each, today), outcomes[pk])
        for pk, each in kept.items()
    ]


def _elapsed(campaign: Campaign, today: date) -> float | None:
    """Return the share of whole days that are over."""
    if not campaign.starts_on or not campaign.ends_on:
        return None
    days = (campaign.ends_on - campaign.starts_on).days + 1
    return min(max((today - campaign.starts_on).days, 0), days) / days


def _begun(site: SiteInfo, campaign: Campaign, cost: date | None, today: date) -> date:
    """Return since when a campaign without a first day is looked at: since it was noted or first cost
    something; without a cost for a year, or as many whole ones as it was noted in, for visits may be older
    than its note, and so all of them are asked for together.
    """
    noted = campaign.created_at.astimezone(ZoneInfo(site.zone)).date()
    if cost:
        return min(noted, cost)
    years = max(1, -(-((today - noted).days + 1) // YEAR_DAYS))
    return today - timedelta(days=years * YEAR_DAYS - 1)


def _outcomes(
    site: SiteInfo, campaigns: Iterable[Campaign], begun: dict[int, date], today: date, now: datetime
) -> dict[int, Outcome | None]:
    """Ask what visits with each campaign's code did over its days, or since it began; by its key."""
    alike = defaultdict[tuple[date, date, str], list[Campaign]](list)
    for each in campaigns:
        first = each.starts_on or _begun(site, each, begun.get(each.pk), today)
        alike[first, min(each.ends_on or today, today), each.goal].append(each)
    found: dict[int, Outcome | None] = {}
    for (first, last, goal), ours in alike.items():
        for at in range(0, len(ours), VALUES_MOST):
            some = ours[at : at + VALUES_MOST]
            came = _came(site, [each.code for each in some], goal, first, last, now)
            found |= {each.pk: came.get(each.code) for each in some}
    return found


def outcome_over(
    site: SiteInfo, campaign: Campaign, first: date, last: date, now: datetime
) -> Outcome | None:
    """Ask what visits with the campaign's code did, of its goal alone where it has one."""
    return _came(site, [campaign.code], campaign.goal, first, last, now).get(campaign.code)


def _came(
    site: SiteInfo, codes: Sequence[str], goal: str, first: date, last: date, now: datetime
) -> dict[str, Outcome]:
    """Ask once what visits with each of some codes did; nothing where it cannot be asked."""
    if first > last or (last - first).days >= DAYS_MOST:
        return {}
    period, (filters, has_goal) = Period(first, last, site.zone), _filters(site, codes, goal)
    try:
        report = report_named(REPORT)
    except PlugUnknown:  # a project without the reports on traffic
        return {}
    question = Question(site, period, compare="none", filters=filters, size=len(codes))
    rows = {str(row.key["campaign"]): row.values for row in ask(report, question, now=now).rows}
    lacking = 0 if goal or goals_converting(site.id) else None
    found = {}
    for code in codes:
        values = rows.get(code, {"visitors": 0, "conversions": lacking, "revenue": 0})
        conversions = values.get("conversions") if has_goal else None
        found[code] = Outcome(period, values.get("visitors"), conversions, values.get("revenue"))
    return found


def days_over(site: SiteInfo, campaign: Campaign | None, first: date, last: date, now: datetime) -> list[Day]:
    """Ask for what `outcome_over` sums up day by day, of one campaign or of the whole site.

    Conversions are of the campaign's goal where it has one, visitors and revenue of all its visits.
    """
    if first > last or (last - first).days >= DAYS_MOST:
        return []
    goal = campaign.goal if campaign else ""
    codes = [campaign.code] if campaign else []
    filters, has_goal = _filters(site, codes, goal)
    try:
        days = _by_day(site, _filters(site, codes, "")[0], first, last, now)
        if goal and has_goal:
            reached = _by_day(site, filters, first, last, now)
            days = [replace(one, conversions=two.conversions) for one, two in zip(days, reached, strict=True)]
    except PlugUnknown:  # a project without the reports on traffic
        return []
    return days


def _by_day(site: SiteInfo, filters: tuple[Filter, ...], first: date, last: date, now: datetime) -> list[Day]:
    question = Question(
        site, Period(first, last, site.zone), compare="none", filters=filters, params={"grain": "day"}
    )
    rows = ask(report_named(BY_DAY), question, now=now).rows
    names = ("visitors", "conversions", "revenue")
    return [Day(first + timedelta(days=n), *map(row.values.get, names)) for n, row in enumerate(rows)]


def _filters(site: SiteInfo, codes: Sequence[str], goal: str) -> tuple[tuple[Filter, ...], bool]:
    """Return what campaigns are asked by, and whether their goal, if they have one, is still there."""
    of_codes = {"f.campaign": list(codes)} if codes else {}
    try:
        return filters_read(
            of_codes | ({f"f.{GOAL}": [goal]} if goal else {}), lambda: goals_of(site.id)
        ), True
    except FilterWrong:  # the goal is gone
        return filters_read(of_codes), False
