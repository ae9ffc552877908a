"""Periods that move on with the calendar, by their word in an address: today, 28d, month, 12mo, all."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from zoco.kit.periods import Period, micros

if TYPE_CHECKING:
    from zoco.ledger.sitebook import SiteInfo
    from zoco.ledger.store.base import Store

ALL = "all"
DAYS_MOST = 3_700
# Those that a question may ask for.
YEARS = (1971, 9000)
_DAY = timedelta(days=1)


def relative_read(text: str, zone: str, now: datetime, first: Callable[[], date | None]) -> Period | None:
    """Return the period of a word, None where it is none.

    "12mo" ends with today and begins on the day after the same date a year ago; "all" begins with the day
    that `first` returns, today where it returns None, and is no longer than a period may be.
    """
    today = now.astimezone(ZoneInfo(zone)).date()
    month = today.replace(day=1)
    match text:
        case "today":
            return Period(today, today, zone)
        case "yesterday":
            return Period(today - _DAY, today - _DAY, zone)
        case "month":
            return Period(month, today, zone)
        case "lastmonth":
            return Period((month - _DAY).replace(day=1), month - _DAY, zone)
        case "year":
            return Period(month.replace(month=1), today, zone)
        case "lastyear":
            return Period(date(today.year - 1, 1, 1), date(today.year - 1, 12, 31), zone)
        case "12mo":
            return Period(year_ago(today) + _DAY, today, zone)
        case "all":
            begun = max(first() or today, today - (DAYS_MOST - 1) * _DAY)
            return Period(min(begun, today), today, zone)
    if re.fullmatch(r"[0-9]{1,4}d", text) and 0 < int(text[:-1]) <= DAYS_MOST:
        return Period.last_days(int(text[:-1]), zone, now=now)
    return None


def year_ago(day: date) -> date:
    """Return the same date a year earlier, 28 February for the 29th."""
    if (day.month, day.day) == (2, 29):
        day = day.replace(day=28)
    return day.replace(year=day.year - 1)


def first_day(site: SiteInfo, *, store: Store | None = None) -> date | None:
    """Return the first local day of which a site has facts or imported days, None where it has neither."""
    from zoco.ledger.store.imported_sql import first_sql

    store = store or _store()
    span = facts_span(site, store=store)
    found = store.query(first_sql(site.id)).to_pylist()[0]
    starts = [*([span[0]] if span else []), *([found["first"]] if found["number"] else [])]
    return min(starts, default=None)


def facts_span(site: SiteInfo, *, store: Store | None = None) -> tuple[date, date] | None:
    """Return the site's first and last local day with facts of any kind, None when there are none.

    Only of the years that reports know: a log with a broken clock has moments that no calendar bears.
    """
    from zoco.ledger import expr
    from zoco.ledger.asking.statements.engines import table

    opened = store or _store()
    facts = table("facts")
    facts = facts.filter(
        facts.site == site.id,
        facts.occurred_at >= expr.moment(_micros(YEARS[0])),
        facts.occurred_at < expr.moment(_micros(YEARS[1] + 1)),
    )
    ends = facts.aggregate(number=facts.count(), first=facts.occurred_at.min(), last=facts.occurred_at.max())
    found = opened.query(expr.to_sql(ends, opened.dialect)).to_pylist()[0]
    if not found["number"]:
        return None
    return _local_day(found["first"], site.zone), _local_day(found["last"], site.zone)


def _micros(year: int) -> int:
    return micros(datetime(year, 1, 1, tzinfo=UTC))


def _local_day(at: datetime, zone: str) -> date:
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return aware.astimezone(ZoneInfo(zone)).date()


def _store() -> Store:
    from zoco.ledger.store.opening import store

    return store()
