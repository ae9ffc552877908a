"""Short links: they lead on with their tags, and who follows is counted once, by the collector."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from zoco.campaigns import services
from zoco.campaigns.models import Campaign, Link
from zoco.ledger import spool
from zoco.project import collecting
from zoco.sites import reads
from zoco.sites.models import Site
from zoco.sites.periodic import publish

pytestmark = pytest.mark.django_db
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 "
    "Safari/537.36"
)
TAGS = {"source": "poster", "medium": "print", "campaign": "spring"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a data folder to which a collector of this process writes."""
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    (tmp_path / "keys").mkdir(mode=0o700)
    (tmp_path / "spool").mkdir(mode=0o700)
    reads.forget()
    collecting.collector.cache_clear()
    yield tmp_path
    spool.process_writer(tmp_path).close()
    collecting.collector.cache_clear()
    reads.forget()


@pytest.fixture
def site(folder: Path) -> Site:
    made = Site.objects.create(slug="shop", name="Shop")
    made.hostnames.create(name="shop.example")
    publish()
    return made


def link_of(site: Site, **more: Any) -> Link:
    given = {"target": "https://www.shop.example/sale?size=4", "tags": TAGS, "slug": "poster"} | more
    return services.link_make(site=site.pk, **given)


def written(folder: Path) -> list[dict[str, Any]]:
    lines = [line for path in sorted((folder / "spool").glob("*")) if path.is_file() for line in _lines(path)]
    return [fact for fact in map(json.loads, lines) if fact["name"] == "web.event.sent"]


def _lines(path: Path) -> list[bytes]:
    return [line for line in path.read_bytes().splitlines() if line.startswith(b"{")]


def test_it_leads_on_with_its_tags_and_counts_the_person(site: Site, folder: Path) -> None:
    link_of(site)

    answer = Client().get("/to/poster", headers={"user-agent": CHROME, "referer": "https://t.co/x"})

    assert answer.status_code == 302
    assert answer["Location"] == (
        "https://www.shop.example/sale?size=4&utm_source=poster&utm_medium=print&utm_campaign=spring"
    )
    assert "no-store" in answer["Cache-Control"]
    (fact,) = written(folder)
    assert (fact["subject"], fact["props"], fact["host"]) == (
        "link followed", {"link": "poster"}, "www.shop.example",
    )  # fmt: skip
    assert (fact["path"], fact["source"], fact["campaign"]) == ("/sale", "poster", "spring")
    assert fact["visitor"]
    assert "verdict" not in fact


def test_a_page_of_others_is_counted_on_the_site_of_the_link(site: Site, folder: Path) -> None:
    link_of(site, target="https://market.example/item/7")

    answer = Client().get("/to/poster", headers={"user-agent": CHROME})

    assert answer["Location"].startswith("https://market.example/item/7?utm_source=poster")
    (fact,) = written(folder)
    assert (fact["host"], fact["path"], fact["medium"]) == ("shop.example", "/to/poster", "print")


@pytest.mark.parametrize(
    ("method", "headers"), [("head", {}), ("get", {"sec-purpose": "prefetch;prerender"})]
)
def test_whoever_only_looks_where_it_leads_is_not_counted(
    site: Site, folder: Path, method: str, headers: dict[str, str]
) -> None:
    link_of(site)

    answer = getattr(Client(), method)("/to/poster", headers={"user-agent": CHROME, **headers})

    assert answer.status_code == 302
    assert written(folder) == []


def test_a_bot_is_led_on_and_told_apart(site: Site, folder: Path) -> None:
    link_of(site)

    Client().get("/to/poster", headers={"user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"})

    (fact,) = written(folder)
    assert fact["verdict"] == "bot"


def test_a_link_leads_on_even_where_nothing_can_be_counted(site: Site, folder: Path) -> None:
    link_of(site)
    (folder / "sites.json").unlink()

    assert Client().get("/to/poster", headers={"user-agent": CHROME}).status_code == 302


@pytest.mark.parametrize(("slug", "status"), [("poster", 410), ("other", 404), ("a" * 61, 404), ("%00", 404)])
def test_a_link_that_ended_or_never_was_says_so(site: Site, folder: Path, slug: str, status: int) -> None:
    link_of(site)
    Link.objects.update(is_open=False)

    assert Client().get(f"/to/{slug}", headers={"user-agent": CHROME}).status_code == status
    assert Client().post("/to/poster").status_code == 405
    assert written(folder) == []


def test_a_link_takes_the_code_of_its_campaign(site: Site) -> None:
    campaign = Campaign.objects.create(site=site, name="Spring", code="spring-26")
    link = link_of(site, campaign=campaign, slug="")

    assert link.tags["campaign"] == "spring-26"
    assert len(link.slug) == 6


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"target": "javascript:alert(1)"}, "target"),
        ({"target": "ftp://x.example/"}, "target"),
        ({"slug": "a b"}, "slug"),
        ({"slug": "taken"}, "slug"),
        ({"target": "https://x.example/" + "a" * 2_000}, "target"),
    ],
)
def test_what_no_link_can_be_is_refused(site: Site, wrong: dict[str, str], field: str) -> None:
    link_of(site, slug="taken")

    with pytest.raises(ValidationError) as raised:
        link_of(site, **wrong)

    assert list(raised.value.message_dict) == [field]
    assert Link.objects.count() == 1
