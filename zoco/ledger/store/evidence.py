"""What was sent and what was made of it, side by side: for working derived columns out again.

Plain SQL that both engines read; the facts come in the order of their moments.
"""

from zoco.kit.periods import moment_at
from zoco.ledger import schema
from zoco.ledger.store.base import Dialect

MADE = ("verdict", "reason", "device", "browser", "browser_version", "os", "os_version", "referrer_host")
SENT = ("user_agent", "client_hints", "referrer")


def evidence_sql(dialect: Dialect, *, site: int, start: int, end: int) -> str:
    """Return the SELECT of a site's web facts with evidence and own touch values.

    Columns: id (text), occurred_at, MADE, SENT, and own_… of schema.TOUCH; "" for what is not there.
    Bounds in UTC microseconds: start <= occurred_at < end.
    """
    cast = "id::VARCHAR" if dialect == "duckdb" else "toString(id)"
    within = f"site = {site} AND occurred_at >= '{_text(start)}' AND occurred_at < '{_text(end)}'"
    made = ", ".join(f"f.{name} AS {name}" for name in MADE)
    sent = ", ".join(f"coalesce(e.{name}, '') AS {name}" for name in SENT)
    own = ", ".join(f"coalesce(t.{name}, '') AS own_{name}" for name in schema.TOUCH)
    return (
        f"SELECT {cast.replace('id', 'f.id', 1)} AS id, f.occurred_at AS occurred_at, {made}, {sent}, {own}"
        f" FROM (SELECT * FROM facts WHERE {within} AND name LIKE 'web.%') AS f"
        f" LEFT JOIN (SELECT * FROM evidence WHERE {within}) AS e ON e.id = f.id"
        f" LEFT JOIN (SELECT * FROM touch WHERE {within}) AS t ON t.id = f.id"
        " ORDER BY occurred_at, id"
    )


def span_sql(site: int) -> str:
    """Return the SELECT of the first and last moment of a site's web facts, and their number."""
    return (
        "SELECT min(occurred_at) AS first, max(occurred_at) AS last, count(*) AS facts"
        f" FROM facts WHERE site = {site} AND name LIKE 'web.%'"
    )


def next_sql(site: int, start: int) -> str:
    """Return the SELECT of the first moment of a site's web facts from here on; null when none is left."""
    return (
        "SELECT min(occurred_at) AS first, count(*) AS facts FROM facts"
        f" WHERE site = {site} AND occurred_at >= '{_text(start)}' AND name LIKE 'web.%'"
    )


def _text(at_micros: int) -> str:
    return f"{moment_at(at_micros).replace(tzinfo=None):%Y-%m-%d %H:%M:%S.%f}"
