"""Page views that pages are to show."""

from datetime import UTC, datetime
from typing import Any

from zoco.kit import conf
from zoco.kit.ids import uuid7
from zoco.ledger.schema import Fact, encoder
from zoco.ledger.spool import BulkSegment
from zoco.ledger.store import opening

NOON = int(datetime(2026, 3, 2, 12, tzinfo=UTC).timestamp()) * 1_000_000


def view(
    site: Any,
    path: str,
    at: int = NOON,
    *,
    name: str = "web.page.viewed",
    verdict: str = "human",
    **more: Any,
) -> None:
    """Put one page view into the ledger."""
    fact = Fact(
        id=uuid7(NOON),
        site=site.pk,
        name=name,
        origin="tracker",
        verdict=verdict,
        occurred_at=at,
        visitor=5,
        path=path,
        country="ES",
        **more,
    )
    with BulkSegment(conf.DATA() / "spool", "tests") as segment:
        segment.write(encoder.encode(fact) + b"\n")
    opening.store().drain()
