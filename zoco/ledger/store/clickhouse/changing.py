"""Changes to facts that are there: erasing, retention, working derived columns out again.

Deletions are mutations: they write the parts concerned anew and are done when the call returns. The
bytes go with `rewriting.rewrite`.
"""

import pyarrow as pa

from zoco.ledger import schema
from zoco.ledger.store.base import Erasure
from zoco.ledger.store.clickhouse.client import UNLOGGED, Client
from zoco.ledger.store.clickhouse.ddl import shard, tables
from zoco.ledger.store.clickhouse.loading import Load
from zoco.ledger.store.clickhouse.neighbours import moment, naive, pieces
from zoco.ledger.store.clickhouse.sending import sendable
from zoco.ledger.store.duckdb.writing.changing import DERIVED, ChangeRefused
from zoco.ledger.store.joins import OF_MERGES

_ABOUT_FACTS = ("evidence", "touch", "facts")
Session = tuple[int, int]
_KEYS = ("id", "site", "occurred_at", "row_version", "visitor", "person")


def erase(load: Load, erasure: Erasure) -> int:
    """Delete facts, evidence, touch values and midnight links; returns how many facts went.

    A fact just after midnight that names an erased visitor as yesterday's goes too. Sessions of which
    others' facts are left are settled again: their entry may have been of the erased.
    """
    client = load.client
    site = f" AND site = {erasure.site}" if erasure.site else ""
    within = f"{site} AND occurred_at <= {moment(erasure.at)}"
    gone, torn = 0, set[Session]()
    for piece in pieces(erasure.visitors):
        gone += _erase_before(client, f"visitor_before IN ({piece}){within}", torn)
        gone += _erase_before(client, f"known IN ({piece}){within}", torn)
    for column, values in (("visitor", erasure.visitors), ("person", erasure.persons)):
        for piece in pieces(values):
            where = f"{column} IN ({piece}){within}"
            gone += _count(client, where)
            torn |= _sessions(client, where)
            for table in _ABOUT_FACTS:
                _delete(client, table, where)
            if column == "visitor":
                _delete(client, "midnight", f"(visitor IN ({piece}) OR before IN ({piece})){site}")
            _unjoin(client, column, piece, erasure)
    if not erasure.site:
        for piece in pieces([f"'{person}'" for person in erasure.persons]):
            gone += _erase_before(client, f"{OF_MERGES} AND subject IN ({piece}){within}", torn)
    _settle_rest(load, torn)
    return gone


def _unjoin(client: Client, column: str, piece: str, erasure: Erasure) -> None:
    """Take visitors or persons out of the tables of who is joined to whom."""
    site = f" AND site = {erasure.site}" if erasure.site else ""
    joined = "known" if column == "visitor" else "person"
    _delete(client, "visitor_person", f"{joined} IN ({piece}){site} AND said_at <= {moment(erasure.at)}")
    if joined == "person" and not erasure.site:
        _delete(client, "person_current", f"person IN ({piece}) OR survivor IN ({piece})")


def _erase_before(client: Client, where: str, torn: set[Session]) -> int:
    """Delete by `visitor_before` or `known`, a column that only facts have; add their sessions to `torn`."""
    found = client.rows(f"SELECT toString(id) AS fact FROM facts WHERE {where}", UNLOGGED)
    torn |= _sessions(client, where) if found else set()
    for ids in pieces([f"'{fact}'" for (fact,) in found]):
        for table in _ABOUT_FACTS:
            _delete(client, table, f"id IN ({ids})")
    return len(found)


def _sessions(client: Client, where: str) -> set[Session]:
    rows = client.rows(f"SELECT DISTINCT site, session FROM facts WHERE session != 0 AND {where}", UNLOGGED)
    return {(site, session) for site, session in rows}


def _settle_rest(load: Load, sessions: set[Session]) -> None:
    """Settle again what is left of these sessions."""
    names = ", ".join(column.name for column in schema.columns("facts"))
    for piece in pieces([f"({site}, {session})" for site, session in sorted(sessions)]):
        left = load.client.table(f"SELECT {names} FROM facts WHERE (site, session) IN ({piece})", UNLOGGED)
        if left.num_rows:
            load.con.register("given", naive(left))
            load.con.execute("CREATE OR REPLACE TEMP TABLE line AS SELECT * FROM given")
            load.con.unregister("given")
            load.settle_known()


