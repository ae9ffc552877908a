"""What leads to missing pages, and what AI assistants and crawlers do, on facts counted by hand."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from zoco.ledger import sitebook
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.made import ERROR, SITE, fact, ledger
from zoco.monitor.tests.test_reports import answered, table

CHAT: dict[str, Any] = {"source": "ChatGPT", "medium": "referral", "channel": "ai_assistant"}
GPT: dict[str, Any] = {"verdict": "ai", "reason": "GPTBot"}
MISS: dict[str, Any] = {"name": ERROR, "status": 404}
SEEN: dict[str, Any] = {"name": "web.error.viewed", "status": 404, "origin": "tracker"}
FACTS = [
    # visitor 1, sent by an assistant: a page, then two misses from it
    fact("2026-03-28 10:00:00", 1, "/a", **CHAT),
    fact("2026-03-28 10:01:00", 1, "/gone", **MISS, referrer_host="shop.example"),
    fact("2026-03-28 10:01:01", 1, "/gone.png", **MISS, referrer_host="shop.example"),
    # visitor 2: a page that the tracker says is missing, from elsewhere; the same page by search
    fact(
        "2026-03-28 11:00:00", 2, "/gone", name="web.error.viewed", status=404, referrer_host="news.example"
    ),
    fact("2026-03-28 11:01:00", 2, "/b", source="google", channel="organic_search"),
    fact("2026-03-28 11:02:00", 2, "/fails", name=ERROR, status=500),
    # visitor 3: the tracker names the page from which people came, as its own host's referrers are whole
    fact("2026-03-29 09:00:00", 3, "/lost", **SEEN, referrer="https://shop.example/list/"),
    fact("2026-03-29 09:01:00", 3, "/broken", **SEEN | {"status": 503}),
    # visitors nobody knows: nothing was before
    fact("2026-03-28 12:00:00", 0, "/b"),
    fact("2026-03-28 12:01:00", 0, "/gone", **MISS),
    # a crawler
    fact("2026-03-28 13:00:00", 90, "/a", **GPT),
    fact("2026-03-28 13:01:00", 90, "/a", **GPT),
    fact("2026-03-28 13:02:00", 90, "/gone", **MISS, **GPT),
    fact("2026-03-28 13:02:00", 91, "/a", verdict="bot", reason="Googlebot"),
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with ledger(tmp_path_factory.mktemp("missing"), FACTS) as opened:
        yield opened


def test_what_leads_to_missing_pages(store: Store) -> None:
    assert table(answered(store, "missing-pages")) == [
        # path, page before, referrer, origin, requests, visitors
        ("/gone", "", "", "log", 1, 0),
        ("/gone", "", "news.example", "log", 1, 1),
        ("/gone", "/a", "shop.example", "log", 1, 1),
        ("/gone.png", "/a", "shop.example", "log", 1, 1),
        ("/lost", "", "", "tracker", 1, 1),
    ]
    filtered = answered(store, "missing-pages", **{"f.path": "/gone.png"})
    assert table(filtered) == [("/gone.png", "/a", "shop.example", "log", 1, 1)]


def test_on_days_that_an_import_has_no_page_is_before_a_missing_one(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = replace(SITE, counted=((date(2026, 1, 1), "import"),))
    monkeypatch.setattr(sitebook, "_providers", [lambda: [given]])

    assert [row[:3] for row in table(answered(store, "missing-pages"))] == [
        ("/gone", "", ""),
        ("/gone", "", "news.example"),
        ("/gone", "", "shop.example"),
        ("/gone.png", "", "shop.example"),
        ("/lost", "", ""),
    ]


def test_errors_that_the_tracker_saw_stand_beside_those_of_the_log(store: Store) -> None:
    assert table(answered(store, "errors")) == [
        # path, status, link, origin, requests, visitors
        ("/broken", 503, "", "tracker", 1, 1),
        ("/fails", 500, "", "log", 1, 1),
        ("/gone", 404, "", "log", 1, 0),
        ("/gone", 404, "news.example", "log", 1, 1),
        ("/gone", 404, "shop.example", "log", 1, 1),
        ("/gone.png", 404, "shop.example", "log", 1, 1),
        ("/lost", 404, "https://shop.example/list/", "tracker", 1, 1),
    ]


def test_visits_from_assistants_by_where_they_began(store: Store) -> None:
    [row] = answered(store, "ai-assistants").rows

    assert row.key == {"source": "ChatGPT", "landing": "/a"}
    assert [row.values[name] for name in ("visitors", "sessions", "page_views", "bounce")] == [1, 1, 1, 1.0]


def test_what_crawlers_read(store: Store) -> None:
    assert table(answered(store, "ai-crawlers")) == [
        # requests, read, not found
        ("GPTBot", "ai_training", "/a", 2, 2, 0),
        ("GPTBot", "ai_training", "/gone", 1, 0, 1),
    ]


def test_a_page_that_a_crawler_read_counts_once_whoever_saw_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    seen = [
        fact("2026-03-28 13:00:00", 90, "/a", **GPT),
        fact("2026-03-28 13:00:01", 90, "/a", **GPT, origin="server"),
        fact("2026-03-28 13:05:00", 90, "/a", **GPT, origin="server"),
        fact("2026-03-28 13:05:01", 90, "/a", **GPT, name="web.page.viewed", origin="tracker"),
        fact("2026-03-28 13:06:00", 90, "/gone", **MISS, **GPT),
        fact("2026-03-28 13:06:01", 90, "/gone", **MISS, **GPT, origin="server"),
        fact("2026-03-28 13:07:00", 91, "/b", verdict="bot", reason="Googlebot", origin="server"),
    ]

    with ledger(tmp_path, seen) as opened:
        crawlers, bots = answered(opened, "ai-crawlers"), answered(opened, "bots")

    assert table(crawlers) == [
        # requests, read, not found
        ("GPTBot", "ai_training", "/a", 2, 2, 0),
        ("GPTBot", "ai_training", "/gone", 1, 0, 1),
    ]
    # facts, pages, not found
    assert table(bots) == [("GPTBot", "ai", "ai_training", 6, 2, 1), ("Googlebot", "bot", "search", 1, 1, 0)]
