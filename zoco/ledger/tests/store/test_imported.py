"""Daily sums from elsewhere: both engines keep them alike, and an import comes and goes as one."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from zoco.ledger.store.base import Store
from zoco.ledger.store.duckdb.store import DuckStore
from zoco.ledger.store.imported import SCHEMA, nothing
from zoco.ledger.store.imported_sql import days_sql, held_sql, sums_sql
from zoco.ledger.tests.store import chdb

FIRST, SECOND = date(2024, 2, 28), date(2024, 2, 29)


@pytest.fixture(params=["duckdb", "clickhouse"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    opened = DuckStore(tmp_path, lead=True) if request.param == "duckdb" else chdb.opened(tmp_path / "spool")
    yield opened
    opened.close()


def rows(*sums: tuple[date, str, str, str, int]) -> pa.Table:
    made = [dict(zip(SCHEMA.names, (*head, Decimal(amount)), strict=True)) for *head, amount in sums]
    return pa.Table.from_pylist(made, SCHEMA)


def test_an_import_comes_twice_and_goes_as_one(store: Store) -> None:
    given = rows(
        (FIRST, "", "", "page_views", 7),
        (SECOND, "", "", "page_views", 5),
        (SECOND, "page", "/it's", "page_views", 5),
    )
    before = store.version()

    counts = [store.put_imported(1, "plausible-3", given) for _ in range(2)]
    store.put_imported(1, "matomo-4", rows((FIRST, "", "", "visits", 2)))
    store.put_imported(2, "plausible-3", rows((FIRST, "", "", "visits", 9)))

    assert counts == [3, 3]
    assert store.version() > before
    assert store.query(days_sql(1, FIRST, FIRST)).to_pylist() == [
        {"origin_key": "matomo-4", "day": FIRST, "measure": "visits", "amount": Decimal(2)},
        {"origin_key": "plausible-3", "day": FIRST, "measure": "page_views", "amount": Decimal(7)},
    ]
    assert [tuple(row.values()) for row in store.query(sums_sql(1, "plausible-3")).to_pylist()] == [
        ("", "page_views", Decimal(12)),
        ("page", "page_views", Decimal(5)),
    ]

    store.put_imported(1, "plausible-3", nothing())

    assert store.query(held_sql(1)).to_pylist() == [{"origin_key": "matomo-4", "day": FIRST}]
    store.put_imported(1, "", nothing())
    assert store.query(held_sql(1)).to_pylist() == []
    assert len(store.query(held_sql(2))) == 1


def test_another_process_puts_them_through_the_leader(tmp_path: Path) -> None:
    leader = DuckStore(tmp_path, lead=True)
    other = DuckStore(tmp_path, lead=False)

    count = other.put_imported(1, "umami-1", rows((FIRST, "", "", "visits", 2)))

    assert count == 1
    assert len(leader.query(held_sql(1))) == 1
    other.close()
    leader.close()
