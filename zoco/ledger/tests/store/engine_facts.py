"""An engine on a folder of its own, facts to put into it, rows to read out of it."""

from pathlib import Path

from zoco.kit.ids import uuid8
from zoco.ledger import schema
from zoco.ledger.schema import Fact
from zoco.ledger.spool import BulkSegment, SpoolFolder
from zoco.ledger.store.duckdb.engine import Engine

START = 1_700_000_000_000_000
MINUTE = 60_000_000


def opened(folder: Path) -> Engine:
    return Engine(
        folder / "ledger.duckdb",
        spool=SpoolFolder(folder / "spool"),
        memory="256MB",
        threads=1,
        temp=folder / "tmp",
    )


def view(key: int, *, at: int, visitor: int = 7, path: str = "/", **more: object) -> Fact:
    values = {"name": "web.page.viewed", "origin": "tracker", "site": 1, "channel": "direct", **more}
    return Fact(id=uuid8(key), occurred_at=START + at, visitor=visitor, path=path, **values)  # type: ignore[arg-type]


def put(engine: Engine, *facts: Fact) -> None:
    with BulkSegment(engine.spool.path, "test") as bulk:
        bulk.write(b"".join(schema.encoder.encode(fact) + b"\n" for fact in facts))


def rows(engine: Engine, sql: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = engine.reader(sql).read_all().to_pylist()
    return found
