"""Who was erased, so that a late segment brings nobody back. All machines share it.

Only keyed hashes are kept: without the key they tell nothing, with it only whether a given visitor
or person is among them. The key is the same on every machine and never in the database.
"""

import duckdb

from zoco.kit.ids import hash63
from zoco.ledger.store.base import Erasure
from zoco.ledger.store.clickhouse.client import Client
from zoco.ledger.store.clickhouse.neighbours import moment, pieces


class Book:
    """The erasures of one ledger."""

    def __init__(self, client: Client, key: bytes) -> None:
        self.client = client
        self.key = key

    def add(self, erasure: Erasure) -> None:
        """Remember an erasure; after that the drain drops what it names."""
        values = [
            f"('{kind}', {self._mark(kind, erasure.site, value)}, {moment(erasure.at)})"
            for kind, value in _named(erasure)
        ]
        for piece in pieces(values):
            self.client.change(f"INSERT INTO erasures VALUES {piece}")

    def drop_erased(self, con: duckdb.DuckDBPyConnection) -> int:
        """Delete from the scratch table `line` what was erased; returns how many lines went."""
        gone = 0
        numbers = ("visitor", "visitor_before", "known")
        for kind, column in (*(("visitor", name) for name in numbers), ("person", "person")):
            pairs = con.execute(f"SELECT DISTINCT site, {column} FROM line WHERE {column} <> 0").fetchall()
            marks = {(site, value, self._mark(kind, at, value)) for site, value in pairs for at in (site, 0)}
            until = self._erased(kind, {mark for _, _, mark in marks})
            for site, value, mark in sorted(marks):
                if mark in until:
                    where = f"site = ? AND {column} = ? AND occurred_at <= make_timestamp(?)"
                    gone += _deleted(con, f"DELETE FROM line WHERE {where}", [site, value, until[mark]])
        return gone

    def _erased(self, kind: str, marks: set[int]) -> dict[int, int]:
        """Return those marks that are in the book, each with its moment in microseconds."""
        found: dict[int, int] = {}
        if not self.client.rows(f"SELECT 1 AS one FROM erasures WHERE kind = '{kind}' LIMIT 1"):
            return found
        for piece in pieces(marks):
            found.update(
                self.client.rows(
                    "SELECT mark, toUnixTimestamp64Micro(until) AS until_micros FROM erasures"
                    f" WHERE kind = '{kind}' AND mark IN ({piece})"
                )
            )
        return found

    def _mark(self, kind: str, site: int, value: int) -> int:
        return hash63(kind.encode(), site, value, key=self.key)


def _named(erasure: Erasure) -> list[tuple[str, int]]:
    visitors = [("visitor", value) for value in erasure.visitors]
    return visitors + [("person", value) for value in erasure.persons]


def _deleted(con: duckdb.DuckDBPyConnection, statement: str, bound: list[object]) -> int:
    return int(con.execute(statement, bound).fetchall()[0][0])
