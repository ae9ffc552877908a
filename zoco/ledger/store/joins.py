"""Who is who: which known visitor is joined to which person, and who stands for whom after a merge.

Facts say it, and the drain takes it from them into two small tables, alike on both engines. A fact with
`known` and `person` proves that both are one; the table holds the earliest and the latest proof of an
hour, and what was taken back, in whatever order facts come. From when until when somebody is joined follows
when it is asked (`ledger.asking.people`).
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from zoco.ledger.store.base import Erasure, Store

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from zoco.ledger.store.clickhouse.client import Client

JOINED, UNJOINED = "people.visitor.joined", "people.visitor.unjoined"
MERGED, PARTED = "people.person.merged", "people.person.parted"
OF_MERGES = f"name IN ('{MERGED}', '{PARTED}')"
"""Facts whose subject is a person too."""
MERGES_SITE = 0
"""The site of facts about persons alone: none, a person is of the whole installation."""

DUCKDB_TABLES = (
    "CREATE TABLE IF NOT EXISTS visitor_person"
    " (site INTEGER, known BIGINT, person BIGINT, said_at TIMESTAMP, is_taken_back BOOLEAN)",
    "CREATE TABLE IF NOT EXISTS person_current (person BIGINT, survivor BIGINT)",
)
VISITORS_SQL = (
    "SELECT site, visitor FROM facts WHERE visitor <> 0"
    " UNION SELECT site, visitor_before FROM facts WHERE visitor_before <> 0"
    " UNION SELECT site, known FROM facts WHERE known <> 0"
    " UNION SELECT site, known FROM visitor_person"
)
PERSONS_SQL = (
    "SELECT site, person FROM facts WHERE person <> 0 UNION SELECT site, person FROM visitor_person"
    " UNION SELECT 0, person FROM person_current UNION SELECT 0, survivor FROM person_current"
)
_PAIR = "site, known, person, date_trunc('hour', said_at), is_taken_back"
# Of what was taken back in an hour the latest counts; of proofs the earliest, and the latest too: between
# them it may have been taken back.
_HOURS = (
    "(SELECT site, known, person, is_taken_back, min(said_at) AS first, max(said_at) AS last"
    f" FROM said GROUP BY {_PAIR})"
)
_ONE = (
    "SELECT DISTINCT site, known, person,"
    " unnest(CASE WHEN is_taken_back THEN [last] ELSE [first, last] END) AS said_at, is_taken_back"
    f" FROM {_HOURS}"
)
_RANKED = (
    "SELECT site, known, person, last AS said_at, is_taken_back, epoch_us(last) AS rank,"
    f" NOT is_taken_back AS is_last FROM {_HOURS} UNION ALL"
    " SELECT site, known, person, first, is_taken_back, -epoch_us(first), false"
    f" FROM {_HOURS} WHERE NOT is_taken_back"
)
_MERGES = (
    "SELECT person, subject, name FROM facts"
    f" WHERE site = {MERGES_SITE} AND {OF_MERGES} ORDER BY occurred_at,"
)


def take_into_duckdb(con: "duckdb.DuckDBPyConnection") -> None:
    """Take what `line` says of joins and merges; within the transaction that inserts the facts."""
    if _said(con):
        con.execute(
            "INSERT INTO said SELECT v.* FROM visitor_person v"
            " SEMI JOIN said s ON s.site = v.site AND s.known = v.known AND s.person = v.person"
        )
        con.execute(
            "DELETE FROM visitor_person"
            " WHERE (site, known, person) IN (SELECT (site, known, person) FROM said)"
        )
        con.execute(f"INSERT INTO visitor_person {_ONE}")
    if _is_of_merges(con):
        con.execute("DELETE FROM person_current")
        con.register("given", _current(con.execute(f"{_MERGES} id").fetchall()))
        con.execute("INSERT INTO person_current SELECT person, survivor FROM given WHERE person <> survivor")
        con.unregister("given")


def take_into_clickhouse(client: "Client", con: "duckdb.DuckDBPyConnection") -> None:
    """The same from the scratch engine's `line`; what is written twice is there once."""
    from zoco.ledger.store.clickhouse.sending import sendable

    if _said(con):
        client.insert("visitor_person", sendable(con.sql(_RANKED).to_arrow_table()))
    if _is_of_merges(con):
        rows = _current(client.rows(f"{_MERGES} toString(id)"))
        con.register("given", rows)
        stamped = "SELECT *, epoch_us(now()::TIMESTAMP) AS rank FROM given"
        client.insert("person_current", con.sql(stamped).to_arrow_table())
        con.unregister("given")


