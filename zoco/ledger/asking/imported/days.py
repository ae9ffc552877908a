"""Daily sums from elsewhere put beside a curve's own figures, each day from one origin.

A day on which the site has page views of its own is never taken from an import. What people of several
days have in common is known of nobody else's days: such figures are left open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from zoco.ledger.asking.answer import Answer, Figure, Imported, Row
from zoco.ledger.asking.question import Question, bucket_end
from zoco.ledger.store.imported_sql import days_sql

if TYPE_CHECKING:
    from zoco.kit.periods import Period
    from zoco.ledger.store.base import Store

# By the first part of an import's key; filled by the app that imports.
NAMES: dict[str, str] = {}
Days = dict[date, "Day"]


@dataclass(slots=True)
class Day:
    """What imports say of one day: page_views, visits, visitors, bounces, seconds (of visits)."""

    origins: set[str] = field(default_factory=set)
    sums: dict[str, float] = field(default_factory=dict)


def added(answer: Answer, store: Store, by_day: Callable[[Question], Answer]) -> Answer:
    """Return the answer with imported days in it, where the report takes them and there are some.

    `by_day` answers the same question in steps of a day from facts alone. Imports know neither filters
    nor bots, so under those nothing is added, and nothing under a guard.
    """
    question, report = answer.question, answer.report
    if not report.takes_imported or question.filters or question.guard or question.verdicts != "people":
        return answer
    now = days_held(store, question.site.id, question.period)
    earlier = answer.period_before
    before = days_held(store, question.site.id, earlier) if earlier else {}
    if earlier and earlier.until:
        before.pop(earlier.last, None)  # cut at a moment, which a day's sum cannot be
    if not now and not before:
        return answer
    grain = question.params_for(report).get("grain", "day")
    daily = answer if grain == "day" else by_day(replace(question, params={"grain": "day"}))
    _drop(now, ((_start(row.key), row.values) for row in daily.rows))
    _drop(before, ((_start(row.before_key), row.before) for row in daily.rows if row.before_key))
    if not now and not before:
        return answer
    return _marked(answer, str(grain), now, before)


def days_held(store: Store, site: int, period: Period) -> Days:
    """Return what imports say of the days of a period, of the whole site."""
    days: Days = {}
    for row in store.query(days_sql(site, period.first, period.last)).to_pylist():
        day = days.setdefault(row["day"], Day())
        day.origins.add(row["origin_key"].partition("-")[0])
        day.sums[row["measure"]] = day.sums.get(row["measure"], 0) + float(row["amount"])
    return days


def _drop(days: Days, own: Iterable[tuple[datetime, Mapping[str, Figure] | None]]) -> None:
    """Leave out the days on which the site counted itself."""
    for start, values in own:
        if values and values.get("page_views"):
            days.pop(start.date(), None)


def _start(key: Mapping[str, object]) -> datetime:
    return next(value for value in key.values() if isinstance(value, datetime))


def _marked(answer: Answer, grain: str, now: Days, before: Days) -> Answer:
    zone = answer.question.site.zone
    rows = [_row(row, grain, zone, now, before) for row in answer.rows]
    names = [each.name for each in answer.measures]
    totals = _combined({**answer.overall, **answer.totals}, list(now.values())) if now else {}
    earlier = {**(answer.overall_before or {}), **(answer.totals_before or {})}
    totals_before = _combined(earlier, list(before.values())) if before else {}
    return replace(
        answer,
        rows=rows,
        totals=_over(answer.totals, totals),
        overall=_over(answer.overall, totals),
        totals_before=_over(answer.totals_before, totals_before) if answer.totals_before else None,
        overall_before=_over(answer.overall_before, totals_before) if answer.overall_before else None,
        largest={name: max((row.values.get(name) or 0 for row in rows), default=0) for name in names},
        imported=days_said(now) if now else None,
    )


def _over(own: Mapping[str, Figure] | None, newer: Mapping[str, Figure]) -> dict[str, Figure]:
    return {name: newer.get(name, value) for name, value in (own or {}).items()}


def days_said(days: Days) -> Imported:
    """Return where these days came from."""
    origins = sorted({origin for day in days.values() for origin in day.origins})
    names = tuple(NAMES.get(origin, origin) for origin in origins)
    return Imported(names, min(days), max(days), len(days))


def _row(row: Row, grain: str, zone: str, now: Days, before: Days) -> Row:
    if grain == "hour":
        return row
    inside = _within(now, _start(row.key), grain, zone)
    changed = replace(row, values=_combined(row.values, inside), is_imported=True) if inside else row
    if row.before_key and row.before is not None:
        earlier = _within(before, _start(row.before_key), grain, zone)
        changed = replace(changed, before=_combined(row.before, earlier)) if earlier else changed
    return changed


def _within(days: Days, start: datetime, grain: str, zone: str) -> list[Day]:
    """Return the imported days of a step; noon of the last is surely before its end."""
    last = (bucket_end(start, grain, zone) - timedelta(hours=12)).date()
    return [day for at, day in days.items() if start.date() <= at <= last]


def _combined(own: Mapping[str, Figure], days: list[Day]) -> dict[str, Figure]:
    """Return figures of own and imported days together; None for what cannot be known of both."""
    views, visits = _sum(days, "page_views"), _sum(days, "visits")
    sessions = _both(own.get("sessions"), visits)
    page_views = _both(own.get("page_views"), views)
    is_one_day = len(days) == 1 and not own.get("page_views")
    found: dict[str, Figure] = {
        "page_views": page_views,
        "sessions": sessions,
        "visitors": _whole(_sum(days, "visitors")) if is_one_day else None,
        "bounce": _mean(own, "bounce", _sum(days, "bounces"), sessions),
        "duration": _mean(own, "duration", _sum(days, "seconds"), sessions),
        "views_per_session": float(page_views) / float(sessions) if page_views and sessions else None,
    }
    has_own = bool(own.get("page_views"))
    kept = {name: value if has_own else None for name, value in own.items()}
    return {**kept, "engaged": None, **found}


def _sum(days: list[Day], measure: str) -> float | None:
    """Return a sum over the days, None when one of them does not say it."""
    if any(measure not in day.sums for day in days):
        return None
    return sum(day.sums[measure] for day in days)


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def _both(own: Figure, theirs: float | None) -> int | None:
    return None if theirs is None else int(own or 0) + round(theirs)


def _mean(own: Mapping[str, Figure], name: str, theirs: float | None, sessions: int | None) -> float | None:
    if theirs is None or not sessions:
        return None
    return (float(own.get(name) or 0) * float(own.get("sessions") or 0) + theirs) / sessions
