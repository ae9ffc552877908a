"""Reading facts themselves: the ones behind a figure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zoco.ledger.asking.question import Question
    from zoco.ledger.expr import Table
    from zoco.ledger.report import Report
    from zoco.ledger.store.base import Store

SHOWN = (
    "occurred_at", "name", "path", "status", "verdict", "reason", "visitor", "session", "referrer_host",
    "channel", "source", "medium", "campaign", "country", "device", "browser", "os", "host", "title",
    "landing", "subject", "amount_site", "origin", "id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FactsPage:
    """Facts of one page, newest first; ids and pseudonyms are text. `total` counts all of them."""

    rows: list[dict[str, Any]]
    total: int


def facts_page(question: Question, report: Report | None = None, *, store: Store | None = None) -> FactsPage:
    """Return the facts that a question is about; with a report, those that it counts."""
    import ibis

    from zoco.ledger import expr

    opened = store or _store()
    table = _about(question, report)
    total = table.aggregate(total=table.count())
    ordered = table.order_by(ibis.desc("occurred_at"), ibis.desc("id"))
    offset = (question.page - 1) * question.size
    shown = ordered.limit(question.size, offset=offset).select(*SHOWN, "amount", "currency")
    rows = opened.query(expr.to_sql(shown, opened.dialect)).to_pylist()
    found = opened.query(expr.to_sql(total, opened.dialect)).to_pylist()
    return FactsPage(rows, int(found[0]["total"]))


def _about(question: Question, report: Report | None) -> Table:
    from zoco.ledger.asking.converting import goals_for
    from zoco.ledger.scope import Facts

    facts = Facts.of(question)
    if report is not None and report.verdicts and question.verdicts == "people":
        facts = replace(facts, verdicts=report.verdicts)
    if report is not None:
        facts = replace(facts, goals=goals_for(report, question.site.id))
    return report.behind(facts) if report else facts.rows


def _store() -> Store:
    from zoco.ledger.store.opening import store

    return store()