def retain(client: Client, site: int, before: int, *, only_evidence: bool = False) -> int:
    """Delete what a site has from before this moment; returns how many facts (or evidence) went."""
    where = f"site = {site} AND occurred_at < {moment(before)}"
    if only_evidence:
        gone = _count(client, where, "evidence")
        _delete(client, "evidence", where)
        return gone
    gone = _count(client, where)
    for table in (*_ABOUT_FACTS, "midnight"):
        _delete(client, table, where)
    left = f"SELECT known FROM facts WHERE site = {site}"
    old = f"site = {site} AND said_at < {moment(before)}"
    names = client.rows(f"SELECT DISTINCT known FROM visitor_person WHERE {old} AND known NOT IN ({left})")
    for piece in pieces([known for (known,) in names]):
        _delete(client, "visitor_person", f"{old} AND known IN ({piece})")
    return gone


def reclassify(load: Load, site: int, changes: pa.Table) -> int:
    """Write newer versions of facts with these columns set; where a fact's own touch values change
    its sessions are settled again. Returns how many facts changed. Raises ChangeRefused.
    """
    columns = [name for name in changes.column_names if name not in ("id", "occurred_at")]
    if unknown := set(columns) - DERIVED:
        raise ChangeRefused(f"{', '.join(sorted(unknown))} cannot be set again; only {sorted(DERIVED)} can.")
    con = load.con
    con.register("changes_given", changes)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE changed AS SELECT * REPLACE (id::UUID AS id, occurred_at::TIMESTAMP AS"
        " occurred_at) FROM changes_given"
    )
    con.unregister("changes_given")
    names = [column.name for column in schema.columns("facts")]
    _fetch(load, site, "whole", "facts", names)
    plain = {name for name in columns if name not in schema.TOUCH}
    values = [_newer(name, plain) for name in names]
    rows = con.sql(
        f"SELECT {', '.join(values)} FROM whole_rows l JOIN changed c USING (id, occurred_at)"
    ).to_arrow_table()
    load.client.insert("facts", sendable(rows))
    if plain != set(columns):
        _set_touch(load, site, [name for name in columns if name in schema.TOUCH])
    return int(rows.num_rows)


def _set_touch(load: Load, site: int, given: list[str]) -> None:
    """Write the own touch values and settle the sessions of the facts that carry them."""
    con = load.con
    _fetch(load, site, "touch", "touch", [*_KEYS, *schema.TOUCH])
    keys = (
        "l.id, l.site, l.occurred_at, greatest(l.row_version, coalesce(o.row_version, 0)) + 1 AS row_version"
    )
    values = [f"c.{name}" if name in given else f"coalesce(o.{name}, '') AS {name}" for name in schema.TOUCH]
    rows = con.sql(
        f"SELECT {keys}, l.visitor, l.person, {', '.join(values)} FROM whole_rows l"
        " JOIN changed c USING (id, occurred_at) LEFT JOIN touch_rows o ON o.id = l.id"
    ).to_arrow_table()
    load.client.insert("touch", sendable(rows))
    con.execute(
        "CREATE OR REPLACE TEMP TABLE line AS SELECT l.* FROM whole_rows l SEMI JOIN changed c USING (id)"
    )
    load.settle_known()


def _fetch(load: Load, site: int, name: str, table: str, columns: list[str]) -> None:
    """Make the scratch table `<name>_rows` of the store's rows that `changed` names."""
    ids = [row[0] for row in load.con.execute("SELECT id::VARCHAR FROM changed").fetchall()]
    span = load.span("changed")
    between = f"occurred_at BETWEEN {moment(span.first)} AND {moment(span.last)}" if span else "false"
    listed = [
        naive(
            load.client.table(
                f"SELECT {', '.join(columns)} FROM {table}"
                f" WHERE site = {site} AND {between} AND id IN ({piece})"
            )
        )
        for piece in pieces([f"'{fact}'" for fact in ids] or ["'00000000-0000-0000-0000-000000000000'"])
    ]
    load.con.register("given", pa.concat_tables(listed))
    load.con.execute(f"CREATE OR REPLACE TEMP TABLE {name}_rows AS SELECT * FROM given")
    load.con.unregister("given")


def _newer(name: str, plain: set[str]) -> str:
    if name == "row_version":
        return "l.row_version + 1 AS row_version"
    return f"c.{name}" if name in plain else f"l.{name}"


def _count(client: Client, where: str, table: str = "facts") -> int:
    return int(client.rows(f"SELECT count() AS found FROM {table} WHERE {where}", UNLOGGED)[0][0])


def _delete(client: Client, table: str, where: str) -> None:
    cluster = client.address.cluster
    named = next(shard(held, cluster) for held in tables() if held.name == table)
    on = f" ON CLUSTER {cluster}" if cluster else ""
    client.change(f"ALTER TABLE {named}{on} DELETE WHERE {where}", UNLOGGED)
