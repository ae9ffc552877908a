"""What came in last, newest first: facts of any verdict, and what was refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from zoco.kit.periods import micros
from zoco.ledger.asking.goals import any_of
from zoco.ledger.sitebook import NOBODYS, sees_nobodys
from zoco.monitor.facts import REFUSED

if TYPE_CHECKING:
    from zoco.ledger.expr import Table, Value
    from zoco.ledger.sitebook import SiteInfo
    from zoco.ledger.store.base import Store

MOST = 100
SPAN = timedelta(hours=24)
LATE = timedelta(hours=72)
"""Facts that arrive live are no older."""
SHOWN = (
    "id", "received_at", "occurred_at", "name", "host", "path", "title", "status", "visitor", "verdict",
    "reason", "channel", "source", "medium", "campaign", "referrer_host", "subject", "amount", "currency",
    "quantity", "props",
)  # fmt: skip
SEARCHED = ("name", "host", "path", "title", "subject", "reason", "source", "referrer_host")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of them: with a text in them, of a host, of these visitors. Refusals have no visitor and stay."""

    text: str = ""
    host: str = ""
    visitors: frozenset[int] | None = None


def latest(
    site: SiteInfo, wanted: Wanted, *, now: datetime, store: Store | None = None
) -> list[dict[str, Any]]:
    """Return the last facts and refusals of the last 24 hours. Raises StoreBusy, QueryFailed."""
    import ibis

    from zoco.ledger import expr

    opened = store or _opened()
    rows = _within(site, now)
    fitting = _fitting(rows, wanted)
    rows = rows.filter(*fitting) if fitting else rows
    ordered = rows.order_by(ibis.desc("received_at"), ibis.desc("occurred_at"), ibis.desc("id")).limit(MOST)
    found: list[dict[str, Any]] = opened.query(
        expr.to_sql(ordered.select(*SHOWN), opened.dialect)
    ).to_pylist()
    return found


def _within(site: SiteInfo, now: datetime) -> Table:
    from zoco.ledger import expr
    from zoco.ledger.asking.statements.engines import table

    facts = table("facts")
    is_ours = facts.site == site.id
    if sees_nobodys():
        is_ours |= (facts.site == NOBODYS) & (facts.name == REFUSED)
    return facts.filter(
        is_ours,
        facts.occurred_at >= expr.moment(micros(now - SPAN - LATE)),
        facts.received_at >= expr.moment(micros(now - SPAN)),
        (facts.name == REFUSED) | ~facts.name.startswith("collector."),
    )


def _fitting(rows: Table, wanted: Wanted) -> list[Value]:
    found = []
    if wanted.text:
        found.append(any_of([rows[name].lower().contains(wanted.text.lower()) for name in SEARCHED]))
    if wanted.host:
        found.append(rows.host == wanted.host)
    if wanted.visitors is not None:
        is_refusal = rows.name == REFUSED
        found.append(
            is_refusal | rows.visitor.isin(sorted(wanted.visitors)) if wanted.visitors else is_refusal
        )
    return found


def aware(at: datetime) -> datetime:
    """Return a moment of the store with its zone."""
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _opened() -> Store:
    from zoco.ledger.store.opening import store

    return store()
