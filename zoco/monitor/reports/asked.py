"""What robots asked for: a page is a page whoever saw it, and counts once."""

from __future__ import annotations

from zoco.ledger import metrics
from zoco.ledger.expr import Table, Value
from zoco.monitor import facts as names

PAGES = (names.PAGE_VIEWED, names.PAGE_SERVED)
MISSES = (names.ERROR_VIEWED, names.ERROR_SERVED)


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
    import ibis

    viewed, own = rows.name.isin([names.PAGE_VIEWED, names.ERROR_VIEWED]), rows.origin == "server"
    witnesses = (viewed, ~viewed & ~own, ~viewed & own)
    return ibis.greatest(*(metrics.counted(rows, wanted & each) for each in witnesses))
