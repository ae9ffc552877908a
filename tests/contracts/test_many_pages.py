"""Twenty thousand pages, under any segment and in any period, add up to their totals."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from benchmarks.reports import END, NOW, generate
from tests.contracts.adding_up import SEGMENTS, pages_added_up
from zoco.ledger import sitebook
from zoco.ledger.asking import goals
from zoco.ledger.store.base import Store
from zoco.ledger.store.duckdb.store import DuckStore

GOALS = (goals.Goal("Page", "page", "/section-1/**"), goals.Goal("Money", "revenue"))
SITE = sitebook.SiteInfo(1, "shop", "Shop", "UTC", "EUR", 0, "log", False, ("shop.example",))
DAYS = 4


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("pages")
    generate(folder, 300_000, DAYS)
    store = DuckStore(folder, lead=True)
    yield store
    store.close()


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitebook, "_providers", [lambda: [SITE]])
    monkeypatch.setattr(goals, "_providers", [lambda site: GOALS])


@pytest.mark.parametrize("days", [1, DAYS])
def test_pages_of_every_segment_add_up(many: Store, days: int) -> None:
    period = f"{END - timedelta(days=days)}..{END - timedelta(days=1)}"
    counted = {}

    for name, segment in SEGMENTS.items():
        counted[name], found = pages_added_up({**segment, "period": period}, many, NOW)
        assert not found, f"{name}: {found}"

    assert counted.pop("nobody") == 0
    assert counted.pop("a page") == 1
    assert all(pages > 10 for pages in counted.values()), counted
    assert counted["none"] > (15_000 if days == DAYS else 5_000)
