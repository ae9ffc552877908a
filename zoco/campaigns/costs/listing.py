"""Costs and plans of a period as lines of cells: so they stand in the query of a report, on any engine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from zoco.campaigns.costs.daily import Channels, Spending, days_of
from zoco.campaigns.costs.planning import plans_of
from zoco.campaigns.costs.rates import Basis
from zoco.campaigns.models import Campaign
from zoco.kit.periods import Period
from zoco.ledger.sitebook import SiteInfo

LINES_MOST = 800
"""Engines bound the length of a query: so many lines of costs there are at most, the cheapest stand together.

Plans are a line for each campaign that has one, or a margin.
"""
REST = "…"
CENTS = Decimal("0.0001")
Key = tuple[str, str, str, str, str]


def listing(site: SiteInfo, period: Period, basis: Basis, *, with_creatives: bool) -> str:
    """Return a line for each campaign, channel, source, medium and creative, and for each campaign's plan.

    Cells as `zoco.campaigns.reports.spent.COLUMNS` names them.
    """
    channels, sums = Channels(site), defaultdict[Key, Spending](Spending)
    for day in days_of(site, first=period.first, last=period.last, basis=basis):
        creative = day.creative if with_creatives else ""
        sums[day.code, channels.of(day), day.source, day.medium, creative].add(day)
    lines = [_line(key, spending) for key, spending in _bounded(sums).items()]
    return "\n".join([*lines, *_plans(site, period)])


def _bounded(sums: dict[Key, Spending]) -> dict[Key, Spending]:
    """Return at most LINES_MOST sums: the highest each by itself, the others together as far as needed.

    Those of a campaign, channel, source and medium first; where even these are many, of a wider place.
    """
    if len(sums) <= LINES_MOST:
        return sums
    depths = {depth: len({key[:depth] for key in sums}) for depth in range(5)}
    depth = max(depth for depth, places in depths.items() if places <= LINES_MOST // 2)
    alone = LINES_MOST - depths[depth]
    found: dict[Key, Spending] = {}
    highest = sorted(sums.items(), key=lambda each: (-each[1].amount, each[0]))
    for place, (key, spending) in enumerate(highest):
        at = key if place < alone else _key(*key[:depth], *[REST] * (len(key) - depth))
        found.setdefault(at, Spending()).join(spending)
    return found


def _key(code: str, channel: str, source: str, medium: str, creative: str) -> Key:
    return code, channel, source, medium, creative


def _line(key: Key, spending: Spending) -> str:
    cost = str(spending.amount.quantize(CENTS))
    lacks = "1" if spending.others else "0"
    return _cells(*key, "0", cost, lacks, _whole(spending.impressions), _whole(spending.clicks), "", "")


def _plans(site: SiteInfo, period: Period) -> Iterator[str]:
    """Yield the share of each campaign's plans that falls into a period, and its margin."""
    for campaign in Campaign.objects.filter(site=site.id).order_by("id"):
        planned: Decimal | None = None
        for plan in plans_of(campaign):
            first, last = max(plan.first, period.first), min(plan.last, period.last)
            if first <= last and plan.budget:
                days, whole = (last - first).days + 1, (plan.last - plan.first).days + 1
                planned = (planned or Decimal(0)) + plan.budget * days / whole
        margin = campaign.margin_percent
        if planned is not None or margin is not None:
            said = "" if planned is None else str(planned.quantize(CENTS))
            rest = ("1", "", "0", "", "", said, "" if margin is None else str(margin))
            yield _cells(campaign.code, "", "", "", "", *rest)


def _cells(*cells: str) -> str:
    return "\t".join(" ".join(cell.replace("\0", "").split()) for cell in cells)


def _whole(count: int | None) -> str:
    return "" if count is None else str(count)
