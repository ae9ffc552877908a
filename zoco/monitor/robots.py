"""What robots come for and what they asked for; a page is a page whoever saw it, and counts once."""

from __future__ import annotations

from zoco.ledger import expr, metrics
from zoco.ledger.expr import Table, Value
from zoco.monitor import facts as names
from zoco.sites.crawlers.bots import KINDS, Kind

PAGES = (names.PAGE_VIEWED, names.PAGE_SERVED)
MISSES = (names.ERROR_VIEWED, names.ERROR_SERVED)


def kind_of(rows: Table) -> Value:
    """Return what a bot comes for, by the list of names; "" for one that no list names.

    It depends on the reason alone: asked of groups rather than of facts, it costs nothing.
    """
    names = {kind: [name for name, its in KINDS.items() if its is kind] for kind in Kind}
    return expr.first_fitting(
        [(expr.among(rows.reason, listed), str(kind)) for kind, listed in names.items() if listed]
    )


def requests(rows: Table) -> Value:
    """Count pages and failures."""
    return _most(rows, rows.name.isin([*PAGES, *MISSES]))


def pages(rows: Table) -> Value:
    """Count the pages that were asked for."""
    return _most(rows, rows.name.isin(PAGES))


def not_found(rows: Table) -> Value:
    """Count answers 404 and 410."""
    return _most(rows, rows.name.isin(MISSES) & rows.status.isin([404, 410]))


def _most(rows: Table, wanted: Value) -> Value:
    """Count what the best witness saw: the tracker, the log or our own server.

    The three may have seen the same request, so they are never added.
    """
    viewed, own = rows.name.isin([names.PAGE_VIEWED, names.ERROR_VIEWED]), rows.origin == "server"
    tracker, log, server = (
        metrics.counted(rows, wanted & each) for each in (viewed, ~viewed & ~own, ~viewed & own)
    )
    return _larger(_larger(tracker, log), server)


def _larger(one: Value, other: Value) -> Value:
    return (one >= other).ifelse(one, other)
