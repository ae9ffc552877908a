"""What switching a channel off and on could show by the site's own past, and what it did show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from django.utils.translation import gettext_noop

from zoco.campaigns.reads import daily_costs
from zoco.kit.periods import Period
from zoco.ledger.sitebook import SiteInfo
from zoco.mix.forms import outcome_read
from zoco.mix.weeks import UNNAMED, WEEK, WeeksWrong, outcomes_of
from zoco.stats.incrementality import Blocks, Switched, SwitchPlan, measured, schedule, switch_planned
from zoco.stats.incrementality.panels import Bools, Floats
from zoco.stats.incrementality.switching import WINDOWS_LEAST

DAY = timedelta(days=1)
KNOWN_LEAST = 0.5
"""In fewer of the weeks that are known something came: effects that are put in are effects on nothing."""


@dataclass(frozen=True, slots=True)
class Half:
    """A block of the calendar; `last` is its last day."""

    first: date
    last: date
    is_off: bool


@dataclass(frozen=True, slots=True)
class Money:
    """What the channel cost on each day of a period; `others` by currency what of the site had no rate."""

    period: Period
    days: Floats
    others: dict[str, Decimal]


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, with what usually comes and is spent in all blocks that will be off; `spent` None without.

    `weeks` are those of the past that were looked at: from the first in which anything came.
    """

    plan: SwitchPlan
    weeks: int
    came: float
    spent: float | None
    money: Money | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A result, with what was spent in blocks that were on and off; None without a channel."""

    found: Switched
    spent_on: float | None
    spent_off: float | None
    money: Money | None = None


def calendar(first_on: date, blocks: Blocks, draw: int) -> list[Half]:
    """Return the blocks in their order, from a Monday on."""
    found, span = [], blocks.weeks * WEEK
    for pair, is_off in enumerate(schedule(blocks.pairs, draw).tolist()):
        for half in (0, 1):
            since = first_on + (2 * pair + half) * span
            found.append(Half(since, since + span - DAY, is_off == (half == 0)))
    return found


def planned_of(site: SiteInfo, given: dict[str, Any], blocks: Blocks, now: datetime, today: date) -> Planned:
    """Plan on the weeks before the test, or before today. Raises WeeksWrong, FilterWrong."""
    monday = min(given["first_on"], today - timedelta(days=today.weekday()))
    period = Period(monday - given["past"] * WEEK, monday - DAY, site.zone)
    days = _known(_days(site, period, given["outcome"], now), blocks)
    weeks = days.reshape(-1, 7).sum(axis=1)
    off_weeks = blocks.pairs * blocks.weeks
    recent = weeks[-2 * off_weeks :].mean()
    came, money = float(recent) * off_weeks, None
    if given["channel"]:
        last = Period(monday - 2 * off_weeks * WEEK, monday - DAY, site.zone)
        money = _money(site, last, given["channel"])
    spent = None if money is None else float(money.days.sum()) / 2
    return Planned(switch_planned(days, blocks), len(weeks), came, spent, money)


def _known(days: Floats, blocks: Blocks) -> Floats:
    """Return days from the first week in which anything came. Raises WeeksWrong."""
    weeks = days.reshape(-1, 7).sum(axis=1)
    since = int(np.argmax(weeks > 0)) if weeks.any() else len(weeks)
    least, known = blocks.days // 7 + WINDOWS_LEAST - 1, len(weeks) - since
    if known < least:
        raise WeeksWrong(
            gettext_noop(
                "Weeks since anything came: %(known)s. Such a test needs %(least)s to be planned: take fewer "
                "pairs, shorter blocks, or another outcome."
            ),
            known=known,
            least=least,
        )
    if (weeks[since:] > 0).mean() < KNOWN_LEAST:
        raise WeeksWrong(gettext_noop(
            "In fewer than half of these weeks something came, so nothing can be told of them. Choose "
            "an outcome that comes more often."
        ))  # fmt: skip
    return days[7 * since :]


def seen_of(site: SiteInfo, given: dict[str, Any], blocks: Blocks, now: datetime) -> Seen:
    """Measure a test that is over. Raises WeeksWrong, FilterWrong."""
    first = given["first_on"]
    period = Period(first, first + timedelta(days=blocks.days - 1), site.zone)
    first_off = schedule(blocks.pairs, given["draw"])
    sums = blocks.sums(_days(site, period, given["outcome"], now))
    if not sums.any():
        raise WeeksWrong(gettext_noop("In the weeks of the test nothing came, so nothing can be told."))
    found = measured(sums, first_off)
    if not given["channel"]:
        return Seen(found, None, None)
    money = _money(site, period, given["channel"])
    on, off = _parted(money.days, blocks, first_off)
    return Seen(found, on, off, money)


def _days(site: SiteInfo, period: Period, outcome: str, now: datetime) -> Floats:
    is_revenue, goal = outcome_read(outcome)
    return np.array(outcomes_of(site, period, is_revenue=is_revenue, goal=goal, now=now, days=1))


def _money(site: SiteInfo, period: Period, channel: str) -> Money:
    spent, others = daily_costs(site, period)
    days = np.zeros(period.days)
    for (on, source), amount in spent.items():
        if (source or UNNAMED) == channel:
            days[(on - period.first).days] += float(amount)
    return Money(period, days, others)


def _parted(days: Floats, blocks: Blocks, first_off: Bools) -> tuple[float, float]:
    """Return what was spent in blocks that were on, and in those that were off."""
    sums = Blocks(blocks.pairs, blocks.weeks).sums(days)
    off = np.where(first_off, sums[:, 0], sums[:, 1])
    return float(sums.sum() - off.sum()), float(off.sum())
