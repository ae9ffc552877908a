"""Customers: whose first order ever a visit brought, and who had ordered before. Nothing is run here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from zoco.ledger import expr
from zoco.ledger.asking import people
from zoco.ledger.asking.statements import blanks

if TYPE_CHECKING:
    from zoco.ledger.expr import Table
    from zoco.ledger.scope import Facts

ORDERED = "shop.order.placed"
KEPT = ("id", "occurred_at", "known", "person", "visitor")


def customers(facts: Facts, *columns: str) -> Table:
    """Return how many ordered in the period: `columns`, new_customers, earlier_customers.

    New is whose first order ever it was, in the row of that order alone; an earlier customer ordered again.
    Whoever does both in one row is new there. A known person counts once whatever the browser.
    """
    ever = replace(facts.whole_visits, period=blanks.ever(facts.site.zone))
    rows = ever.where(lambda rows: (rows.name == ORDERED) & (rows.occurred_at < expr.end_of(facts.period)))
    counts = rows.occurred_at >= expr.start_of(facts.period)
    for fits in facts.fits(rows):
        counts = counts & fits
    told = people.told_apart(facts.known(rows.select(*KEPT, *columns, counts=counts)))
    placed = told.mutate(place=expr.rank_among(told.occurred_at, told, "who"))
    within = placed.filter(placed.counts)
    each = within.group_by(*columns, "who").aggregate(place=within.place.min())
    is_new = each.place == 1
    return each.group_by(*columns).aggregate(
        new_customers=expr.ones(is_new).sum(), earlier_customers=expr.ones(~is_new).sum()
    )


def beside(came: Table, bought: Table, columns: Sequence[str]) -> Table:
    """Put customers beside what visits brought, with every row of either: an order may have no view."""
    other = bought.rename({f"{name}_right": name for name in columns})
    both = came.outer_join(other, [came[name] == other[f"{name}_right"] for name in columns])
    keys = {name: both[name].fill_null(both[f"{name}_right"]) for name in columns}
    counted = [name for name in (*came.columns, *bought.columns) if name not in columns]
    filled = {name: both[name].fill_null(0) for name in counted}
    return both.mutate(**keys, **filled).select(*columns, *counted)
