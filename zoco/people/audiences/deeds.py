"""What the ledger is asked about deeds: one statement a rule, written once for each shape and kept.

Nothing here runs a query. An answer is one column of keys of people, each once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

from zoco.kit.periods import Period, micros
from zoco.ledger import expr, sitebook
from zoco.ledger.asking.goals import Comparison, PropCondition, holds
from zoco.ledger.asking.people import resolved
from zoco.ledger.asking.statements import templates
from zoco.ledger.asking.statements.outlines import Given
from zoco.ledger.expr import Table, Value
from zoco.ledger.sitebook import SiteInfo
from zoco.people.models import NUMBER_BASE

if TYPE_CHECKING:
    from zoco.ledger.store.base import Dialect

COUNTED = ("human", "server")
"""Verdicts of facts that people did: in a browser, or as a server tells of them."""
ANY_SITE = SiteInfo(0, "", "", "UTC", "", 0, "", is_demo=False)
"""Stands where a statement is about no site in particular; which site a deed is of is in its shape."""
PROP = "props."
FIRST, LAST = date(2, 1, 1), date(9998, 12, 31)
"""Days in all years: what lies beyond is as far, and no zone brings these out of them."""
KEPT = ("id", "site", "occurred_at", "known", "person")


@dataclass(frozen=True, slots=True)
class Span:
    """From a moment to another, half-open, in UTC microseconds; stands for a period."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Where:
    """What a column or a property of a fact must be."""

    field: str
    comparison: str
    value: str


@dataclass(frozen=True, slots=True)
class Deed:
    """A fact and how it must have happened: `measure` is count, exactly, money, money_above, first or last.

    `least` is what a count or a sum of money in the site's currency must be.
    """

    fact: str
    measure: str
    least: Decimal
    span: Span
    site: int | None = None
    wheres: tuple[Where, ...] = ()


def span_of(rule: Mapping[str, Any], now: datetime) -> Span:
    """Return when what a rule asks for must have happened, half-open; days are the site's."""
    end = micros(now)
    match rule["when"]:
        case "last":
            return Span(micros(now - timedelta(days=rule["days"])), end)
        case "before":
            return Span(0, micros(now - timedelta(days=rule["days"])))
        case "between":
            sites = [each for each in sitebook.sites() if rule.get("site") in (None, each.id)]
            zone = ZoneInfo(sites[0].zone) if sites else UTC
            since = _midnight(rule.get("since"), zone, 0)
            until = _midnight(rule.get("until"), zone, 1)
            return Span(since or 0, min(until or end, end))
    return Span(0, end)


def _midnight(day: str | None, zone: Any, later: int) -> int | None:
    if not day:
        return None
    on = min(max(date.fromisoformat(day), FIRST), LAST) + timedelta(days=later)
    return micros(datetime(on.year, on.month, on.day, tzinfo=zone))


def statement(deed: Deed, now: datetime, dialect: Dialect) -> str:
    """Write the SELECT that answers with the people who did it."""
    is_about_all = deed.measure in {"first", "last"}
    scanned = Span(0, micros(now)) if is_about_all else deed.span
    words = [deed.fact, *(each.value for each in deed.wheres if _is_open(each))]
    shape = (
        "deed", dialect, deed.measure, deed.least, deed.site,
        tuple((each.field, each.comparison, "" if _is_open(each) else each.value) for each in deed.wheres),
    )  # fmt: skip

    def write(given: Given) -> Table:
        return _expression(deed, given.periods, list(given.words))

    periods = cast("list[Period]", [scanned, deed.span] if is_about_all else [scanned])
    return templates.filled(shape, Given(ANY_SITE, periods, words), dialect, write, lasting="with room")


def _is_open(where: Where) -> bool:
    """Say whether a value is a word that may be left open; a number decides on the text."""
    return where.comparison not in {"above", "below"}


def _expression(deed: Deed, spans: Sequence[Period], words: list[str]) -> Table:
    from zoco.ledger.asking.statements.engines import table

    facts = table("facts")
    fact, *values = words
    left = iter(values)
    conditions = [facts.site == deed.site] if deed.site is not None else []
    conditions += [
        facts.occurred_at >= expr.start_of(spans[0]),
        facts.occurred_at < expr.end_of(spans[0]),
        facts.name == fact,
        expr.among(facts.verdict, COUNTED),
        (facts.person != 0) | (facts.known != 0),
    ]
    for each in deed.wheres:
        conditions.append(_holds(facts, each, next(left) if _is_open(each) else each.value))
    kept = KEPT if not deed.measure.startswith("money") else (*KEPT, "amount_site")
    rows = resolved(facts.filter(*conditions).select(*kept), deed.site)
    ours = rows.filter(rows.person > expr.whole(NUMBER_BASE))
    key = ours.person - expr.whole(NUMBER_BASE)
    if deed.measure == "count" and deed.least == 1:
        return ours.select(person=key).distinct()
    people = ours.group_by(person=key).aggregate(measured=_measured(deed, ours))
    return people.filter(_enough(deed, people.measured, spans)).select("person")


def _measured(deed: Deed, rows: Table) -> Value:
    match deed.measure:
        case "money" | "money_above":
            return rows.amount_site.sum()
        case "first":
            return rows.occurred_at.min()
        case "last":
            return rows.occurred_at.max()
    return rows.count()


def _enough(deed: Deed, measured: Value, spans: Sequence[Period]) -> Value:
    match deed.measure:
        case "money":
            return measured >= expr.money(deed.least)
        case "money_above":
            return measured > expr.money(deed.least)
        case "exactly":
            return measured == expr.whole(int(deed.least))
        case "first" | "last":
            return (measured >= expr.start_of(spans[1])) & (measured < expr.end_of(spans[1]))
    return measured >= expr.whole(int(deed.least))


def _holds(facts: Table, where: Where, value: str) -> Value:
    if where.field.startswith(PROP):
        name = where.field.removeprefix(PROP)
        return holds(facts, PropCondition(name, cast("Comparison", where.comparison), value))
    column: Any = facts[where.field]
    match where.comparison:
        case "is":
            return column == value
        case "is_not":
            return column != value
        case "contains":
            return column.contains(value)
    return column.startswith(value)
