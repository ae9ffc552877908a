"""Small facts and what came of them, for the tests of the store on ClickHouse."""

from pathlib import Path
from typing import Any

from zoco.ledger.schema import Fact, encoder
from zoco.ledger.spool import BulkSegment
from zoco.ledger.store.base import Drained, Store

MINUTE = 60_000_000
START = 1_790_000_000_000_000
VIEWED = {"web.page.viewed"}


def view(key: int, *, at: int = 0, visitor: int = 7, path: str = "/", **more: Any) -> Fact:
    values: dict[str, Any] = {
        "name": "web.page.viewed",
        "origin": "tracker",
        "site": 1,
        "channel": "direct",
    }
    moment = START + at * MINUTE
    millis = f"{moment // 1000:012x}"
    return Fact(
        id=f"{millis[:8]}-{millis[8:]}-7000-8000-1{key:011d}",
        occurred_at=moment,
        visitor=visitor,
        path=path,
        **values | more,
    )


def put(spool: Path, *facts: Fact) -> None:
    put_lines(spool, *(encoder.encode(fact) for fact in facts))


def put_lines(spool: Path, *lines: bytes) -> None:
    with BulkSegment(spool, "test") as bulk:
        bulk.write(b"".join(line + b"\n" for line in lines))


def load(store: Store, spool: Path, *facts: Fact) -> Drained:
    put(spool, *facts)
    return store.drain()


def paths(store: Store, columns: str = "path, landing") -> list[tuple[object, ...]]:
    table = store.query(f"SELECT {columns} FROM facts ORDER BY occurred_at, path")
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))
