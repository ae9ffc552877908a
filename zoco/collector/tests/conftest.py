"""A site of our own, and a run over files without an engine behind it."""

import os
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from zoco.collector.logs import load_formats
from zoco.collector.logs.importing import Plan
from zoco.collector.logs.quick import Quick
from zoco.ledger.schema import Fact
from zoco.ledger.spool import BulkTable, SpoolFolder, table
from zoco.sites.published import PublishedSite

load_formats()
REAL_LOG = Path(os.environ.get("ZOCO_TEST_LOG", "../shared/data/logs/apache_logs"))
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


@pytest.fixture
def site() -> PublishedSite:
    return PublishedSite(
        id=7,
        slug="shop",
        name="Shop",
        zone="Europe/Madrid",
        currency="EUR",
        hostnames=("shop.example", "www.shop.example"),
        counting="log",
        search_parameters=("q",),
        import_key="5a" * 32,
    )


@pytest.fixture
def plan(site: PublishedSite, tmp_path: Path) -> Plan:
    return Plan(site=site, data=tmp_path / "data", instance="test", received_at=1_700_000_000_000_000)


@pytest.fixture
def spooled(plan: Plan) -> Callable[[], list[Fact]]:
    def facts() -> list[Fact]:
        return facts_in(plan.spool)

    return facts


def facts_in(spool: Path) -> list[Fact]:
    """Return the facts of all tables in a spool, in order."""
    return [fact for path in SpoolFolder(spool).closed() for fact in table.facts(path)]


def taken(quick: Quick) -> list[Fact]:
    """Return the facts that wait, as they are read from a segment."""
    if not quick.waiting:
        return []
    with TemporaryDirectory() as name:
        with BulkTable(Path(name), "test") as bulk:
            bulk.write(quick.take())
        return facts_in(Path(name))


def read(quick: Quick, lines: list[bytes], first: int = 1) -> list[Fact]:
    """Return the facts of lines."""
    quick.read(lines, first)
    return taken(quick)


def line(
    number: int = 0, *, second: int = 0, path: str = "/", agent: str = AGENT, address: str = ""
) -> bytes:
    """Return a combined line of 17 May 2015, 10:05 UTC."""
    address = address or f"192.0.2.{number % 250 + 1}"
    time = f"[17/May/2015:10:05:{second:02d} +0000]"
    return f'{address} - - {time} "GET {path} HTTP/1.1" 200 {number} "-" "{agent}"'.encode()