def erase_from_duckdb(con: "duckdb.DuckDBPyConnection", erasure: Erasure) -> None:
    """Take the erased out of both tables."""
    visitors, persons = list(erasure.visitors), list(erasure.persons)
    con.execute(
        "DELETE FROM visitor_person WHERE (? = 0 OR site = ?) AND said_at <= make_timestamp(?)"
        " AND (known IN (SELECT unnest(?::BIGINT[])) OR person IN (SELECT unnest(?::BIGINT[])))",
        [erasure.site, erasure.site, erasure.at, visitors, persons],
    )
    if not erasure.site:
        con.execute(
            "DELETE FROM person_current WHERE person IN (SELECT unnest(?::BIGINT[]))"
            " OR survivor IN (SELECT unnest(?::BIGINT[]))",
            [persons, persons],
        )


def retain_in_duckdb(con: "duckdb.DuckDBPyConnection", site: int, before: int) -> None:
    """Forget the joins of those of whom a site will have no fact any more."""
    con.execute(
        "DELETE FROM visitor_person WHERE site = ? AND said_at < make_timestamp(?)"
        " AND known NOT IN (SELECT known FROM facts WHERE site = ? AND occurred_at >= make_timestamp(?))",
        [site, before, site, before],
    )


def everything_of(store: Store, persons: Iterable[int], site: int) -> tuple[set[int], set[int]]:
    """Return all numbers that persons have: (visitors, persons). The spool must be drained.

    Persons are they and whoever was merged with them; visitors the known ones that are joined to them,
    with the pseudonyms of their days.
    """
    found = set(persons)
    if not found:
        return set(), set()
    merged = _rows(store, "SELECT person, survivor FROM person_current")
    found |= {row["survivor"] for row in merged if row["person"] in found}
    found |= {row["person"] for row in merged if row["survivor"] in found}
    within = f" AND site = {site:d}" if site else ""
    said = _rows(
        store,
        "SELECT site, known, person, is_taken_back, max(said_at) AS latest FROM visitor_person"
        f" WHERE person IN ({_listed(found)}){within} GROUP BY site, known, person, is_taken_back",
    )
    back = {(row["site"], row["known"], row["person"]): row["latest"] for row in said if row["is_taken_back"]}
    known = {
        row["known"]
        for row in said
        if not row["is_taken_back"]
        and ((key := (row["site"], row["known"], row["person"])) not in back or row["latest"] > back[key])
    }
    if not known:
        return set(), found
    days = f"SELECT DISTINCT visitor FROM facts WHERE known IN ({_listed(known)}) AND visitor <> 0{within}"
    return known | {row["visitor"] for row in _rows(store, days)}, found


def _rows(store: Store, sql: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = store.query(sql).to_pylist()
    return found


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(f"{number:d}" for number in sorted(numbers))


def _said(con: "duckdb.DuckDBPyConnection") -> bool:
    """Make the scratch table `said` of what `line` says of joins; False if that is nothing."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE said AS SELECT site, known, person, occurred_at AS said_at,"
        f" name = '{UNJOINED}' AS is_taken_back FROM line WHERE known <> 0 AND person <> 0"
    )
    return bool(con.execute("SELECT 1 FROM said LIMIT 1").fetchall())


def _is_of_merges(con: "duckdb.DuckDBPyConnection") -> bool:
    found = con.execute(f"SELECT 1 FROM line WHERE {OF_MERGES} LIMIT 1").fetchall()
    return bool(found)


def _current(merges: Iterable[tuple[int, str, str]]) -> "pa.Table":
    """Return who stands for whom after all merges and partings in their order; of a chain the end.

    A person who was parted stands for himself, and who would close a ring is not merged.
    """
    import pyarrow as pa

    into: dict[int, int] = {}
    for person, subject, name in merges:
        into[person] = int(subject) if name == MERGED and subject.isdigit() else person
        if name == MERGED and _end(into, into[person], person) == person:
            into[person] = person
    ends = {person: _end(into, person) for person in into}
    return pa.table(
        {
            "person": pa.array(ends.keys(), pa.int64()),
            "survivor": pa.array(ends.values(), pa.int64()),
        }
    )


def _end(into: dict[int, int], person: int, stop: int = 0) -> int:
    """Follow a chain to its end, or until `stop`."""
    while person != stop and into.get(person, person) != person:
        person = into[person]
    return person
