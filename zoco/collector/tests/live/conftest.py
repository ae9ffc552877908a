"""A published site with salts, and what reads requests for it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from zoco.collector.live.here import Here
from zoco.collector.live.reader import Reader, Refusal, Sender
from zoco.ledger.schema import Fact, decoder
from zoco.sites import published
from zoco.sites.published import Published, PublishedSite

# Noon in Madrid.
NOW = 1_790_503_200_000_000
DAY = date(2026, 9, 27)
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
SENDER = Sender(address="81.0.32.7", user_agent=AGENT, language="es", host="shop.example")
PAGE = '{"url":"https://shop.example/a"}'


@dataclass(frozen=True, slots=True)
class Found:
    """What became of a request's facts."""

    facts: list[Fact]
    refused: list[Refusal]


Reading = Callable[..., Found]


def salts(around: date = DAY) -> dict[str, str]:
    """Return salts of yesterday, today and tomorrow."""
    return {(around + timedelta(days=n)).isoformat(): f"{n + 1:02x}" * 16 for n in (-1, 0, 1)}


def publish(path: Path, around: date = DAY) -> None:
    """Publish two sites with salts of these days."""
    shop = PublishedSite(
        id=7,
        slug="shop",
        name="Shop",
        zone="Europe/Madrid",
        currency="EUR",
        hostnames=("shop.example",),
        search_parameters=("q", "Search"),
        visitor_key="ab" * 32,
        person_key="12" * 32,
        salts=salts(around),
    )
    news = PublishedSite(
        id=8,
        slug="news",
        name="News",
        zone="UTC",
        currency="USD",
        hostnames=("www.news.example",),
        visitor_key="cd" * 32,
        person_key="34" * 32,
        privacy_signals="nothing",
        salts=salts(around),
    )
    published.write(path, Published(sites=(shop, news), trusted_proxies=("10.0.0.0/8", "fd00::/8")))


@pytest.fixture
def sites(tmp_path: Path) -> Path:
    """Return the file in which two sites are published."""
    path = tmp_path / "sites.json"
    publish(path)
    return path


@pytest.fixture
def read(sites: Path) -> Reading:
    """Return what reads a body as if it came in at NOW, or `at` another moment."""

    def reading(body: str | bytes, sender: Sender = SENDER, at: int = NOW, **more: Any) -> Found:
        raw = body.encode() if isinstance(body, str) else body
        here = Here(sites)
        here.look()
        found = Reader(here, lambda: at).read(raw, sender._replace(**more))
        return Found([decoder.decode(line) for line in found.lines], found.refused)

    return reading
