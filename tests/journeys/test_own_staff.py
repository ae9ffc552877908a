"""Colleagues mark their browsers: by the page of the link, and on another host by the tracker."""

import json
import time
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, expect

from tests.journeys.test_consent import context, cookies, opened, running, shop
from tests.operate.running import Running

__all__ = ["context", "running", "shop"]
pytestmark = pytest.mark.browser


def verdicts(folder: Running, count: int) -> dict[str, str]:
    """Return the verdict of each page viewed, once there are so many."""
    from zoco.ledger.store.duckdb.store import DuckStore

    store = DuckStore(folder.folder, lead=False)
    sql = "SELECT path, verdict FROM facts WHERE name = 'web.page.viewed' AND starts_with(path, '/en/own')"
    end = time.monotonic() + 15
    try:
        while len(rows := store.query(sql).to_pylist()) < count and time.monotonic() < end:
            time.sleep(0.1)
        return {row["path"]: row["verdict"] for row in rows}
    finally:
        store.close()


def test_the_tracker_marks_a_browser_by_the_link_and_takes_it_back(
    running: Running, shop: str, context: BrowserContext
) -> None:
    (site,) = json.loads((running.folder / "sites.json").read_text())["sites"]
    page = opened(context, f"{shop}/en/own/1#zoco_staff={site['staff_mark']}")
    assert page.url == f"{shop}/en/own/1#"
    cookie = cookies(context)["zoco_staff"]
    assert (cookie["value"], cookie["sameSite"]) == (site["staff_mark"], "Lax")
    page.goto(f"{shop}/en/own/2")
    page.goto(f"{shop}/en/own/3#zoco_staff=no")
    page.goto(f"{shop}/en/own/4")
    page.goto("about:blank")

    found = verdicts(running, 4)

    assert {path for path, verdict in found.items() if verdict == "staff"} == {"/en/own/1", "/en/own/2"}
    assert len(found) == 4


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
