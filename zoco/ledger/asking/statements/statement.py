"""Statements: a report's query made into the one SELECT that answers a question.

A table becomes one page of rows with the period before, totals and largest values beside them; a curve all
buckets of both periods. Text is kept without site, moments and filters' words (see `templates`): it is dear.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, lru_cache

from zoco.kit.periods import Period, micros
from zoco.ledger.asking.converting import goals_for
from zoco.ledger.asking.filters import Filter
from zoco.ledger.asking.goals import Goal
from zoco.ledger.asking.guard import HIDDEN, Guard, rows_guarded, whole_guarded
from zoco.ledger.asking.question import Question
from zoco.ledger.asking.statements import by_period, templates
from zoco.ledger.asking.statements.lasting import lasting_in
from zoco.ledger.asking.statements.outlines import Given, counting_of
from zoco.ledger.asking.statements.words import worded, words_of
from zoco.ledger.expr import Table, Value
from zoco.ledger.report import Report
from zoco.ledger.scope import Facts
from zoco.ledger.sitebook import SiteInfo, sees_nobodys
from zoco.ledger.store.base import Dialect

BEFORE, TOTAL, TOTAL_BEFORE, LARGEST = "__before", "__total", "__total_before", "__largest"
ROWS, IS_NOW, IS_WHOLE = "__rows", "__now", "__whole"
KEPT_STATEMENTS = 512


class ReportWrong(TypeError):
    """A report's query does not have the columns that the report declares."""


