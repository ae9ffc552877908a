"""Reading facts themselves: the ones behind a figure, and from when to when there are any."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from zoco.kit.periods import micros

if TYPE_CHECKING:
    from zoco.ledger.asking.question import Question
    from zoco.ledger.expr import Table
    from zoco.ledger.report import Report
    from zoco.ledger.sitebook import SiteInfo
    from zoco.ledger.store.base import Store

# Those that a question may ask for.
YEARS = (1971, 9000)
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
    from zoco.ledger.asking.goals import goals_of
    from zoco.ledger.scope import Facts

    facts = Facts.of(question)
    if report is not None and report.verdicts and question.verdicts == "people":
        facts = replace(facts, verdicts=report.verdicts)
    if report is not None and report.uses_goals:
        facts = replace(facts, goals=goals_of(question.site.id))
    return report.behind(facts) if report else facts.rows


def facts_span(site: SiteInfo, *, store: Store | None = None) -> tuple[date, date] | None:
    """Return the site's first and last local day with facts of any kind, None when there are none.

    Only of the years that reports know: a log with a broken clock has moments that no calendar bears.
    """
    from zoco.ledger import expr
    from zoco.ledger.asking.statements.engines import table

    opened = store or _store()
    facts = table("facts")
    facts = facts.filter(
        facts.site == site.id,
        facts.occurred_at >= expr.moment(_micros(YEARS[0])),
        facts.occurred_at < expr.moment(_micros(YEARS[1] + 1)),
    )
    ends = facts.aggregate(number=facts.count(), first=facts.occurred_at.min(), last=facts.occurred_at.max())
    found = opened.query(expr.to_sql(ends, opened.dialect)).to_pylist()[0]
    if not found["number"]:
        return None
    return _local_day(found["first"], site.zone), _local_day(found["last"], site.zone)


def _micros(year: int) -> int:
    return micros(datetime(year, 1, 1, tzinfo=UTC))


def _local_day(at: datetime, zone: str) -> date:
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return aware.astimezone(ZoneInfo(zone)).date()


def _store() -> Store:
    from zoco.ledger.store.opening import store

    return store()
