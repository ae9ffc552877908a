"""Changes to facts that are there: erasing, retention, working derived columns out again."""

from collections.abc import Sequence

import duckdb
import pyarrow as pa

from zoco.ledger import schema
from zoco.ledger.store.base import Erasure
from zoco.ledger.store.duckdb.writing import settling
from zoco.ledger.store.joins import OF_MERGES, erase_from_duckdb, retain_in_duckdb

# What is worked out from what was sent; everything else is as it was written.
DERIVED = frozenset(
    {"verdict", "reason", "device", "browser", "browser_version", "os", "os_version", "country", "region"}
    | {"city", "referrer_host", *schema.TOUCH}
)


class ChangeRefused(ValueError):
    """These columns cannot be worked out again."""


def erase(con: duckdb.DuckDBPyConnection, erasure: Erasure) -> int:
    """Delete facts, evidence, touch values and midnight links; returns how many facts went.

    A fact just after midnight that names an erased visitor as yesterday's goes too. Sessions of which
    others' facts are left are settled again: their entry may have been of the erased.
    """
    visitors, persons = list(erasure.visitors), list(erasure.persons)
    until = "(? = 0 OR site = ?) AND occurred_at <= make_timestamp(?)"
    bound = [erasure.site, erasure.site, erasure.at]
    whose = "visitor IN (SELECT unnest(?::BIGINT[])) OR person IN (SELECT unnest(?::BIGINT[]))"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE gone AS SELECT id FROM facts WHERE {until}"
        f" AND ({whose} OR visitor_before IN (SELECT unnest(?::BIGINT[]))"
        " OR known IN (SELECT unnest(?::BIGINT[]))"
        f" OR (? = 0 AND {OF_MERGES} AND subject IN (SELECT unnest(?::VARCHAR[]))))",
        [*bound, visitors, persons, visitors, visitors, erasure.site, [str(each) for each in persons]],
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE torn AS SELECT DISTINCT site, session FROM facts"
        " WHERE session <> 0 AND id IN (SELECT id FROM gone)"
    )
    for table in ("evidence", "touch"):
        con.execute(
            f"DELETE FROM {table} WHERE {until} AND ({whose} OR id IN (SELECT id FROM gone))",
            [*bound, visitors, persons],
        )
    con.execute(
        "DELETE FROM midnight WHERE (? = 0 OR site = ?) AND (visitor IN (SELECT unnest(?::BIGINT[]))"
        " OR before IN (SELECT unnest(?::BIGINT[])))",
        [erasure.site, erasure.site, visitors, visitors],
    )
    erase_from_duckdb(con, erasure)
    erased = _deleted(con, "DELETE FROM facts WHERE id IN (SELECT id FROM gone)", [])
    settling.settle_again(con, "SELECT site, session FROM torn")
    return erased


def retain(con: duckdb.DuckDBPyConnection, site: int, before: int, *, only_evidence: bool = False) -> int:
    """Delete what a site has from before this moment; returns how many facts (or evidence) went."""
    bound = [site, before]
    where = "site = ? AND occurred_at < make_timestamp(?)"
    if only_evidence:
        return _deleted(con, f"DELETE FROM evidence WHERE {where}", bound)
    for table in ("evidence", "touch", "midnight"):
        con.execute(f"DELETE FROM {table} WHERE {where}", bound)
    retain_in_duckdb(con, site, before)
    return _deleted(con, f"DELETE FROM facts WHERE {where}", bound)


def reclassify(con: duckdb.DuckDBPyConnection, site: int, changes: pa.Table) -> int:
    """Set columns of facts by id; own touch values go into `touch` and the sessions are settled again.

    `changes` has id (text), occurred_at (timestamp) and any derived columns. Raises ChangeRefused.
    """
    columns = [name for name in changes.column_names if name not in ("id", "occurred_at")]
    if unknown := set(columns) - DERIVED:
        raise ChangeRefused(f"{', '.join(sorted(unknown))} cannot be set again; only {sorted(DERIVED)} can.")
    con.register("changes_given", changes)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE changed AS SELECT * REPLACE (id::UUID AS id) FROM changes_given"
    )
    con.unregister("changes_given")
    touch = [name for name in columns if name in schema.TOUCH]
    plain = [name for name in columns if name not in schema.TOUCH]
    assign = ", ".join([*(f"{name} = c.{name}" for name in plain), "row_version = f.row_version + 1"])
    count = _deleted(
        con,
        f"UPDATE facts f SET {assign} FROM changed c"
        " WHERE f.id = c.id AND f.occurred_at = c.occurred_at AND f.site = ?",
        [site],
    )
    if touch:
        _set_touch(con, site, touch)
    return count


def _set_touch(con: duckdb.DuckDBPyConnection, site: int, touch: list[str]) -> None:
    """Replace own touch values and settle the sessions of the facts changed."""
    others = [name for name in schema.TOUCH if name not in touch]
    values = ", ".join(
        [*(f"c.{name}" for name in touch), *(f"coalesce(o.{name}, '') AS {name}" for name in others)]
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE retouched AS SELECT f.id, f.site, f.occurred_at, f.visitor, f.person,"
        f" {values} FROM changed c"
        " JOIN facts f ON f.id = c.id AND f.occurred_at = c.occurred_at AND f.site = ?"
        " LEFT JOIN touch o ON o.id = f.id",
        [site],
    )
    con.execute("DELETE FROM touch WHERE id IN (SELECT id FROM retouched)")
    filled = " OR ".join(f"{name} <> ''" for name in schema.TOUCH if name != "channel")
    con.execute(f"INSERT INTO touch BY NAME SELECT * FROM retouched WHERE {filled}")
    settling.settle_again(con, "SELECT site, session FROM facts SEMI JOIN retouched USING (id)")


def _deleted(con: duckdb.DuckDBPyConnection, statement: str, bound: Sequence[object]) -> int:
    row = con.execute(statement, bound).fetchone()
    return int(row[0]) if row else 0
