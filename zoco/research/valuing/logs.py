"""The log of purchases that models of value are fitted to: whole local days, in weeks from the first one.

A purchase counts at the end of its day, as in the paper's own data (P. S. Fader, B. G. S. Hardie and K. L.
Lee, Marketing Science 24 (2005) 275–284); those of one person on one day are one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np

from zoco.kit.periods import Period, midnight
from zoco.research.purchases import BEGINNING, Floats, Ints, each_order, local_days, told
from zoco.stats.value.histories import Buyers, buyers_of

if TYPE_CHECKING:
    from zoco.ledger.sitebook import SiteInfo
    from zoco.ledger.store.base import Store

WEEK = 7.0


@dataclass(frozen=True, slots=True)
class Log:
    """Purchases of known people, by person and moment; `until` is the end of the last whole day, in weeks.

    `first_day` is a day's number from 1 January 1970. `at` counts from its start.
    """

    person: Ints
    at: Floats
    money: Floats
    first_day: int
    until: float

    @property
    def since_on(self) -> str:
        """The first day, as ISO 8601 writes it."""
        return _day(self.first_day)

    @property
    def until_on(self) -> str:
        """The last day."""
        return _day(self.first_day + round(self.until * WEEK) - 1)

    def buyers(self, until: float) -> Buyers:
        """Return who bought up to a moment in weeks."""
        return buyers_of(self.person, self.at, self.money, until)

    def repeats(self, people: Ints) -> Floats:
        """Return when these people bought again, each day of each of them once."""
        is_one = np.isin(self.person, people)
        pairs = np.unique(np.stack([self.person[is_one].astype(np.float64), self.at[is_one]]), axis=1)
        is_first = np.ones(pairs.shape[1], dtype=bool)
        is_first[1:] = pairs[0][1:] != pairs[0][:-1]
        found: Floats = pairs[1][~is_first]
        return found


def whole_days(site: SiteInfo, now: datetime) -> Period:
    """Return all days there ever were up to yesterday: today is not over yet."""
    yesterday = now.astimezone(ZoneInfo(site.zone)).date() - timedelta(days=1)
    return Period(BEGINNING, yesterday, site.zone)


def log_of(*, site: SiteInfo, now: datetime, store: Store) -> Log:
    """Ask the ledger. Raises QueryFailed, StoreBusy."""
    period = whole_days(site, now)
    table = told("research orders", each_order, site=site, period=period, store=store)
    person, placed = (table[name].cast("int64").to_numpy() for name in ("person", "placed"))
    return log_made(person, local_days(placed, site.zone), table["money"].cast("float64").to_numpy(), period)


def log_made(person: Ints, days: Ints, money: Floats, period: Period) -> Log:
    """Return the log of purchases on days by their numbers."""
    last = local_days(np.array([midnight(period.last, period.zone)]), period.zone)[0]
    first = int(days.min()) if len(days) else int(last)
    at = (days - first + 1) / WEEK
    order = np.lexsort((at, person))
    return Log(person[order], at[order], money[order], first, (int(last) - first + 1) / WEEK)


def _day(number: int) -> str:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=number)).date().isoformat()