@dataclass(frozen=True)
class Asked:
    """Everything that decides on the text of a statement; may be a key."""

    report: Report
    site: SiteInfo
    period: Period
    before: Period | None
    filters: tuple[Filter, ...]
    verdicts: tuple[str, ...]
    params: tuple[tuple[str, str | int], ...]
    order: tuple[str, bool]
    offset: int
    size: int
    dialect: Dialect
    goals: tuple[Goal, ...] = ()
    guard: Guard | None = None
    is_shared: bool = False
    with_nobodys: bool = False
    given: Hashable = None

    @classmethod
    def of(cls, report: Report, question: Question, dialect: Dialect, now: datetime | None = None) -> Asked:
        """Read it off a question. A period that is not over `now` is compared with as much of the other.

        Raises QuestionWrong, ParameterWrong, NotForStrangers.
        """
        report, guard = question.report_for(report), question.guard
        report = guard.narrowed(report) if guard else report
        before = question.period_before if report.compares else None
        if before and now:
            before = before.as_far_as(question.period, micros(now))
        params = question.params_for(report)
        return cls(
            report=report,
            site=question.site,
            period=question.period,
            before=before,
            filters=question.filters,
            verdicts=report.verdicts or question.verdicts_chosen,
            params=tuple(params.items()),
            order=question.order_for(report),
            offset=(question.page - 1) * question.size,
            size=question.size,
            dialect=dialect,
            goals=goals_for(report, question.site.id),
            guard=guard if guard and guard.least else None,
            is_shared=guard is not None,
            with_nobodys=report.takes_nobodys and guard is None and sees_nobodys(),
            given=by_period.given_of(report, question.site, params, (question.period, before)),
        )

    def facts(self, period: Period) -> Facts:
        """Return the facts in scope in a period, with the columns that the report needs."""
        if period not in self._in_scope:
            self._in_scope[period] = self._facts(period, self._columns)
        return self._in_scope[period]

    @cached_property
    def _in_scope(self) -> dict[Period, Facts]:
        """Facts by their period: what is built of them once serves the rows and the figures over all."""
        return {}

    def _facts(self, period: Period, columns: frozenset[str]) -> Facts:
        scope = (self.site, period, self.filters, self.verdicts, columns, self.goals, self.is_shared)
        return Facts(*scope, self.with_nobodys, by_period.told(self.given, before=period is self.before))

    def query(self, period: Period) -> Table:
        """Return the report's rows of a period, without those that may not be shown. Raises ReportWrong."""
        return self.guarded(period).drop(HIDDEN) if self.guard else self._query(self.facts(period))

    def guarded(self, period: Period) -> Table:
        """Return the rows that may be shown, each with how many there are besides as "__hidden"."""
        turned = [self._query(each) for each in self._turned(period)]
        least = self.guard.least if self.guard else 0
        return rows_guarded(self._query(self.facts(period)), turned, self.report, least)

    def whole(self, period: Period) -> Table | None:
        """Return the report's figures over everything, None where it has none."""
        params = dict(self.params)
        whole = self.report.overall(self.facts(period), params)
        if whole is None or not self.guard:
            return whole
        turned = [self.report.overall(each, params) for each in self._turned(period)]
        return whole_guarded(whole, turned, self.report, self.guard.least)

    def _turned(self, period: Period) -> list[Facts]:
        facts, filters = self.facts(period), self.guard.turned(self.filters) if self.guard else ()
        return [replace(facts, filters=each) for each in filters]

    def _query(self, facts: Facts) -> Table:
        table = self.report.query(facts, dict(self.params))
        wanted = self.report.columns
        may_have_more = self.guard is not None
        if set(table.columns) != set(wanted) and not (may_have_more and set(wanted) < set(table.columns)):
            has = sorted(table.columns)
            raise ReportWrong(f"{self.report.key} returns the columns {has}; it declares {sorted(wanted)}.")
        return table.select(*wanted)

    @cached_property
    def _columns(self) -> frozenset[str]:
        """The columns that the report speaks of, found by building it once over all of them."""
        from zoco.ledger.asking.statements.engines import columns_of

        facts, params = self._facts(self.period, frozenset()), dict(self.params)
        found = columns_of(self.report.query(facts, params))
        whole = self.report.overall(facts, params)
        return found if whole is None else found | columns_of(whole)

    @property
    def periods(self) -> tuple[Period, ...]:
        """The period, and the one before if it is asked for."""
        return (self.period, self.before) if self.before else (self.period,)

    @property
    def words(self) -> list[str]:
        """What may be left open: words of filters, and texts given of the periods."""
        return [*words_of(self.filters), *by_period.texts_of(self.given)]

    def saying(self, words: Sequence[str]) -> Asked:
        """Return the same with other words, also in those of its filters that its guard knows."""
        count = len(words_of(self.filters))
        filters, given = worded(self.filters, words[:count]), by_period.with_texts(self.given, words[count:])
        now = dict(zip(self.filters, filters, strict=True))
        added = tuple(now.get(each, each) for each in self.guard.added) if self.guard else ()
        guard = replace(self.guard, added=added) if self.guard else None
        return replace(self, filters=filters, guard=guard, given=given)

    def over(self, given: Given) -> Asked:
        """Return the same over what is left blank of site, periods and words; its columns are the same."""
        now, *before = given.periods
        said = self.saying(given.words)
        over = replace(said, site=given.site, period=now, before=before[0] if before else None)
        vars(over)["_columns"] = self._columns
        return over

    @property
    def shape(self) -> tuple[object, ...]:
        """Everything that decides on the text but the site and when the periods are."""
        counting = tuple(counting_of(self.site, period) for period in self.periods)
        parts = (counting, self.filters, self.verdicts, self.params, self.order)
        more = (self.offset, self.size, self.dialect, self.goals, self.guard, self.given)
        return (self.report.key, *parts, *more, self.is_shared, self.with_nobodys)


@lru_cache(maxsize=KEPT_STATEMENTS)
def page_sql(asked: Asked) -> str:
    """Write the SELECT of a page of a table."""
    return _filled("page", asked, _page)


@lru_cache(maxsize=KEPT_STATEMENTS)
def curve_sql(asked: Asked) -> str:
    """Write the SELECT of all buckets of both periods, and of the report's figures over all of them.

    "__now" is 1 for the period and 0 for the one before, "__whole" 1 for figures over all buckets.
    """
    return _filled("curve", asked, _curves)


