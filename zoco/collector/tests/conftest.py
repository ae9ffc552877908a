"""A site of our own, and a run over files without an engine behind it."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from zoco.collector.logs import load_formats
from zoco.collector.logs.importing import Plan
from zoco.ledger import schema
from zoco.ledger.schema import Fact
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
        import_key="5a" * 32,
    )


@pytest.fixture
def plan(site: PublishedSite, tmp_path: Path) -> Plan:
    return Plan(site=site, data=tmp_path / "data", instance="test", received_at=1_700_000_000_000_000)


@pytest.fixture
def spooled(plan: Plan) -> Callable[[], list[Fact]]:
    def facts() -> list[Fact]:
        segments = sorted(plan.spool.glob("*.ndjson"))
        return [schema.decoder.decode(line) for path in segments for line in path.read_bytes().splitlines()]

    return facts


def line(
    number: int = 0, *, second: int = 0, path: str = "/", agent: str = AGENT, address: str = ""
) -> bytes:
    """Return a combined line of 17 May 2015, 10:05 UTC."""
    address = address or f"192.0.2.{number % 250 + 1}"
    time = f"[17/May/2015:10:05:{second:02d} +0000]"
    return f'{address} - - {time} "GET {path} HTTP/1.1" 200 {number} "-" "{agent}"'.encode()
