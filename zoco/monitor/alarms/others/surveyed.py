"""What alarms count of surveys: answers, and of scores from 0 to 10 the low ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from zoco.ledger import expr

if TYPE_CHECKING:
    from zoco.ledger.expr import Table
    from zoco.ledger.scope import Facts

KNOWN = ("human", "server")
"""Whoever is at a browser, or answers by the link of a letter."""
ANSWERED, SCORED = "surveys.survey.answered", "surveys.question.answered"
SAID_BY = ("language", "channel", "source", "campaign", "subject")


def said(name: str, most: int = 10) -> Callable[[Facts, tuple[str, ...]], Table]:
    """Return answers to surveys; of SCORED those that recommend us with so much at most."""

    def moments(facts: Facts, columns: tuple[str, ...]) -> Table:
        rows = facts.named(name)
        if name == SCORED:
            is_low = expr.prop_number(rows, "score") <= most
            rows = rows.filter((expr.prop_text(rows, "kind") == "nps") & is_low)
        return rows.select(*columns, at=rows.occurred_at)

    return moments
