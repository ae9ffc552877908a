"""A site, its data folder, and a store of each engine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from zoco.ledger.store.base import Store
from zoco.ledger.store.duckdb.store import DuckStore
from zoco.ledger.tests.store import chdb
from zoco.monitor.tests.exports import made
from zoco.sites import services
from zoco.sites.models import Site


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


@pytest.fixture
def site(data: Path) -> Site:
    return services.site_create(name="Shop", hostnames=["shop.example"], zone=made.ZONE)


@pytest.fixture
def store(data: Path, site: Site) -> Iterator[Store]:
    opened = DuckStore(data, lead=True)
    made.loaded(opened, data / "spool", made.facts(site.pk))
    yield opened
    opened.close()


@pytest.fixture
def clickhouse(data: Path, site: Site) -> Iterator[Store]:
    opened = chdb.opened(data / "spool-other")
    made.loaded(opened, data / "spool-other", made.facts(site.pk))
    yield opened
    opened.close()
