"""Conversions counted: one row each, with whose it is and what it brought less what was given back.

Everything that speaks of conversions stands on this: the report, paths, and what attribution credits.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from zoco.ledger import expr
from zoco.ledger.asking.goals import any_reached
from zoco.ledger.expr import Table
from zoco.ledger.schema import VERDICTS
from zoco.monitor.reports.conversions.defined import DAY_SECONDS, Definition

if TYPE_CHECKING:
    from zoco.ledger.scope import Facts

REFUNDS_SECONDS = 366 * DAY_SECONDS
"""Refunds count against what they name for so long after the period."""
WHOSE = ("person", "known", "visitor")
KEPT = ("id", "occurred_at", "session", *WHOSE)


def conversions(facts: Facts, definition: Definition, *columns: str) -> Table:
    """Return one row a conversion of the period: those of KEPT, `columns`, at in microseconds, gross,
    refunded (0 or less) and who (negative for a known person, 0 for nobody).

    A fact that reaches several goals is one conversion; one that takes money back is none. A refund counts
    against the first conversion of the period with its subject, such as an order's number.
    """
    rows = facts.where(
        lambda rows: any_reached(facts, rows, definition.goals) & (rows.amount_site >= expr.money(0))
    )
    back = _back(rows, _refunds(facts))
    both = rows.left_join(back, rows.id == back["__id"])
    found = both.select(
        *KEPT,
        *columns,
        at=expr.micros(both.occurred_at),
        gross=both.amount_site,
        refunded=both["__back"].fill_null(0).cast("decimal(18,4)"),
    )
    return whose(found, facts, definition)


def whose(rows: Table, facts: Facts, definition: Definition) -> Table:
    """Return rows of facts with whose they are: `who`, negative for a known person, 0 for nobody."""
    found = facts.known(rows) if definition.is_by_person else rows
    browser = (found.known != 0).ifelse(found.known, found.visitor)
    if definition.is_by_person:
        browser = (found.person != 0).ifelse(-found.person, browser)
    return found.mutate(who=browser)


def with_net(rows: Table, facts: Facts) -> Table:
    """Return facts with one column more, `net`: what each brought, less what was given back of it."""
    back = _back(rows, _refunds(facts))
    both = rows.left_join(back, rows.id == back["__id"])
    net = both.amount_site + both["__back"].fill_null(0).cast("decimal(18,4)")
    return both.mutate(net=net).drop("__id", "__back")


def _refunds(facts: Facts) -> Table:
    """Return what was given back of each subject, whoever wrote it down: __kind, __subject, __sum.

    No filter holds here, for strangers neither: a refund is written down without the visit that ordered. Who
    asks joins it to facts that fit the filters, so nothing of others is told.
    """
    wide = replace(facts, filters=(), verdicts=VERDICTS).later(REFUNDS_SECONDS)
    rows = wide.where(lambda rows: (rows.amount_site < expr.money(0)) & (rows.subject != ""))
    return rows.group_by(__kind="subject_kind", __subject="subject").aggregate(__sum=rows.amount_site.sum())


def _back(rows: Table, refunds: Table) -> Table:
    """Return what is taken off from which fact: of several with the subject from the first."""
    same = [rows.subject_kind == refunds["__kind"], rows.subject == refunds["__subject"]]
    both = rows.inner_join(refunds, same)
    return both.group_by("__kind", "__subject").aggregate(
        __id=expr.first_by(both.id, both), __back=both["__sum"].max()
    ).drop("__kind", "__subject")  # fmt: skip
