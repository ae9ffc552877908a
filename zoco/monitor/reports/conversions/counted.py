"""Conversions counted: one row each, with whose it is and what it brought less what was given back.

Everything that speaks of conversions stands on this: the report, paths, and what attribution credits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zoco.ledger import expr
from zoco.ledger.asking.goals import any_reached
from zoco.ledger.asking.refunds import with_back
from zoco.ledger.expr import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zoco.ledger.asking.goals import Goal
    from zoco.ledger.scope import Facts
    from zoco.monitor.reports.conversions.defined import Definition

WHOSE = ("person", "known", "visitor")
KEPT = ("id", "occurred_at", "session", *WHOSE)
DAY_SECONDS = 86_400
"""So long before a period visits may have begun that its conversions are part of."""


def conversions(facts: Facts, definition: Definition, *columns: str) -> Table:
    """Return one row a conversion of the period: those of KEPT, `columns`, at in microseconds, gross,
    refunded (0 or less) and who (negative for a known person, 0 for nobody).

    A fact that reaches several goals is one conversion; one that takes money back is none. A refund counts
    against the last conversion before it with its subject, such as an order's number.
    """
    rows = facts.where(
        lambda rows: any_reached(facts, rows, definition.goals) & (rows.amount_site >= expr.money(0))
    )
    both = with_back(rows, facts, definition.goals)
    found = both.select(
        *KEPT,
        *columns,
        at=expr.micros(both.occurred_at),
        gross=both.amount_site,
        refunded=both.back,
    )
    return whose(found, facts, definition)


def by_visit(rows: Table, facts: Facts, definition: Definition) -> Table:
    """Return conversions with `who` of the visit that each is part of, as attribution tells people apart.

    A visit knows more of people than one fact: who consents after he put something into the basket did both.
    """
    # Not of `rows`: those are joined with refunds, and a join that is used twice is made twice.
    reaching = facts.where(lambda each: any_reached(facts, each, definition.goals) & (each.session != 0))
    around = facts.whole_visits.earlier(DAY_SECONDS)
    parts = around.where(lambda each: each.session != 0).semi_join(reaching.select("session"), "session")
    visits = parts.group_by("session").aggregate(
        occurred_at=parts.occurred_at.min(), **{name: parts[name].max() for name in WHOSE}
    )
    return in_visits(rows, whose(visits, facts, definition))


def in_visits(rows: Table, visits: Table) -> Table:
    """Return conversions with `who` of their visits, where one of those knows it."""
    owners = visits.filter(visits.who != 0).select(__session="session", __owner="who")
    both = rows.left_join(owners, rows.session == owners["__session"])
    return both.mutate(who=both["__owner"].fill_null(both.who)).drop("__session", "__owner")


def whose(rows: Table, facts: Facts, definition: Definition) -> Table:
    """Return rows of facts with whose they are: `who`, negative for a known person, 0 for nobody."""
    found = facts.known(rows) if definition.is_by_person else rows
    browser = (found.known != 0).ifelse(found.known, found.visitor)
    if definition.is_by_person:
        browser = (found.person != 0).ifelse(-found.person, browser)
    return found.mutate(who=browser)


def with_net(rows: Table, facts: Facts, goals: Sequence[Goal]) -> Table:
    """Return facts that reach goals with one column more, `net`: what each brought, less what was given back
    of it.
    """
    both = with_back(rows, facts, goals)
    return both.mutate(net=both.amount_site + both.back).drop("back")
