"""Scores by fifths asked of the ledger: one expression that says what `zoco.stats.value.rfm` computes.

Nothing here runs a query.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from zoco.ledger import expr
from zoco.research.purchases import DAY, customers
from zoco.research.scores.scoring import segment_at
from zoco.stats.value.rfm import PARTS

if TYPE_CHECKING:
    from zoco.ledger.expr import Table, Value
    from zoco.ledger.scope import Facts


def scored_rows(facts: Facts) -> Table:
    """Return one row a known person who bought: recency, frequency, money (scores), segment, purchases,
    spent, since_days (until the end of the period).
    """
    each = customers(facts)
    until = expr.micros(expr.end_of(facts.period))
    placed = each.mutate(**{f"{name}_place": _place(each, name) for name in ("last", "purchases", "money")})
    rows = placed.mutate(
        recency=_score(placed, "last"),
        frequency=_score(placed, "purchases"),
        score=_score(placed, "money"),
        since_days=(until - placed.last).cast("float64") / DAY,
    )
    often = (rows.frequency < 2).ifelse(2, rows.frequency)
    named = rows.mutate(named=(rows.purchases == 1).ifelse(1, often))
    places = [(recency, often) for recency in range(1, PARTS + 1) for often in range(1, PARTS + 1)]
    segment = expr.first_fitting(
        [
            ((named.recency == recency) & (named.named == often), segment_at(recency, often))
            for recency, often in places
        ]
    )
    kept = {name: named[name] for name in ("recency", "frequency", "purchases", "since_days")}
    return named.select(**kept, money=named.score, spent=named.money, segment=segment)


def _score(rows: Table, name: str) -> Value:
    """Return the score of a column by the middle of the ranks that equal values share (Kendall 1945).

    `rows` have `name`_place, each row's place by value; engines differ in what a rank over a window is.
    """
    alike = ibis.window(group_by=[rows[name]])
    up_to, count = rows[f"{name}_place"].max().over(alike), rows.count().over(alike)
    part = (PARTS * (2 * up_to - count)) // (2 * expr.many_among(rows))
    return (part > PARTS - 1).ifelse(PARTS - 1, part).cast("int64") + 1


def _place(rows: Table, name: str) -> Value:
    along = ibis.window(order_by=[rows[name].asc(), rows.person.asc()])
    return ibis.row_number().over(along) + 1
