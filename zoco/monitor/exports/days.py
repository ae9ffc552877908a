"""The facts of a site's day as the ledger has them, and how to know whether they are still the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

from zoco.kit.periods import midnight
from zoco.ledger import expr, schema

if TYPE_CHECKING:
    import pyarrow as pa

    from zoco.ledger.expr import Table
    from zoco.ledger.store.base import Store


@cache
def arrow() -> pa.Schema:
    """Return the columns of an exported file: those of the ledger's facts, the same on every engine."""
    import pyarrow as pa

    types = {
        "uuid": pa.string(),
        "int": pa.int64(),
        "small": pa.int32(),
        "text": pa.string(),
        "moment": pa.timestamp("us", "UTC"),
        "money": pa.decimal128(18, 4),
        "json": pa.string(),
    }
    return pa.schema([(column.name, types[column.kind]) for column in schema.columns("facts")])


def day_rows(store: Store, site: int, zone: str, day: date) -> Iterator[pa.RecordBatch]:
    """Return the facts of a local day, the earliest first."""
    import pyarrow as pa

    rows = _of_day(site, zone, day)
    texts = [column.name for column in schema.columns("facts") if column.kind in ("uuid", "json")]
    asked = rows.order_by("occurred_at", "id").mutate(**{name: rows[name].cast("string") for name in texts})
    for batch in store.stream(expr.to_sql(asked, store.dialect)):
        columns = [batch.column(field.name).cast(field.type) for field in arrow()]
        yield pa.RecordBatch.from_arrays(columns, schema=arrow())


def day_stamp(store: Store, site: int, zone: str, day: date) -> tuple[int, str]:
    """Return how many facts a day has, and what changes whenever one of them does."""
    rows = _of_day(site, zone, day)
    asked = rows.aggregate(
        facts=rows.count(),
        newest=expr.micros(rows.received_at.max()),
        versions=rows.row_version.sum(),
        sessions=(rows.session % 1_000_003).sum(),
    )
    found = store.query(expr.to_sql(asked, store.dialect)).to_pylist()[0]
    facts = int(found["facts"])
    if not facts:
        return 0, "0"
    return facts, " ".join(str(int(found[name] or 0)) for name in ("facts", "newest", "versions", "sessions"))


def first_day(store: Store, site: int, zone: str) -> date | None:
    """Return the local day of the earliest fact of a site."""
    from zoneinfo import ZoneInfo

    from zoco.kit.periods import moment_at

    facts = _facts()
    mine = facts.filter(facts.site == site)
    asked = mine.aggregate(facts=mine.count(), first=expr.micros(mine.occurred_at.min()))
    found = store.query(expr.to_sql(asked, store.dialect)).to_pylist()[0]
    return moment_at(int(found["first"])).astimezone(ZoneInfo(zone)).date() if found["facts"] else None


def _of_day(site: int, zone: str, day: date) -> Table:
    facts = _facts()
    start, end = midnight(day, zone), midnight(day + timedelta(days=1), zone)
    return facts.filter(
        facts.site == site, facts.occurred_at >= expr.moment(start), facts.occurred_at < expr.moment(end)
    )


def _facts() -> Table:
    from zoco.ledger.asking.statements.engines import table

    return table("facts")
