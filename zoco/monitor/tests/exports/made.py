"""A site with facts of three days, and what lies in its exported files."""

import gzip
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from zoco.kit.ids import uuid8
from zoco.kit.periods import micros
from zoco.ledger import schema
from zoco.ledger.schema import Fact
from zoco.ledger.spool import BulkSegment
from zoco.ledger.store.base import Store
from zoco.monitor.exports import services
from zoco.monitor.exports.files import rows_read
from zoco.monitor.exports.models import ExportDay, ExportRun

ZONE = "Europe/Madrid"
FIRST, LAST = date(2026, 3, 28), date(2026, 3, 30)
NOW = datetime(2026, 3, 31, 10, 0, tzinfo=UTC)


def fact(site: int, local: str, visitor: int, path: str, **more: Any) -> Fact:
    """Make a page view at a local time of Madrid."""
    at = micros(datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(ZONE)))
    given: dict[str, Any] = {
        "name": "web.page.viewed",
        "origin": "tracker",
        "site": site,
        "received_at": at + 1,
    } | more
    return Fact(id=uuid8(at, visitor, path.encode()), occurred_at=at, visitor=visitor, path=path, **given)


def facts(site: int) -> list[Fact]:
    """Six facts: three on the 28th, two on the 29th, none on the 30th, one after; two beside midnight."""
    return [
        fact(site, "2026-03-28 10:00", 1, "/", known=77, title='=A "comb",\nñ', props={"a": {"b": [1, "x"]}}),
        fact(site, "2026-03-28 11:00", 2, "/buy", amount=Decimal("12.5000"), currency="EUR", person=42),
        fact(site, "2026-03-28 23:59", 3, "/late", visitor_before=9),
        fact(site, "2026-03-29 00:01", 1, "/early"),
        fact(site, "2026-03-29 12:00", 4, "/"),
        fact(site, "2026-03-31 09:00", 5, "/today"),
    ]


def loaded(store: Store, spool: Path, given: Iterable[Fact]) -> None:
    """Put facts into a store."""
    with BulkSegment(spool, "test") as bulk:
        bulk.write(b"".join(schema.encoder.encode(each) + b"\n" for each in given))
    store.drain()


def exported(store: Store, site: int, format: str = "parquet", **more: Any) -> ExportRun:
    """Export the three days and return the run."""
    given: dict[str, Any] = {"first": FIRST, "last": LAST, "most": 1_000_000} | more
    most = given.pop("most")
    run = services.run_begin(site=site, format=format, is_background=False, **given)
    return services.run_through(key=run.pk, store=store, most=most)


def read(file: BinaryIO, format: str) -> list[dict[str, Any]]:
    """Return the rows of a file."""
    return [row for batch in rows_read(file, format) for row in batch.to_pylist()]


def paths(root: Path, format: str = "parquet") -> dict[str, list[str]]:
    """Return the paths of the facts in each file below a folder."""
    ending = "parquet" if format == "parquet" else "csv.gz"
    found = {}
    for path in sorted(root.rglob(f"*.{ending}")):
        with path.open("rb") as file:
            found[path.name.split("_", 1)[1]] = [row["path"] for row in read(file, format)]
    return found


def lines(path: Path) -> list[str]:
    """Return the text of a packed file."""
    return gzip.decompress(path.read_bytes()).decode().splitlines()


def days() -> list[tuple[str, int, int]]:
    """Return what is known of exported days: day, rows, files."""
    return [(str(row.day), row.rows, len(row.files)) for row in ExportDay.objects.order_by("day")]
