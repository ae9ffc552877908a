"""Settling outside the store: sessions are worked out in memory, before anything is written.

So a new fact is written once, with its session, and of the older ones only those that moved. A
scratch DuckDB does it, on the definition in ledger.store.settle: the facts concerned have to travel for
their new versions anyway, and a cluster would gather them on one server all the same.
"""

from dataclasses import dataclass

import duckdb
import pyarrow as pa

from zoco.ledger import schema
from zoco.ledger.store.settle import GAP_MICROS, NUMBER_BITS, settled_sql

_IS_TOUCH = " OR ".join(f"{name} <> ''" for name in schema.TOUCH if name != "channel")
_NUMBER = f"greatest((id::UHUGEINT & {(1 << NUMBER_BITS) - 1}::UHUGEINT)::BIGINT, 1)"
_DIFFERS = " OR ".join(f"s.{name} <> k.{name}" for name in ("session", *schema.ENTRY))


@dataclass(frozen=True, slots=True)
class Span:
    """UTC microseconds, both ends included."""

    first: int
    last: int

    def wider(self, micros: int) -> "Span":
        """Return the span with this much more at both ends."""
        return Span(self.first - micros, self.last + micros)


def open_scratch(memory: str = "1GB") -> duckdb.DuckDBPyConnection:
    """Open a DuckDB in memory that reads segments and reaches nothing else that could be installed."""
    con = duckdb.connect(config={"threads": 2, "memory_limit": memory})
    for statement in (
        "SET TimeZone = 'UTC'",
        "SET autoinstall_known_extensions = false",
        "SET autoload_known_extensions = false",
    ):
        con.execute(statement)
    return con


def own_touch(table: str) -> str:
    """Return the SELECT list of a line's own touch values: none of them makes it direct."""
    return ", ".join(
        f"CASE WHEN {_IS_TOUCH} THEN {table}.{name} ELSE {_none(name)} END AS own_{name}"
        for name in schema.TOUCH
    )


def link(con: duckdb.DuckDBPyConnection, links: pa.Table) -> None:
    """Make `thread`: for each visitor linked over a midnight the pseudonym that stands for them all.

    `links` has site, before, visitor, as the store knows them; those of `line` are added.
    """
    con.register("links", links)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE link AS SELECT DISTINCT * FROM (SELECT site, before, visitor FROM links"
        " UNION ALL SELECT site, visitor_before, visitor FROM line"
        " WHERE visitor_before <> 0 AND visitor <> 0) WHERE before <> visitor"
    )
    con.unregister("links")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE thread AS WITH RECURSIVE up AS ("
        " SELECT site, visitor, before AS thread FROM link"
        " UNION SELECT up.site, up.visitor, link.before FROM up"
        " JOIN link ON link.site = up.site AND link.visitor = up.thread)"
        " SELECT up.site, up.visitor, min(up.thread) AS thread FROM up"
        " ANTI JOIN link ON link.site = up.site AND link.visitor = up.thread GROUP BY ALL"
    )


def concerned(con: duckdb.DuckDBPyConnection) -> list[tuple[int, int]]:
    """Return (site, visitor) of `line` and of all who share a thread with them."""
    return con.execute(
        "WITH own AS (SELECT DISTINCT site, visitor FROM line WHERE visitor <> 0),"
        " root AS (SELECT DISTINCT o.site, coalesce(t.thread, o.visitor) AS thread FROM own o"
        " LEFT JOIN thread t USING (site, visitor))"
        " SELECT site, visitor FROM thread SEMI JOIN root USING (site, thread)"
        " UNION SELECT site, thread FROM root ORDER BY 1, 2"
    ).fetchall()


def place(con: duckdb.DuckDBPyConnection, known: pa.Table, touch: pa.Table, seen: Span) -> bool:
    """Settle `line` together with the facts that the store has of the same threads within `seen`.

    Makes `placed`: id, is_new, session and entry of every line, and of the known facts that moved.
    Returns False when a session with a new fact may go on beyond `seen`: ask again with a wider one.
    """
    con.register("known_given", known)
    con.register("touch_given", touch)
    con.execute("CREATE OR REPLACE TEMP TABLE known AS SELECT * FROM known_given")
    con.execute("CREATE OR REPLACE TEMP TABLE touched AS SELECT * FROM touch_given")
    con.unregister("known_given")
    con.unregister("touch_given")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE affected AS"
        f" SELECT f.*, coalesce(t.thread, f.visitor) AS thread, {_NUMBER} AS number,"
        " epoch_us(occurred_at) AS micros FROM ("
        f" SELECT site, visitor, id, occurred_at, name, path, {own_touch('line')}, true AS is_new FROM line"
        " WHERE visitor <> 0 AND id NOT IN (SELECT id FROM known) UNION ALL"
        " SELECT k.site, k.visitor, k.id, k.occurred_at, k.name, k.path,"
        f" {', '.join(_kept(name) for name in schema.TOUCH)}, k.id IN (SELECT id FROM line)"
        " FROM known k LEFT JOIN touched o USING (id)) f LEFT JOIN thread t USING (site, visitor)"
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE settled AS {settled_sql('duckdb')}")
    return _keep_whole(con, seen)


def _kept(name: str) -> str:
    return f"coalesce(o.{name}, {_none(name)}) AS own_{name}"


def _none(name: str) -> str:
    """Return what a fact without touch values counts as."""
    return "'direct'" if name == "channel" else "''"


def _keep_whole(con: duckdb.DuckDBPyConnection, seen: Span) -> bool:
    """Make `placed` from the sessions that cannot reach beyond `seen`; False if one of a line does."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE cut AS SELECT s.site, s.session, bool_or(a.is_new) AS is_new"
        " FROM settled s JOIN affected a USING (id) GROUP BY ALL"
        f" HAVING min(a.micros) <= {seen.first + GAP_MICROS} OR max(a.micros) >= {seen.last - GAP_MICROS}"
    )
    if con.execute("SELECT count(*) FROM cut WHERE is_new").fetchall()[0][0]:
        return False
    con.execute(
        "CREATE OR REPLACE TEMP TABLE placed AS SELECT s.*, k.id IS NULL AS is_new FROM settled s"
        f" LEFT JOIN known k USING (id) ANTI JOIN cut c ON c.site = s.site AND c.session = s.session"
        f" WHERE k.id IS NULL OR {_DIFFERS}"
    )
    return True
