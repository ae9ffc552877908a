"""What the store already has of the visitors concerned. Long lists are asked for in pieces."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import pyarrow as pa

from zoco.ledger import schema
from zoco.ledger.store.clickhouse.client import Client
from zoco.ledger.store.clickhouse.scratch import Span

PIECE = 20_000
DAY = 86_400_000_000
LINK_DAYS = 40
_SETTLED = ("id", "site", "occurred_at", "visitor", "name", "path", "session", *schema.ENTRY)


def moment(micros: int) -> str:
    """Write a moment as an expression of the engine."""
    return f"fromUnixTimestamp64Micro(toInt64({micros}), 'UTC')"


def pieces(values: Iterable[object]) -> Iterator[str]:
    """Part a long list into literal lists, each short enough for a query."""
    rest = iter(values)
    while piece := list(islice(rest, PIECE)):
        yield ", ".join(str(value) for value in piece)


def within(span: Span) -> str:
    """Return the condition on occurred_at that also names the days, which lead in the sorting key."""
    return (
        f"occurred_at BETWEEN {moment(span.first)} AND {moment(span.last)}"
        f" AND toDate(occurred_at) BETWEEN toDate({moment(span.first)}) AND toDate({moment(span.last)})"
    )


def naive(table: pa.Table) -> pa.Table:
    """Take the zone, which is UTC, off the moments: the scratch engine keeps them without."""
    for place, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type):
            column = table.column(place).cast(pa.timestamp("us"))
            table = table.set_column(place, pa.field(field.name, pa.timestamp("us")), column)
    return table


class Neighbours:
    """Reads of one batch. `visitors` are (site, visitor)."""

    def __init__(self, client: Client, visitors: Sequence[tuple[int, int]]) -> None:
        self.client = client
        self.visitors = visitors

    def facts(self, span: Span, columns: Sequence[str] = _SETTLED) -> pa.Table:
        """Return facts of these visitors within the span; an empty table when there are none."""
        return self._of_visitors("facts", columns, span)

    def touch(self, span: Span) -> pa.Table:
        """Return own touch values of these visitors' facts within the span."""
        return self._of_visitors("touch", ("id", *schema.TOUCH), span)

    def _of_visitors(self, table: str, columns: Sequence[str], span: Span) -> pa.Table:
        found = [
            naive(
                self.client.table(
                    f"SELECT {', '.join(columns)} FROM {table} WHERE {where} AND {within(span)}"
                )
            )
            for where in self._conditions()
        ]
        return pa.concat_tables(found)

    def _conditions(self) -> Iterator[str]:
        by_site: dict[int, list[int]] = {}
        for site, visitor in self.visitors:
            by_site.setdefault(site, []).append(visitor)
        if not by_site:
            yield "false"
        for site, visitors in by_site.items():
            for piece in pieces(visitors):
                yield f"site = {site} AND visitor IN ({piece})"


def links(client: Client, sites: Iterable[int], span: Span) -> pa.Table:
    """Return the midnight links of these sites around the span: site, before, visitor."""
    near = span.wider(LINK_DAYS * DAY)
    listed = ", ".join(str(site) for site in sites)
    return client.table(
        "SELECT DISTINCT site, before, visitor FROM midnight"
        f" WHERE site IN ({listed or '0'}) AND {within(near)}"
    )


def known_ids(client: Client, rows: Iterable[tuple[int, int, str]], span: Span) -> list[str]:
    """Of (site, visitor, id) return the ids that the store has within the span.

    An imported line (its id is a UUIDv8) may come again under another pseudonym, once the salt of
    its day is gone: it is looked for without its visitor, which reads more.
    """
    live, imported = [], []
    for site, visitor, fact in rows:
        if fact[14] == "8":
            imported.append(f"({site}, '{fact}')")
        else:
            live.append(f"({site}, {visitor}, '{fact}')")
    found: list[str] = []
    for key, values in (("(site, visitor, id)", live), ("(site, id)", imported)):
        for piece in pieces(values):
            table = client.table(
                f"SELECT DISTINCT toString(id) AS text FROM facts WHERE {key} IN ({piece}) AND {within(span)}"
            )
            found.extend(table.column("text").to_pylist())
    return found
