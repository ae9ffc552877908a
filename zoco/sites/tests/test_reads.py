"""Reads of sites."""

from datetime import date

import pytest

from zoco.ledger import sitebook
from zoco.sites import reads
from zoco.sites.models import CountingOrigin, Hostname, Site

pytestmark = pytest.mark.django_db


def test_the_ledger_is_told_the_sites_the_default_one_first() -> None:
    first = Site.objects.create(slug="shop", name="Shop", zone="Europe/Madrid")
    Hostname.objects.create(site=first, name="shop.example")
    Site.objects.create(slug="blog", name="Blog")
    reads.forget()

    told = sitebook.sites()

    assert [info.slug for info in told] == ["shop", "blog"]
    assert told[0].hostnames == ("shop.example",)
    assert told[0].counting == "tracker"
    assert sitebook.site().slug == "shop"


def test_demo_is_never_the_default_while_there_is_another_site() -> None:
    Site.objects.create(slug="demo", name="La Alacena", is_demo=True)
    Site.objects.create(slug="shop", name="Shop")
    reads.forget()

    assert [info.slug for info in sitebook.sites()] == ["shop", "demo"]
    assert sitebook.site().slug == "shop"


def test_counting_origin_is_the_latest_that_has_begun() -> None:
    site = Site.objects.create(slug="shop", name="Shop")
    CountingOrigin.objects.create(site=site, origin="log", since=date(2026, 1, 1))
    CountingOrigin.objects.create(site=site, origin="tracker", since=date(2026, 3, 1))

    assert reads.counting_on(site, date(2025, 12, 31)) == "tracker"
    assert reads.counting_on(site, date(2026, 1, 1)) == "log"
    assert reads.counting_on(site, date(2026, 2, 28)) == "log"
    assert reads.counting_on(site, date(2026, 3, 1)) == "tracker"
