"""An archive of one engine goes into the other."""

from pathlib import Path

import pytest

from zoco.ledger.store import opening
from zoco.ledger.tests.store import chdb
from zoco.moving.tests.moved import exported, installation, reports, taken
from zoco.sites.models import Site

pytestmark = pytest.mark.django_db


def test_a_site_of_duckdb_is_the_same_in_clickhouse_and_a_second_time_adds_nothing(
    folder: Path, shop: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = reports()
    path = exported(shop, folder / "shop.zip")
    installation(folder / "two", monkeypatch)
    monkeypatch.setenv("ZOCO_EVENTS_URL", chdb.new_url())

    first, second = taken(path), taken(path)
    after = reports()
    store = opening.store()
    agents = store.query("SELECT count(*) AS found, count(DISTINCT user_agent) AS kinds FROM evidence")

    assert (first.state, first.added, first.said, first.found["refused"]) == ("done", 60, "", [])
    assert (second.state, second.added, second.site) == ("done", 0, first.site)
    assert after == before
    assert store.dialect == "clickhouse"
    assert agents.to_pylist() == [{"found": 60, "kinds": 60}]
