"""What a fit says of why spending moves: visits that nobody paid for beside it, and prices of its clicks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoco.campaigns.costs.daily import DayCost, days_of
from zoco.kit.periods import Period
from zoco.ledger.asking.filters import Filter
from zoco.ledger.sitebook import SiteInfo
from zoco.mix.controls.series import UNPAID
from zoco.mix.weeks import REST, UNNAMED, Weeks, counted
from zoco.stats.mix import (
    Followed,
    Following,
    Knowledge,
    Model,
    Series,
    Tested,
    explained_by_clicks,
    followed,
    weighed,
)

Floats = NDArray[np.float64]
CHANNELS = (
    "direct",
    "organic_search",
    "organic_social",
    "organic_video",
    "organic_shopping",
    "ai_assistant",
    "referral",
)
"""Source channels whose visits nobody paid for. The owner's own letters are not among them: he sends them."""
UNTOLD = Knowledge.NOT_IDENTIFIABLE.value
MOVED = (Following.FOLLOWS.value, Following.AGAINST.value)
EMPTY_MOST = 0.05
"""Where more periods have no such visit, too few are known to say anything."""
CLICKS_UNKNOWN_MOST = 0.05
"""Of so much of a channel's money clicks may be unknown."""


def visits_add(weeks: Weeks, site: SiteInfo, *, now: datetime) -> None:
    """Put visits that nobody paid for beside weeks; none where there are too few."""
    first, last = _span(weeks)
    unpaid = [Filter("channel", "is", CHANNELS)]
    visits = counted(site, Period(first, last, site.zone), "sessions", unpaid, now=now, days=weeks.days)
    if sum(each == 0 for each in visits) <= EMPTY_MOST * len(visits):
        weeks.unpaid = visits


def judged(weeks: Weeks, series: Series, model: Model, site: SiteInfo) -> list[dict[str, Any]]:
    """Return what was found of each channel, as JSON; nothing where too few visits are known."""
    if not weeks.unpaid:
        return []
    by_clicks = _by_clicks(weeks, site)
    found = followed(series, model, np.array(weeks.unpaid), by_clicks, known=(UNPAID,))
    return [_packed(each) for each in found]


def demand_of(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what a result says of demand, as `judged` does; nothing where it was never asked.

    Results that were kept before signs were heeded are judged anew by their tests.
    """
    kept: list[dict[str, Any]] = result.get("demand", [])
    if all("is_mixed" in each for each in kept):
        return kept
    asked = [
        (each["channel"], _unpacked(each["together"]), _unpacked(each["ahead"]), each["by_clicks"])
        for each in kept
    ]
    return [_packed(each) for each in weighed(asked)]


def held(judged: Collection[dict[str, Any]], tested: Collection[str]) -> set[str]:
    """Return channels whose spending demand moves, either way, and that no test has told of.

    No advice moves them: what one seems to bring is too much, or too little.
    """
    return {
        each["channel"] for each in judged if each["following"] in MOVED and each["channel"] not in tested
    }


def told_of(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the channels of a result of which the data tell something, and whose money moves by itself."""
    return [
        each
        for each in result["channels"]
        if each["knowledge"] != UNTOLD and each["channel"] not in result.get("held", ())
    ]


def _packed(each: Followed) -> dict[str, Any]:
    """Return it with figures to six places: a library's last digits depend on how many threads it has."""

    def rounded(value: Any) -> Any:
        return float(f"{value:.6g}") if isinstance(value, float) else value

    packed = asdict(each) | {"following": each.following.value, "is_mixed": each.is_mixed}
    return {
        name: {key: rounded(part) for key, part in value.items()}
        if isinstance(value, dict)
        else rounded(value)
        for name, value in packed.items()
    }


def _unpacked(kept: dict[str, Any] | None) -> Tested | None:
    return None if kept is None else Tested(**kept)


def _span(weeks: Weeks) -> tuple[date, date]:
    """Return the first and the last day that a model is fitted to."""
    first = weeks.starts[weeks.run_in]
    return first, first + timedelta(days=weeks.fitted * weeks.days - 1)


def _by_clicks(weeks: Weeks, site: SiteInfo) -> dict[str, float | None]:
    """Return by channel which share of its spending clicks at constant prices explain.

    A price is that of a campaign and creative over all the weeks: what it cost by how often it was clicked.
    """
    first, last = _span(weeks)
    days = [each for each in days_of(site, first=first, last=last) if each.amount is not None]
    money, clicks = defaultdict[tuple[int, str], float](float), defaultdict[tuple[int, str], int](int)
    for each in days:
        if each.clicks is not None:
            money[_ad(each)] += float(each.amount or 0)
            clicks[_ad(each)] += each.clicks
    told, unknown = defaultdict[str, Floats](lambda: np.zeros(weeks.fitted)), defaultdict[str, float](float)
    for each in days:
        name = each.source or UNNAMED
        channel = REST if name in weeks.gathered else name
        if each.clicks is None:
            unknown[channel] += float(each.amount or 0)
        elif clicks[_ad(each)]:
            price = money[_ad(each)] / clicks[_ad(each)]
            told[channel][(each.on - first).days // weeks.days] += price * each.clicks
    found = dict[str, float | None]()
    for channel, row in weeks.spend.items():
        spent = np.array(row[weeks.run_in :])
        is_known = channel in told and unknown[channel] <= CLICKS_UNKNOWN_MOST * float(spent.sum())
        found[channel] = explained_by_clicks(spent, told[channel]) if is_known else None
    return found


def _ad(each: DayCost) -> tuple[int, str]:
    return each.campaign, each.creative
