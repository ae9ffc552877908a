"""Whose address it is: proxies that are trusted, and all others."""

from pathlib import Path

import pytest

from zoco.collector.live.here import LOOK_SECONDS, Here, is_local
from zoco.collector.tests.live.conftest import salts
from zoco.sites import published
from zoco.sites.published import Published, PublishedSite, SitesUnpublished


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),  # forged: nobody vouches for the peer
        ("10.1.2.3", [], "10.1.2.3"),
        ("10.1.2.3", ["198.51.100.1"], "198.51.100.1"),
        ("10.1.2.3", ["6.6.6.6, 198.51.100.1"], "198.51.100.1"),  # what stands left of it is its own word
        ("10.1.2.3", ["6.6.6.6", "198.51.100.1, 10.9.9.9"], "198.51.100.1"),
        ("10.1.2.3", ["198.51.100.1:4711"], "198.51.100.1"),
        ("10.1.2.3", ["[2001:db8::5]:4711"], "2001:db8::5"),
        ("10.1.2.3", ["2001:db8::5"], "2001:db8::5"),
        ("10.1.2.3", ["unknown, 10.9.9.9"], "10.9.9.9"),
        ("10.1.2.3", ["198.51.100.1, nonsense"], "10.1.2.3"),
        ("::ffff:10.1.2.3", ["198.51.100.1"], "198.51.100.1"),
        ("fd00::1", ["198.51.100.1"], "198.51.100.1"),
        ("10.1.2.3", [", ".join(["10.0.0.1"] * 5_000)], "10.0.0.1"),
    ],
)
def test_the_client_is_the_last_hop_that_no_trusted_proxy_is(
    sites: Path, peer: str, forwarded: list[str], client: str
) -> None:
    here = Here(sites)
    here.look()
    assert here.client(peer, forwarded) == client


def test_what_is_published_anew_is_read(sites: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = Here(sites)
    here.look()
    assert here.site_of("new.example") is None

    site = PublishedSite(
        id=9, slug="new", name="New", zone="UTC", currency="EUR", hostnames=("new.example",), salts=salts()
    )
    published.write(sites, Published(sites=(site,)))
    monkeypatch.setattr(here, "_looked_at", here._looked_at - 2 * LOOK_SECONDS)
    here.look()

    found = here.site_of("www.new.example:443")
    assert found is not None
    assert found.id == 9
    assert here.site_of("shop.example") is None


def test_before_anything_is_published_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(SitesUnpublished, match="zoco up"):
        Here(tmp_path / "sites.json").look()


def test_local_networks_are_told_apart() -> None:
    assert is_local("192.168.1.4")
    assert is_local("::1")
    assert not is_local("81.0.32.7")
    assert not is_local("")
