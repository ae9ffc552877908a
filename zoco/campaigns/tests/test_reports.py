"""Reports about links, on facts counted by hand."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from zoco.ledger.sitebook import SiteInfo
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.made import SITE, fact, ledger
from zoco.monitor.tests.test_reports import answered, table

TRACKED = SiteInfo(1, "shop", "Shop", SITE.zone, "EUR", 0, "tracker", False, ("shop.example",))
POSTER = {"source": "poster", "medium": "print", "campaign": "spring", "channel": "unassigned"}


def viewed(local: str, visitor: int, **more: Any) -> Any:
    return fact(local, visitor, "/", name="web.page.viewed", **more)


def followed(local: str, visitor: int, link: str, **more: Any) -> Any:
    return fact(
        local, visitor, "/", name="web.event.sent", subject_kind="event", subject="link followed",
        props={"link": link}, **more,
    )  # fmt: skip


FACTS = [
    followed("2026-03-28 10:00:00", 1, "poster", **POSTER),
    viewed("2026-03-28 10:00:01", 1, **POSTER),
    followed("2026-03-28 10:10:00", 1, "poster"),
    followed("2026-03-28 12:00:00", 1, "letter"),
    followed("2026-03-29 10:00:00", 2, "poster", **POSTER),
    viewed("2026-03-29 10:00:01", 2, **POSTER, amount_site=Decimal("7.50")),
    followed("2026-03-29 11:00:00", 3, "poster", verdict="bot"),
    viewed("2026-03-29 12:00:00", 4, source="google", medium="organic", channel="organic_search"),
    viewed("2026-03-29 12:00:00", 5, source="google", medium="cpc", channel="paid_search"),
    viewed("2026-03-29 12:00:00", 6, source="letter", medium="email", content="top", channel="email"),
    fact("2026-03-29 12:30:00", 6, "/", name="web.event.sent", subject_kind="event", subject="buy"),
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with ledger(tmp_path_factory.mktemp("links"), FACTS, [TRACKED]) as opened:
        yield opened


def test_short_links_count_people_visits_and_times(store: Store) -> None:
    assert table(answered(store, "short-links")) == [("poster", 2, 2, 3), ("letter", 1, 1, 1)]
    assert table(answered(store, "short-links", verdicts="bots")) == [("poster", 1, 1, 1)]


def test_tags_of_links_leave_out_what_the_referrer_alone_gives(store: Store) -> None:
    assert table(answered(store, "tags")) == [
        ("spring", "poster", "print", "", "", 2, 2, None, Decimal("7.50")),
        ("", "google", "cpc", "", "", 1, 1, None, Decimal(0)),
        ("", "letter", "email", "top", "", 1, 1, None, Decimal(0)),
    ]
