"""DuckDB and ClickHouse come to the same verdicts by behaviour, visit for visit."""

from pathlib import Path

from zoco.collector.behaviour import passing
from zoco.collector.tests.behaviour.walkers import DAY_START, SECOND, street
from zoco.ledger import schema
from zoco.ledger.spool import BulkSegment
from zoco.ledger.store.base import Store
from zoco.ledger.store.duckdb.store import DuckStore
from zoco.ledger.tests.store import chdb

NOW = DAY_START + 3 * 86_400 * SECOND - 1


def verdicts(store: Store) -> dict[int, tuple[str, str]]:
    sql = "SELECT visitor, max(verdict) AS verdict, max(reason) AS reason FROM facts GROUP BY visitor"
    return {row["visitor"]: (row["verdict"], row["reason"]) for row in store.query(sql).to_pylist()}


def test_both_engines_come_to_the_same_verdicts(tmp_path: Path) -> None:
    lines = b"".join(schema.encoder.encode(fact) + b"\n" for fact in street(7, days=3))
    for folder in ("duckdb/spool", "clickhouse"):
        with BulkSegment(tmp_path / folder, "test") as bulk:
            bulk.write(lines)
    stores = (DuckStore(tmp_path / "duckdb", lead=True), chdb.opened(tmp_path / "clickhouse"))
    for store in stores:
        store.drain()

    changed = [passing.recent_pass(store, 1, NOW) for store in stores]

    assert changed[0] == changed[1] > 10_000
    assert verdicts(stores[0]) == verdicts(stores[1])
    assert [passing.history_pass(store, 1, NOW).changed for store in stores] == [0, 0]
    for store in stores:
        store.close()
