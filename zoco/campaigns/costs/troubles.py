"""What is not as it should be with what campaigns cost: off their plans, too little back, nothing at all.

Whoever watches campaigns asks here. Figures are those of the report on productivity, of the last days whose
costs are known; what is said comes with the interval that it was judged by.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, cast
from zoneinfo import ZoneInfo

from django.db.models import Max

from zoco.campaigns.costs.daily import days_of
from zoco.campaigns.costs.models import Cost
from zoco.campaigns.costs.planning import Progress, progress_of
from zoco.campaigns.models import Campaign
from zoco.kit.periods import Period
from zoco.ledger import expr
from zoco.ledger.asking.ask import ask_all
from zoco.ledger.asking.question import Question
from zoco.ledger.report import report_named
from zoco.ledger.scope import Facts
from zoco.stats.compound import count_bounds, sum_bounds

if TYPE_CHECKING:
    from zoco.ledger.sitebook import SiteInfo
    from zoco.ledger.store.base import Store

Sort = Literal["over", "under", "spent", "roas", "cac", "wasted"]
DAYS = {"roas": 28, "cac": 28, "wasted": 14}
RATE_DAYS = 56
"""By so many days it is judged how many conversions money brings."""
LAST_DAYS = 7
"""A campaign without a cost in so many days has stopped: there is nothing to mend."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Of one campaign. `seen` is what is forecast to be spent (off plan), came back for each unit of money
    (roas), a visitor who converted cost (cac; None where there was none), or was spent for nothing (wasted).

    `low` and `high` bound `seen` where it is not counted, None without a bound. `bound` is the budget, or
    what somebody set, or how many conversions were to be expected (wasted; 0 where a sum of money was set).
    """

    sort: Sort
    campaign: int
    name: str
    first: date
    last: date
    seen: float | None
    low: float | None
    high: float | None
    bound: float
    cost: float
    count: int = 0


@dataclass(frozen=True, slots=True)
class Judged:
    """How sure it must be: `level` of the interval, `margin` of a budget, `odds` of chance alone."""

    level: float
    margin: float
    odds: float


def off_plan(site: SiteInfo, judged: Judged, *, now: datetime) -> Iterator[Trouble]:
    """Yield what will be spent more, or less, than planned if days go on so; what is over is no news."""
    for campaign in Campaign.objects.filter(site=site.id).order_by("id"):
        for progress in progress_of(site, campaign, now=now, level=judged.level, with_outcome=False):
            if (found := _off(campaign, progress, judged.margin)) is not None:
                yield found


def _off(campaign: Campaign, progress: Progress, margin: float) -> Trouble | None:
    planned, spent = progress.planned, progress.spending.whole
    if spent is None or not planned.budget or progress.is_over or progress.state == "before":
        return None
    budget, forecast, cost = float(planned.budget), progress.forecast, float(spent)
    total, low, high = (forecast.total, forecast.low, forecast.high) if forecast else (cost, None, None)
    sort: Sort | None = None
    if cost > budget:
        sort = "spent"
    elif low is not None and low > budget * (1 + margin):
        sort = "over"
    elif high is not None and high < budget * (1 - margin):
        sort = "under"
    if sort is None:
        return None
    days = (planned.first, planned.last)
    return Trouble(sort, campaign.pk, campaign.name, *days, total, low, high, budget, cost)


def too_little(
    site: SiteInfo,
    sort: str,
    bound: float | None,
    judged: Judged,
    *,
    now: datetime,
    store: Store | None = None,
) -> list[Trouble] | None:
    """Return the campaigns whose return is under, or of which a visitor who converts costs more than, what
    was set; or that spent for nothing. None where no costs are known of the last days.

    A bound of the campaign's own goes before `bound`; one that has neither is not judged.

    Raises QueryFailed, StoreBusy.
    """
    last = _newest(site, now)
    if last is None:
        return None
    period = Period(last - timedelta(days=DAYS[sort] - 1), last, site.zone)
    lines = _lines(site, period, now, store)
    if sort == "cac":
        held = [(each, own) for each in lines if (own := _bound(each.campaign.cac_most, bound))]
        return [found for each, own in held if (found := _dear(each, own, judged.level))]
    if sort == "roas":
        held = [(each, own) for each in lines if (own := _bound(each.campaign.roas_least, bound))]
        squares = _squares(site, period, store) if held else {}
        return [found for each, own in held if (found := _poor(each, squares, own, judged.level))]
    if sort != "wasted":
        return []
    wide = Period(last - timedelta(days=RATE_DAYS - 1), last, site.zone)
    rate = _rate(_lines(site, wide, now, store))
    return [found for each in lines if (found := _wasted(each, rate, bound, judged.odds))]


def is_bounded(site: SiteInfo, sort: str) -> bool:
    """Say whether a campaign of the site has a bound of its own."""
    own = {"roas": "roas_least", "cac": "cac_most"}[sort]
    return Campaign.objects.filter(site=site.id, **{f"{own}__isnull": False}).exists()


def _bound(own: Decimal | None, other: float | None) -> float | None:
    return other if own is None else float(own)


@dataclass(frozen=True, slots=True)
class Line:
    """What a campaign that runs cost and brought in a period."""

    campaign: Campaign
    period: Period
    cost: float
    conversions: int | None
    converted: int
    revenue: float

    def trouble(
        self, sort: Sort, seen: float | None, low: float | None, high: float | None, bound: float, count: int
    ) -> Trouble:
        """Return what is wrong with it."""
        days = (self.period.first, self.period.last)
        about = (self.campaign.pk, self.campaign.name)
        return Trouble(sort, *about, *days, seen, low, high, bound, self.cost, count)


def _newest(site: SiteInfo, now: datetime) -> date | None:
    """Return the newest day that costs are known of, None where they end two weeks ago."""
    today = now.astimezone(ZoneInfo(site.zone)).date()
    kept = Cost.objects.filter(campaign__site=site.id, on__lt=today, on__gte=today - timedelta(days=14))
    return cast("date | None", kept.aggregate(newest=Max("on"))["newest"])


def _lines(site: SiteInfo, period: Period, now: datetime, store: Store | None) -> list[Line]:
    """Return the campaigns that cost something lately, as the report counts them."""
    late = days_of(site, first=period.last - timedelta(days=LAST_DAYS - 1), last=period.last)
    running = {day.campaign for day in late if day.charged}
    known = {each.code: each for each in Campaign.objects.filter(site=site.id, pk__in=running)}
    report = report_named("productivity")
    asked = {"site": site.slug, "period": str(period), "compare": "none"}
    _answer, rows = ask_all(
        report, Question.from_address(asked, report=report, now=now), store=store, now=now
    )
    found = []
    for row in rows:
        campaign, values = known.get(str(row.key["campaign"])), row.values
        if campaign is None or not values["cost"]:
            continue
        cost, each, count = float(values["cost"]), values["cac"], values["conversions"]
        converted = round(cost / float(each)) if each else 0
        conversions = None if count is None else int(count)
        found.append(Line(campaign, period, cost, conversions, converted, float(values["revenue"] or 0)))
    return found


def _squares(site: SiteInfo, period: Period, store: Store | None) -> dict[str, float]:
    """Return the sum of the squares of what moved money, by campaign; of all under ""."""
    from zoco.ledger.store.opening import store as opened

    asked = store or opened()
    rows = Facts.of(Question(site, period, compare="none")).where(lambda rows: rows.amount_site != 0)
    amount = rows.amount_site.cast("float64")
    each = rows.group_by("campaign").aggregate(squared=(amount * amount).sum(), once=amount.sum())
    found = asked.query(expr.to_sql(each, asked.dialect)).to_pylist()
    squares = {str(row["campaign"]): float(row["squared"]) for row in found}
    once = sum(float(row["once"]) for row in found)
    typical = sum(squares.values()) / once if once > 0 else 0.0
    return squares | {"": typical}


def _poor(line: Line, squares: dict[str, float], bound: float, level: float) -> Trouble | None:
    try:
        low, high = sum_bounds(line.revenue, squares.get(line.campaign.code, 0.0), level, typical=squares[""])
    except ValueError:  # nothing was ever bought on the site: its returns are not counted here
        return None
    if high / line.cost >= bound:
        return None
    return line.trouble(
        "roas", line.revenue / line.cost, low / line.cost, high / line.cost, bound, line.converted
    )


def _dear(line: Line, bound: float, level: float) -> Trouble | None:
    if line.conversions is None:
        return None
    few, many = count_bounds(line.converted, level)
    if line.cost / many <= bound:
        return None
    seen = line.cost / line.converted if line.converted else None
    return line.trouble(
        "cac", seen, line.cost / many, line.cost / few if few else None, bound, line.converted
    )


def _rate(lines: Iterable[Line]) -> float:
    """Return how many conversions a unit of money brings, over all campaigns that run."""
    kept = [each for each in lines if each.conversions is not None]
    cost = sum(each.cost for each in kept)
    return sum(each.conversions or 0 for each in kept) / cost if cost else 0.0


def _wasted(line: Line, rate: float, bound: float | None, odds: float) -> Trouble | None:
    """Judge by what somebody set, else by how likely nothing is where so much is to be expected."""
    if line.conversions is None or line.conversions > 0:
        return None
    expected = line.cost * rate
    _low, most = count_bounds(0, 1 - 2 * odds)
    is_wasted = line.cost >= bound if bound else expected >= most
    if not is_wasted:
        return None
    return line.trouble("wasted", line.cost, None, None, 0.0 if bound else expected, 0)
