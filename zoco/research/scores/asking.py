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
    from zoco.ledger.expr import Table
    from zoco.ledger.scope import Facts


def scored_rows(facts: Facts) -> Table:
    """Return one row a known person who bought: recency, frequency, money (scores), segment, purchases,
    spent, since_days (until the end of the period).
    """
    each = customers(facts)
    until = expr.micros(expr.end_of(facts.period))
    since = each.mutate(since_days=(until - each.last).cast("float64") / DAY)
    rows = _scored(_scored(since, "last", "recency"), "purchases", "frequency")
    rows = _scored(rows, "money", "score")
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


def _scored(rows: Table, name: str, score: str) -> Table:
    """Add the score of a column by the middle of the ranks that equal values share (Kendall 1945).

    By a sum along the values: engines differ in what a rank over a whole window is.
    """
    each = rows.group_by(name).aggregate(alike=rows.count())
    up_to = expr.sum_so_far(each.alike, [], [each[name]])
    many = each.alike.sum().over(ibis.window())
    part = (PARTS * (2 * up_to - each.alike)) // (2 * many)
    bounded = (part > PARTS - 1).ifelse(PARTS - 1, part).cast("int64") + 1
    scores = each.select(__value=each[name], __score=bounded)
    both = rows.left_join(scores, rows[name] == scores["__value"])
    return both.select(*rows.columns, **{score: both["__score"]})
