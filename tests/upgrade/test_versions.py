"""Data of an older schema open in a newer one: new columns appear, reports stay equal."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import pytest

from tests.upgrade import first_version
from zoco.kit.periods import Period
from zoco.ledger import schema
from zoco.ledger.asking.ask import ask
from zoco.ledger.asking.question import Question
from zoco.ledger.report import REPORTS, reports_load
from zoco.ledger.sitebook import SiteInfo
from zoco.ledger.spool import SpoolFolder
from zoco.ledger.store.base import Store
from zoco.ledger.store.clickhouse.opening import open_clickhouse
from zoco.ledger.store.duckdb.store import DuckStore

SITE = SiteInfo(1, "shop", "Shop", "Europe/Madrid", "EUR", 0, "tracker", False)
PERIOD = Period.parse("2015-05-10..2015-05-31", "Europe/Madrid")


class NextFact(schema.Fact):
    """The schema with one column more, as the next version might have it."""

    mood: Annotated[str, schema._column("text", "How it felt.", few=True, since=schema.VERSION + 1)] = "calm"


@pytest.fixture
def newer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Return a function after which this process knows the next version of the schema."""

    def step() -> None:
        monkeypatch.setattr(schema, "Fact", NextFact)
        monkeypatch.setattr(schema, "VERSION", schema.VERSION + 1)
        schema.columns.cache_clear()

    yield step
    monkeypatch.undo()
    schema.columns.cache_clear()


def answers(store: Store) -> dict[str, list[object]]:
    """Return the rows of every report."""
    reports_load()
    question = Question(SITE, PERIOD, compare="none", verdicts="all", size=1000)
    return {
        report.key: [(row.key, row.values) for row in ask(report, question, store=store).rows]
        for report in REPORTS
    }


def test_first_versions_folder_opens_with_the_figures_that_it_held(tmp_path: Path) -> None:
    first_version.write(tmp_path)
    written = first_version.lines(0, 3500)

    store = DuckStore(tmp_path, lead=True)
    store.drain()

    reports_load()
    pages = ask(REPORTS.get("pages"), Question(SITE, PERIOD, compare="none", size=1000), store=store)
    store.close()
    counted = Counter(
        line["path"] for line in written if line["name"] == "web.page.viewed" and line["verdict"] == "human"
    )
    assert {row.key["path"]: row.values["page_views"] for row in pages.rows} == counted


def test_new_column_reaches_duckdb_and_its_old_segments(tmp_path: Path, newer: Callable[[], None]) -> None:
    first_version.write(tmp_path / "today")
    first_version.write(tmp_path / "next")
    today = DuckStore(tmp_path / "today", lead=True)
    today.drain()
    expected = answers(today)
    today.close()

    newer()
    store = DuckStore(tmp_path / "next", lead=True)
    store.drain()

    assert answers(store) == expected
    moods = store.query("SELECT mood, count(*) AS n FROM facts GROUP BY mood").to_pylist()
    assert moods == [{"mood": "calm", "n": 3500}]
    store.close()


def test_new_column_reaches_clickhouse_and_its_old_segments(
    tmp_path: Path, newer: Callable[[], None]
) -> None:
    first_version.write(tmp_path)
    url = f"chdb://{tmp_path}/clickhouse/zoco"
    spool = SpoolFolder(tmp_path / "spool")
    segment = spool.closed()[0].read_bytes()
    today = open_clickhouse(url, spool)
    today.drain()
    expected = answers(today)
    today.close()

    newer()
    later = spool.path / "0000000000000000.01890000-0000-7000-8000-000000000001.v1.ndjson"
    later.write_bytes(segment)
    store = open_clickhouse(url, spool)
    store.drain()

    assert answers(store) == expected
    moods = store.query("SELECT mood, count(*) AS n FROM facts FINAL GROUP BY mood").to_pylist()
    assert moods == [{"mood": "calm", "n": 500}]
    store.close()


def test_reports_count_something_at_all(tmp_path: Path) -> None:
    first_version.write(tmp_path)
    store = DuckStore(tmp_path, lead=True)
    store.drain()

    found = answers(store)

    store.close()
    assert len(found) >= 10
    assert len([rows for rows in found.values() if rows]) >= 8
