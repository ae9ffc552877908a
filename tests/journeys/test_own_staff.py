"""Colleagues mark their browsers by the page of the link; what the tracker does of it is in test_tracker."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_the_page_of_the_link_works_on_a_phone(visit: Any, site: Any) -> None:
    from zoco.sites.blocking.own_browsers import link_token
    from zoco.sites.models import Site

    shop = Site.objects.order_by("id").get(slug=site.slug)
    shop.hostnames.get_or_create(name="localhost")
    page = visit(f"/own-browser/{link_token(shop)}/", width=390, signed_in=False)
    page.goto(page.url.replace("127.0.0.1", "localhost"))
    page.get_by_role("button", name="Do not count me").click()
    expect(page.get_by_role("status")).to_have_text("It is marked: your visits count as own staff.")
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Count me again").press("Enter")

    expect(page.get_by_role("status")).to_have_text("It is not marked: your visits count like everybody’s.")
