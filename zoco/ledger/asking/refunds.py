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
    return with_taken(rows, taken_back(brought, given_back, ABOUT))


def taken_back(brought: Table, given_back: Table, about: Sequence[str], money: str = "amount_site") -> Table:
    """Return what was given back of each fact that brought money, where anything was: __id, __back.

    Both are facts that have a subject, told apart by the columns `about`; `money` is the one that is summed.
    """
    lines = _lines(brought, about, money, is_refund=0).union(_lines(given_back, about, money, is_refund=1))
    same, along = ([lines[name] for name in names] for names in (about, ("at", "is_refund", "id")))
    turns = lines.mutate(turn=expr.sum_so_far(1 - lines.is_refund, same, along))
    each = turns.group_by(*about, "turn").aggregate(
        __id=turns.id.max(where=turns.is_refund == 0), __back=turns.money.sum(where=turns.is_refund == 1)
    )
    return each.filter(each.turn > 0, each["__back"] < expr.money(0)).drop(*about, "turn")


def with_taken(rows: Table, taken: Table) -> Table:
    """Return rows of facts with one column more, `back`: what `taken_back` found of each, else 0."""
    both = rows.left_join(taken, rows.id == taken["__id"])
    return both.mutate(back=both["__back"].fill_null(0).cast("decimal(18,4)")).drop("__id", "__back")


def _lines(rows: Table, about: Sequence[str], money: str, *, is_refund: int) -> Table:
    made = {"at": expr.micros(rows.occurred_at), "money": rows[money]}
    return rows.select(*about, "id", **made, is_refund=expr.whole(is_refund))
