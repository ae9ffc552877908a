"""Daily sums that came from elsewhere: the table `imported_daily`, on both engines.

One row is one sum of one day: of the whole site (dimension "") or of one value of a dimension. All rows
of one import bear its key and come and go together.
"""

from typing import TYPE_CHECKING

import pyarrow as pa

from zoco.ledger.store.imported_sql import key_text

if TYPE_CHECKING:
    import duckdb

    from zoco.ledger.store.clickhouse.client import Client

SCHEMA = pa.schema(
    [
        ("day", pa.date32()),
        ("dimension", pa.string()),
        ("label", pa.string()),
        ("measure", pa.string()),
        ("amount", pa.decimal128(18, 4)),
    ]
)
_COLUMNS = "site, origin_key, day, dimension, label, measure, amount"


def nothing() -> pa.Table:
    """Return no rows: what an import has after it was undone."""
    return SCHEMA.empty_table()


def whole(rows: pa.Table, site: int, key: str) -> pa.Table:
    """Return rows with all columns of the table."""
    given = rows.cast(SCHEMA)
    count = given.num_rows
    named = given.add_column(0, "origin_key", pa.array([key] * count, pa.string()))
    return named.add_column(0, "site", pa.array([site] * count, pa.int32()))


def put_into_duckdb(con: "duckdb.DuckDBPyConnection", site: int, key: str, rows: pa.Table) -> int:
    """Let an import have these rows and no others; an empty key means all imports of the site."""
    con.execute("DELETE FROM imported_daily WHERE site = ? AND (? = '' OR origin_key = ?)", [site, key, key])
    con.register("given", whole(rows, site, key))
    con.execute(f"INSERT INTO imported_daily ({_COLUMNS}) SELECT {_COLUMNS} FROM given")
    con.unregister("given")
    return int(rows.num_rows)


def put_into_clickhouse(client: "Client", site: int, key: str, rows: pa.Table) -> int:
    """The same. Between the deletion and the rows a reader may see neither; whoever is cut off there
    is to put them again.
    """
    where = f"site = {site}" + (f" AND origin_key = {key_text(key)}" if key else "")
    found = client.rows(f"SELECT count() AS found FROM imported_daily WHERE {where}")
    if found[0][0]:
        cluster = client.address.cluster
        on = f" ON CLUSTER {cluster}" if cluster else ""
        client.change(f"ALTER TABLE imported_daily{on} DELETE WHERE {where}")
    client.insert("imported_daily", whole(rows, site, key))
    return int(rows.num_rows)
