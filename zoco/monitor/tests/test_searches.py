"""What people looked for on the site, on facts counted by hand."""

from collections.abc import Iterator

import pytest

from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.made import fact, ledger
from zoco.monitor.tests.test_reports import answered, table

HONEY, WAX = {"search": "honey"}, {"search": "wax"}
FACTS = [
    # visitor 1: two pages of results are one search, then a product; then nothing found
    fact("2026-03-28 10:00:00", 1, "/"),
    fact("2026-03-28 10:01:00", 1, "/find", props=HONEY),
    fact("2026-03-28 10:02:00", 1, "/find", props=HONEY | {"page": 2}),
    fact("2026-03-28 10:03:00", 1, "/honey"),
    fact("2026-03-28 10:04:00", 1, "/find", props=WAX),
    # visitor 2: another word at once, then back to the first
    fact("2026-03-28 11:00:00", 2, "/find", props=HONEY, device="phone"),
    fact("2026-03-28 11:01:00", 2, "/find", props=WAX, device="phone"),
    fact("2026-03-28 11:02:00", 2, "/find", props=HONEY, device="phone"),
    # a day later a visit of its own; a bot, and a file, are no search
    fact("2026-03-29 12:00:00", 1, "/find", props=HONEY),
    fact("2026-03-28 12:00:00", 90, "/find", props=HONEY, verdict="bot"),
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with ledger(tmp_path_factory.mktemp("searches"), FACTS) as opened:
        yield opened


def test_terms_with_how_often_the_visit_ended_there(store: Store) -> None:
    assert table(answered(store, "site-search")) == [
        # searches, visitors, sessions, exit rate
        ("honey", 4, 2, 3, 0.5),
        ("wax", 2, 2, 2, 0.5),
    ]


def test_the_page_after_a_search(store: Store) -> None:
    assert table(answered(store, "after-search")) == [
        ("honey", "", 2, 2),
        ("honey", "/find", 1, 1),
        ("honey", "/honey", 1, 1),
        ("wax", "", 1, 1),
        ("wax", "/find", 1, 1),
    ]


def test_a_filter_chooses_searches_and_hides_nothing_that_followed(store: Store) -> None:
    found = answered(store, "after-search", **{"f.path": "/find", "f.device": "phone"})

    assert table(found) == [("honey", "", 1, 1), ("honey", "/find", 1, 1), ("wax", "/find", 1, 1)]
