"""What a plan expects of visits held against what came, with a forecast of the whole period.

Days tell how it goes on from the first with a visitor of the campaign, for before it nothing was tried.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Literal

import numpy as np

from zoco.campaigns.costs.reads import days_over
from zoco.stats.pace import DAYS_MOST, Pace, PaceTooShort, pace_of_events

if TYPE_CHECKING:
    from zoco.campaigns.costs.reads import Day
    from zoco.campaigns.models import Campaign
    from zoco.ledger.sitebook import SiteInfo

Coming = Literal["reached", "missed", "over", "under", "even", "unsure", "silent", "unknown"]
COUNTED_DAYS = 14
"""So far back it is looked for a day on which the site counted anybody."""


@dataclass(frozen=True, slots=True)
class Expected:
    """How far something is that was expected. `actual` has today in it; None where it is not known.

    `forecast` is of all days of the plan; None where too few are known, or it is over. `state` says where its
    interval lies: above what was planned, under or around it; silent is a site that counts nobody any more.
    """

    planned: float
    actual: float | None
    forecast: Pace | None
    state: Coming

    @property
    def share(self) -> float | None:
        """Which share of what was expected came; None where that is not known."""
        return self.actual / self.planned if self.actual is not None and self.planned else None


def counted_until(site: SiteInfo, *, today: date, now: datetime) -> date | None:
    """Return the newest day before today on which the site counted a visitor, None where there is none.

    Where the first visitors ever, or for long, came today, no day is over yet: it is the first of all days.
    """
    days = days_over(site, None, today - timedelta(days=COUNTED_DAYS), today, now)
    counted = [each.on for each in days if each.visitors]
    over = [on for on in counted if on < today]
    return max(over) if over else date.min if counted else None


def days_tried(site: SiteInfo, campaign: Campaign, first: date, until: date, now: datetime) -> list[Day]:
    """Return what came by day, from the first day with a visitor of the campaign on."""
    days = days_over(site, campaign, first, until, now)
    begun = next((number for number, each in enumerate(days) if each.visitors), len(days))
    return days[begun:]


def expected(
    planned: float,
    actual: float | None,
    days: Sequence[float] | None,
    to_come: int,
    *,
    is_over: bool,
    level: float,
    may_fall: bool,
) -> Expected:
    """Hold what came against what was planned; `days` are those that are known, the rest is `to_come`.

    None of either is known where the site counted nobody lately.
    """
    forecast = None
    if actual is not None and days is not None and not is_over and len(days) + to_come <= DAYS_MOST:
        forecast = _forecast(actual, days, to_come, level, may_fall=may_fall)
    state = _state(planned, actual, forecast, is_over=is_over, is_silent=days is None)
    return Expected(planned, actual, forecast, state)


def _forecast(
    actual: float, days: Sequence[float], to_come: int, level: float, *, may_fall: bool
) -> Pace | None:
    try:
        found = pace_of_events(np.array(days, dtype=float), to_come, level=level, may_fall=may_fall)
    except PaceTooShort:
        return None
    if may_fall:
        return found
    # What came today is no whole day, but it came.
    total, low, high = (max(each, actual) for each in (found.total, found.low, found.high))
    return Pace(found.so_far, total, low, high, level)


def _state(
    planned: float, actual: float | None, forecast: Pace | None, *, is_over: bool, is_silent: bool
) -> Coming:
    if actual is None:
        return "unknown"
    if actual >= planned:
        return "reached"
    if is_over:
        return "missed"
    if forecast is None:
        return "silent" if is_silent else "unsure"
    if forecast.low > planned:
        return "over"
    return "under" if forecast.high < planned else "even"
