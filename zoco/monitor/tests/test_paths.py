"""Which pages come after and before a page, on facts counted by hand."""

from collections.abc import Iterator

import pytest

from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.made import fact, ledger
from zoco.monitor.tests.test_reports import answered, table

FACTS = [
    # visitor 1: / → /a (twice in a row) → / → /b
    fact("2026-03-28 10:00:00", 1, "/", device="phone"),
    fact("2026-03-28 10:01:00", 1, "/a", device="phone"),
    fact("2026-03-28 10:02:00", 1, "/a", device="phone"),
    fact("2026-03-28 10:03:00", 1, "/", device="phone"),
    fact("2026-03-28 10:04:00", 1, "/b", device="phone"),
    # visitor 2: /c → /; and a visit of its own a day later
    fact("2026-03-28 11:00:00", 2, "/c"),
    fact("2026-03-28 11:01:00", 2, "/"),
    fact("2026-03-29 11:00:00", 2, "/"),
    fact("2026-03-29 11:01:00", 2, "/a"),
    # nobody known, and a bot
    fact("2026-03-28 12:00:00", 0, "/"),
    fact("2026-03-28 12:00:00", 90, "/", verdict="bot"),
    fact("2026-03-28 12:01:00", 90, "/c", verdict="bot"),
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with ledger(tmp_path_factory.mktemp("paths"), FACTS) as opened:
        yield opened


def test_after_the_page_that_is_seen_most(store: Store) -> None:
    assert table(answered(store, "paths")) == [
        # times, visitors, share
        ("/", "/a", 2, 2, 0.5),
        ("/", "", 1, 1, 0.25),
        ("/", "/b", 1, 1, 0.25),
    ]


def test_before_a_page(store: Store) -> None:
    assert table(answered(store, "paths", side="before", path="/a")) == [("/a", "/", 2, 2, 1.0)]
    assert table(answered(store, "paths", side="before", path="/")) == [
        ("/", "", 2, 2, 0.5),
        ("/", "/a", 1, 1, 0.25),
        ("/", "/c", 1, 1, 0.25),
    ]


def test_a_filter_chooses_views_and_hides_nothing_beside_them(store: Store) -> None:
    found = answered(store, "paths", **{"f.path": "/", "f.device": "phone"})

    assert table(found) == [("/", "/a", 1, 1, 0.5), ("/", "/b", 1, 1, 0.5)]


def test_a_page_that_nobody_saw(store: Store) -> None:
    assert table(answered(store, "paths", path="/nowhere")) == []
