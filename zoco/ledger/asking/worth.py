"""Worth: what reports sum up of goals reached, money and time spent, by time or by where visits came from.

What a goal is, and when a fact or a visit reaches one, says `zoco.ledger.asking.goals`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from zoco.ledger import expr
from zoco.ledger.asking.goals import (
    PAGE_ENGAGED,
    Goal,
    any_reached,
    sessions_spent,
    spent,
    stayed,
)
from zoco.ledger.asking.refunds import with_back
from zoco.ledger.expr import Table, Value

if TYPE_CHECKING:
    from zoco.kit.periods import Grain
    from zoco.ledger.scope import Facts

MONEY = Goal("", "revenue")
"""Whatever brings money."""
TIE = 1e-7
WORTH = ("conversions", "revenue", "spent")


def acts(facts: Facts, *columns: str, grain: Grain | None = None, with_views: bool = False) -> Table:
    """Return what conversions, revenue and engagement are summed from, one row a fact and more.

    Columns: those asked for, "bucket" with a grain, visitor, page_views (0 or 1, always 0 without
    `with_views`), conversions (1 if the fact reaches any of the goals of `facts` and takes no money back),
    revenue, spent in milliseconds (only without `with_views`). A session that stayed long enough is a row of
    its own where it began; `columns` must be the same in all of a session. So is what was given back of a
    fact that brought money, where and when that happened: see `refunds`.
    """

    def counts(rows: Table) -> Value:
        found = any_reached(facts, rows, facts.goals) | (rows.amount_site > expr.money(0))
        return found | (facts.is_view(rows) if with_views else rows.name == PAGE_ENGAGED)

    rows = facts.where(counts)
    bucket = None if grain is None else facts.bucket(rows.occurred_at, grain)
    made = rows.select(
        *columns,
        **_act(
            visitor=rows.visitor,
            page_views=expr.ones(facts.is_view(rows)) if with_views else expr.whole(0),
            conversions=expr.ones(
                any_reached(facts, rows, facts.goals) & (rows.amount_site >= expr.money(0))
            ),
            revenue=(rows.amount_site > expr.money(0)).ifelse(rows.amount_site, expr.money(0)),
            spent=spent(rows),
            bucket=bucket,
        ),
    )
    back = _acts_of_refunds(facts, columns, grain).select(*made.columns)
    made = made.union(back.cast(dict(made.schema())))
    about_sessions = [goal for goal in facts.goals if goal.kind == "engagement"]
    if not about_sessions:
        return made
    return made.union(_acts_of_sessions(facts, columns, grain, about_sessions).select(*made.columns))


def _acts_of_refunds(facts: Facts, columns: Sequence[str], grain: Grain | None) -> Table:
    """Return what was given back, a row for each fact that it was given back of."""
    sold = facts.where(lambda rows: (rows.amount_site > expr.money(0)) & (rows.subject != ""))
    both = with_back(sold, facts, (MONEY,))
    back = both.filter(both.back < expr.money(0))
    return back.select(
        *columns,
        **_act(
            visitor=back.visitor,
            page_views=expr.whole(0),
            # As the sums of ones that stand beside it: one engine tells small numbers from signed ones.
            conversions=expr.whole(0) + expr.ones(expr.never(back)),
            revenue=back.back,
            spent=expr.whole(0),
            bucket=None if grain is None else facts.bucket(back.occurred_at, grain),
        ),
    )


def _acts_of_sessions(
    facts: Facts, columns: Sequence[str], grain: Grain | None, goals: Sequence[Goal]
) -> Table:
    sessions = sessions_spent(facts, *columns)
    times = expr.whole(0)
    for goal in goals:
        times = times + expr.ones(stayed(sessions, goal))
    kept = sessions.mutate(times=times).filter(lambda each: each.times > 0)
    return kept.select(
        *columns,
        **_act(
            visitor=kept.visitor,
            page_views=expr.whole(0),
            conversions=kept.times,
            revenue=expr.money(0),
            spent=expr.whole(0),
            bucket=None if grain is None else facts.bucket(kept.began, grain),
        ),
    )


def _act(*, revenue: Value, **wholes: Value | None) -> dict[str, Value]:
    """Return the columns of a row of `acts` in types that both of its sources share."""
    found = {name: value.cast("int64") for name, value in wholes.items() if value is not None}
    return found | {"revenue": revenue.cast("decimal(18,4)")}


def worth(facts: Facts, grain: Grain) -> Table:
    """Return bucket, conversions, revenue and spent: one row a bucket in which there was any."""
    rows = acts(facts, grain=grain)
    return rows.group_by("bucket").aggregate(**{name: rows[name].sum() for name in WORTH})


def worth_whole(facts: Facts, grain: Grain) -> Table:
    """Return one row, the sums of `worth` over all buckets; 0 where there was nothing."""
    each = worth(facts, grain)
    return each.aggregate(**{name: each[name].sum().fill_null(0) for name in WORTH})


def by_touch(facts: Facts, *columns: str) -> Table:
    """Return visitors, page_views, converted (visitors with a page view who did), conversions, revenue.

    `columns` are of those that a session keeps from its entry.
    """
    rows = acts(facts, *columns, with_views=True)
    sums = {name: rows[name].sum() for name in ("page_views", "conversions", "revenue")}
    each = rows.group_by(*columns, "visitor").aggregate(**sums)
    is_seen = (each.page_views > 0) & (each.visitor != 0)
    return each.group_by(*columns).aggregate(
        visitors=expr.ones(is_seen).sum(),
        converted=expr.ones(is_seen & (each.conversions > 0)).sum(),
        **{name: each[name].sum() for name in sums},
    )


def amount_of(mean: Value) -> Value:
    """Return a mean of amounts as an amount.

    What lies between two of them goes up on every engine; by way of text, as one rounds binary digits.
    """
    return (mean + TIE).round(4).cast("string").cast("decimal(18,4)")
