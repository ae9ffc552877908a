"""Fifteen facts of a small site, counted by hand, loaded and settled by a real store.

Madrid changes its clock in the night to 29 March 2026. Visitors 1, 2 and 3 are people.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from zoco.kit.ids import uuid8
from zoco.kit.periods import micros
from zoco.ledger import schema, sitebook
from zoco.ledger.schema import Fact
from zoco.ledger.sitebook import SiteInfo
from zoco.ledger.spool import BulkSegment
from zoco.ledger.store.base import Store
from zoco.ledger.store.opening import close, store

ZONE = "Europe/Madrid"
SITE = SiteInfo(1, "shop", "Shop", ZONE, "EUR", 0, "log", False, ("shop.example",))
PERIOD = "2026-03-28..2026-03-30"
PAGE, ASSET, REDIRECT, ERROR = (
    "web.page.served",
    "web.asset.served",
    "web.redirect.served",
    "web.error.served",
)


def fact(local: str, visitor: int, path: str, *, zone: str = ZONE, **more: object) -> Fact:
    """Make a page view at a local time ("2026-03-28 10:00:00"), or another fact by `name`."""
    at = micros(datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)))
    given = {"name": PAGE, "status": 200, "site": SITE.id, "origin": "log"} | more
    key = uuid8(at, visitor, path.encode(), str(given["name"]).encode())
    return Fact(id=key, occurred_at=at, visitor=visitor, path=path, **given)  # type: ignore[arg-type]


ORGANIC = {
    "referrer_host": "google.com", "source": "google", "medium": "organic", "channel": "organic_search",
}  # fmt: skip
PHONE = {"device": "phone", "browser": "Safari", "os": "iOS", "country": "ES", "language": "es"}
DESKTOP = {"device": "desktop", "browser": "Firefox", "os": "Linux", "country": "FR", "language": "fr"}
NEWS = {
    "referrer_host": "news.example", "source": "news.example", "medium": "referral", "channel": "referral",
}  # fmt: skip
LETTER = {"source": "letter", "medium": "email", "campaign": "spring", "channel": "email"}

FACTS: list[Fact] = [
    # the period before
    fact("2026-03-27 12:00:00", 7, "/", **ORGANIC, **PHONE),
    fact("2026-03-27 12:01:00", 7, "/left", **PHONE),
    # visitor 1: two pages and what belongs to them, then one page on the next day
    fact("2026-03-28 10:00:00", 1, "/", **ORGANIC, **PHONE),
    fact("2026-03-28 10:00:01", 1, "/app.css", name=ASSET, **PHONE),
    fact("2026-03-28 10:05:00", 1, "/a", **PHONE),
    fact(
        "2026-03-28 10:06:00",
        1,
        "/missing",
        name=ERROR,
        status=404,
        referrer="https://shop.example/a",
        **PHONE,
    ),
    fact("2026-03-29 12:00:00", 1, "/a", channel="direct", **PHONE),
    # visitor 2: one visit through midnight
    fact("2026-03-28 23:49:00", 2, "/old", name=REDIRECT, status=301, **DESKTOP),
    fact("2026-03-28 23:50:00", 2, "/b", **NEWS, **DESKTOP),
    fact("2026-03-29 00:10:00", 2, "/", **DESKTOP),
    # visitor 3: one page and a failure
    fact("2026-03-30 09:00:00", 3, "/", **LETTER, **DESKTOP),
    fact("2026-03-30 09:01:00", 3, "/boom", name=ERROR, status=500, referrer_host="news.example", **DESKTOP),
    # nobody known
    fact("2026-03-30 10:00:00", 0, "/", channel="direct"),
    # bots
    fact("2026-03-28 11:00:00", 90, "/", verdict="bot", reason="Googlebot"),
    fact("2026-03-28 11:01:00", 90, "/gone", name=ERROR, status=404, verdict="bot", reason="Googlebot"),
    fact("2026-03-29 11:00:00", 91, "/a", verdict="ai", reason="GPTBot"),
]


def load(folder: Path, facts: Sequence[Fact]) -> None:
    """Write the facts as a segment of the data folder's spool, in the order given."""
    with BulkSegment(folder / "spool", "test") as segment:
        segment.write(b"".join(schema.encoder.encode(each) + b"\n" for each in facts))


@contextmanager
def ledger(
    folder: Path, facts: Sequence[Fact] = FACTS, sites: Sequence[SiteInfo] = (SITE,)
) -> Iterator[Store]:
    """Load facts and settle them; the store is that of this process, and ZOCO_DATA names the folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZOCO_DATA", str(folder))
        patch.setattr(sitebook, "_providers", [lambda: list(sites)])
        load(folder, facts)
        close()
        try:
            opened = store()
            opened.drain()
            yield opened
        finally:
            close()