def _filled(kind: str, asked: Asked, write: Callable[[Asked], Table]) -> str:
    """Return the text of a statement, written anew only if none of its shape is kept."""
    by_strangers = asked.guard is not None and asked.guard.added  # a guard alone is a number
    return templates.filled(
        (kind, *asked.saying([str(number) for number in range(len(asked.words))]).shape),
        Given(asked.site, asked.periods, asked.words),
        asked.dialect,
        lambda given: write(asked.over(given)),
        lasting="never" if by_strangers else lasting_in(asked.report, dict(asked.params), asked.filters),
    )


def _curves(asked: Asked) -> Table:
    parts = list(_curve(asked, asked.period, is_now=1))
    if asked.before:
        parts += _curve(asked, asked.before, is_now=0)
    first, *others = parts
    return first.union(*others) if others else first


def _curve(asked: Asked, period: Period, *, is_now: int) -> Iterator[Table]:
    table = asked.query(period).mutate(**{IS_NOW: _number(is_now), IS_WHOLE: _number(0)})
    yield table
    whole = asked.whole(period)
    if whole is not None:
        bucket = asked.report.dimensions[0].name
        marks = {bucket: _number(0), IS_NOW: _number(is_now), IS_WHOLE: _number(1)}
        yield whole.mutate(**marks).select(*table.columns)


def every_row(asked: Asked) -> Table:
    """Return all rows in order, without comparison, for an export."""
    table = asked.query(asked.period)
    return table.order_by(_orders(asked, table))


def _page(asked: Asked) -> Table:
    now = asked.guarded(asked.period) if asked.guard else asked.query(asked.period)
    keys = [each.name for each in asked.report.dimensions]
    measures = [each.name for each in asked.report.measures]
    adding = [each.name for each in asked.report.measures if each.adds_up]
    whole: dict[str, Value] = {}
    if asked.before is None:
        table = now
        whole[ROWS] = table.count()
    else:
        table = _beside(now, asked.query(asked.before), keys, measures)
        whole[ROWS] = table[IS_NOW].sum()
        whole |= {f"{name}{TOTAL_BEFORE}": table[f"{name}{BEFORE}"].sum() for name in adding}
    whole |= {f"{name}{TOTAL}": table[name].sum() for name in adding}
    whole |= {f"{name}{LARGEST}": table[name].max() for name in measures}
    table = table.mutate(**{name: value.over(_everything()) for name, value in whole.items()})
    table = _with_overall(asked, table)
    if asked.before is not None:
        table = table.filter(table[IS_NOW] == 1).drop(IS_NOW)
    return table.order_by(_orders(asked, table)).limit(asked.size, offset=asked.offset)


def _with_overall(asked: Asked, table: Table) -> Table:
    """Put the report's own figures over all rows in place of sums that count something twice."""
    for period, sign in zip(asked.periods, (TOTAL, TOTAL_BEFORE), strict=False):
        own = asked.whole(period)
        adding = [each.name for each in asked.report.measures if each.adds_up]
        names = [name for name in adding if own is not None and name in own.columns]
        if own is not None and names:
            once = own.select(**{f"{name}{sign}": own[name] for name in names})
            table = table.drop(*once.columns).cross_join(once)
    return table


def _beside(now: Table, before: Table, keys: list[str], measures: list[str]) -> Table:
    """Return the rows of both periods, those that are gone as well, for their totals."""
    then = before.rename({f"{name}{BEFORE}": name for name in (*keys, *measures)})
    here = now.mutate(**{IS_NOW: _number(1)})
    both = here.outer_join(then, [here[name] == then[f"{name}{BEFORE}"] for name in keys])
    return both.mutate(**{IS_NOW: both[IS_NOW].fill_null(0)}).drop(*(f"{name}{BEFORE}" for name in keys))


def _orders(asked: Asked, table: Table) -> list[Value]:
    name, is_descending = asked.order
    first = table[name].desc(nulls_first=False) if is_descending else table[name].asc(nulls_first=False)
    return [first, *(table[each.name].asc() for each in asked.report.dimensions if each.name != name)]


def _everything() -> Value:
    import ibis

    return ibis.window()


def _number(number: int) -> Value:
    import ibis

    return ibis.literal(number, type="int64")
