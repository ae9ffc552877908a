"""Refunds: what was given back, and of which fact, by the kind and the key of what both are about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from zoco.ledger import expr
from zoco.ledger.asking.goals import any_reached
from zoco.ledger.schema import VERDICTS

if TYPE_CHECKING:
    from zoco.ledger.asking.goals import Goal
    from zoco.ledger.expr import Table
    from zoco.ledger.scope import Facts

REFUNDS_SECONDS = 366 * 86_400
"""Refunds count against what they name for so long after the period."""
ABOUT = ("subject_kind", "subject")


def with_back(rows: Table, facts: Facts, goals: Sequence[Goal]) -> Table:
    """Return rows of facts that reach goals with one column more, `back`: 0, or what was given back (below).

    A refund is of the last fact before it that reaches a goal, brought money and has its subject: a subject
    may be no single deed, such as a product that is bought again and again. Whether that fact fits filters
    makes no difference, for strangers neither, nor who wrote the refund down: what is joined are facts that
    fit. One without a subject is of nothing.
    """
    wide = replace(facts, filters=()).later(REFUNDS_SECONDS)
    brought = wide.where(
        lambda rows: (
            any_reached(wide, rows, goals) & (rows.amount_site > expr.money(0)) & (rows.subject != "")
        )
    )
    given_back = replace(wide, verdicts=VERDICTS).where(
        lambda rows: (rows.amount_site < expr.money(0)) & (rows.subject != "")
    )
    lines = _lines(brought, is_refund=0).union(_lines(given_back, is_refund=1))
    same, along = ([lines[name] for name in names] for names in (ABOUT, ("at", "is_refund", "id")))
    turns = lines.mutate(turn=expr.sum_so_far(1 - lines.is_refund, same, along))
    each = turns.group_by(*ABOUT, "turn").aggregate(
        __id=turns.id.max(where=turns.is_refund == 0), __back=turns.amount.sum(where=turns.is_refund == 1)
    )
    taken = each.filter(each.turn > 0, each["__back"] < expr.money(0)).drop(*ABOUT, "turn")
    both = rows.left_join(taken, rows.id == taken["__id"])
    return both.mutate(back=both["__back"].fill_null(0).cast("decimal(18,4)")).drop("__id", "__back")


def _lines(rows: Table, *, is_refund: int) -> Table:
    made = {"at": expr.micros(rows.occurred_at), "amount": rows.amount_site}
    return rows.select(*ABOUT, "id", **made, is_refund=expr.whole(is_refund))
