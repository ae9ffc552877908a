"""Guards: no row with fewer than so many visitors, and none that would give such a row away.

A report names in `crowd` the measures that say how many people are behind a row: visitors, and sessions
where it tells of them; one that names none is refused. A measure that may come from a few of a row's people,
such as revenue, says so by `tells_of_few` and is left out.

Held in the query, so that order, pages, totals, largest values, the period before and files know nothing
of what is not shown. Within one answer nothing can be worked out; the record 0107 says what is left to
whoever puts several answers together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cache, reduce
from itertools import combinations
from operator import or_
from typing import TYPE_CHECKING

from zoco.kit.plugs import PlugUnknown
from zoco.ledger import expr
from zoco.ledger.asking.filters import Filter, Operator
from zoco.ledger.expr import Table, Value

if TYPE_CHECKING:
    from zoco.ledger.report import Report

HIDDEN = "__hidden"
_RISK, _SMALL, _COUNT, _RANK = "__risk", "__small", "__count", "__rank"
OPPOSITE: dict[Operator, Operator] = {
    "is": "is_not",
    "is_not": "is",
    "contains": "contains_not",
    "contains_not": "contains",
    "starts": "starts_not",
    "starts_not": "starts",
}


class NotForStrangers(PlugUnknown):
    """A report does not count the people behind its rows, so nobody can say which rows are too small."""


@dataclass(frozen=True, slots=True)
class Guard:
    """`least` visitors must stand behind a row; 0 shows all rows of the reports that may be shown.

    `added` are those filters of the question that the reader chose, and could as well leave out.
    """

    least: int
    added: tuple[Filter, ...] = ()

    def narrowed(self, report: Report) -> Report:
        """Return the report as it may be shown: without measures that tell of a few of a row's people.

        Raises NotForStrangers for one that does not count people.
        """
        if not report.crowd:
            raise NotForStrangers(f"{report.key} does not count people; it is not shown to strangers.")
        return _narrowed(report) if self.least else report

    def turned(self, filters: Sequence[Filter]) -> Iterator[tuple[Filter, ...]]:
        """Return the filters with some of the added ones turned into their opposite, in every way.

        What lies there is the difference to an answer without the filter; it must be empty or large enough
        as well (a query set and its complement: Denning, Denning and Schwartz 1979).
        """
        for number in range(1, len(self.added) + 1):
            for some in combinations(self.added, number):
                yield tuple(_opposite(each) if each in some else each for each in filters)


@cache
def _narrowed(report: Report) -> Report:
    shown = tuple(each for each in report.measures if not each.tells_of_few)
    if shown == report.measures:
        return report
    narrowed = copy(report)
    narrowed.measures = shown
    if report.order.removeprefix("-") not in narrowed.columns:
        narrowed.order = f"-{report.crowd[0]}"
    return narrowed


def _opposite(each: Filter) -> Filter:
    return replace(each, operator=OPPOSITE[each.operator])


def rows_guarded(table: Table, turned: Sequence[Table], report: Report, least: int) -> Table:
    """Return the rows that may be shown; "__hidden" says in each how many there are besides.

    Hidden are rows with too few people; rows that differ by too few from those of an answer with fewer
    filters; and one row more, the smallest, where the others are one alone or hold too few together: a
    total less the rows shown would tell of them (complementary suppression, Cox 1980). There is a total
    of everything, and where rows have several dimensions one of each value that can be filtered by.
    """
    # A row in which nothing that is shown happened hides nobody, and needs no company.
    table = table.filter(reduce(or_, [table[name] > 0 for name in _counts(report)]))
    keys = [each.name for each in report.dimensions]
    parts = [[each.name] for each in report.dimensions if each.filter] if len(keys) > 1 else []
    marked = _marked(table, turned, keys, report.crowd, least)
    for part in (*parts, []):
        marked = _accompanied(marked, part, keys, report.crowd, least)
    everything = marked.mutate(**{HIDDEN: marked[_SMALL].sum().over(_window())})
    return everything.filter(everything[_SMALL] == 0).select(*table.columns, HIDDEN)


def _accompanied(
    marked: Table, part: Sequence[str], keys: Sequence[str], crowd: Sequence[str], least: int
) -> Table:
    """Mark the smallest row shown of each part in which those hidden would be known from a total."""
    columns = list(marked.columns)
    whole = _window(*(marked[name] for name in part))
    held = {f"__held_{name}": (marked[name] * marked[_SMALL]).sum().over(whole) for name in crowd}
    counted = marked.mutate(
        **{_COUNT: marked[_SMALL].sum().over(whole)},
        **{_RANK: _place(marked, [*part, _SMALL], [crowd[0], *keys])},
        **held,
    )
    gives_away = reduce(or_, [counted[name] < least for name in held], counted[_COUNT] < 2)
    is_next = (counted[_SMALL] == 0) & (counted[_RANK] == 0) & (counted[_COUNT] > 0) & gives_away
    return counted.mutate(**{_SMALL: expr.ones((counted[_SMALL] == 1) | is_next)}).select(*columns)


def whole_guarded(whole: Table, turned: Sequence[Table], report: Report, least: int) -> Table:
    """Return the figures over everything, or no row where too few are behind them or behind a difference."""
    columns = list(whole.columns)
    shown = whole.filter(~_is_small(whole, report.crowd, least))
    for number, other in enumerate(turned):
        is_there = reduce(or_, [other[name] > 0 for name in _counts(report)])
        risk = expr.ones(is_there & _is_small(other, report.crowd, least))
        shown = shown.cross_join(other.select(**{f"{_RISK}{number}": risk}))
    if not turned:
        return shown
    return shown.filter(*(shown[f"{_RISK}{number}"] == 0 for number in range(len(turned)))).select(*columns)


def _counts(report: Report) -> list[str]:
    return [each.name for each in report.measures if each.unit == "count"]


def _is_small(table: Table, crowd: Sequence[str], least: int) -> Value:
    return reduce(or_, [table[name] < least for name in crowd])


def _marked(
    table: Table, turned: Sequence[Table], keys: Sequence[str], crowd: Sequence[str], least: int
) -> Table:
    """Return the table with 1 in "__small" where a row has too few people, or differs by too few."""
    if not turned:
        return table.mutate(**{_SMALL: expr.ones(_is_small(table, crowd, least))})
    names = {f"{_RISK}_{name}": name for name in keys}
    parts = [each.filter(_is_small(each, crowd, least)).select(**names) for each in turned]
    first, *others = parts
    risky = (first.union(*others) if others else first).distinct().mutate(**{_RISK: _number(1)})
    both = table.left_join(risky, [table[name] == risky[f"{_RISK}_{name}"] for name in keys])
    is_small = _is_small(both, crowd, least) | (both[_RISK].fill_null(0) == 1)
    return both.mutate(**{_SMALL: expr.ones(is_small)}).select(*table.columns, _SMALL)


def _place(table: Table, groups: Sequence[str], order: Sequence[str]) -> Value:
    """Return the number of each row in its group, from 0."""
    import ibis

    window = ibis.window(
        group_by=[table[name] for name in groups], order_by=[table[name].asc() for name in order]
    )
    return ibis.row_number().over(window)


def _window(*groups: Value) -> Value:
    import ibis

    return ibis.window(group_by=groups or None)


def _number(number: int) -> Value:
    import ibis

    return ibis.literal(number, type="int64")
