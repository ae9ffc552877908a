"""A dashboard shared by a link: made in the admin, looked at without an account, taken back."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PERIOD, Open
from tests.journeys.test_accessible import SCREENS, violations
from zoco.project.entry.keys.pace import pace

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
OVERVIEW = f"/admin/ledger/reports/overview/traffic/?period={PERIOD}"
PAGES = ("", "?how=1&f.device=phone", "pages/", "traffic/?grain=hour", "pages/?f.path=/none", "bots/")
CLIPBOARD = ["clipboard-read", "clipboard-write"]


@pytest.fixture(autouse=True)
def _unhurried() -> None:
    pace.clear()


def share(page: Page, name: str) -> str:
    """Make a link to the overview that is open; return its address."""
    page.get_by_role("link", name="Share…").click()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Make the link").click()
    field = page.get_by_label("Link", exact=True)
    expect(field).to_be_visible()
    return field.input_value()


def path_of(address: str) -> str:
    return "/" + address.split("/", 3)[3]


def loaded(page: Page) -> None:
    expect(page.locator("[aria-busy]")).to_have_count(0)


def test_link_is_made_looked_at_and_taken_back(visit: Open) -> None:
    page = visit(f"{OVERVIEW}&f.channel=organic_search", permissions=CLIPBOARD)
    address = share(page, "For Bea")
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == address
    page.get_by_role("link", name="I have kept it").click()
    expect(page.get_by_role("row", name="For Bea")).to_contain_text("open")

    stranger = visit(path_of(address), signed_in=False)
    loaded(stranger)
    expect(stranger.get_by_role("heading", level=1)).to_contain_text("Honey shop")
    expect(stranger.get_by_text("Demo data")).to_be_visible()
    expect(stranger.locator(".z-chip")).to_have_text("Source channel is Organic search")
    expect(stranger.locator(".z-chip a")).to_have_count(0)
    pages = stranger.locator("#z-of-pages")
    expect(pages).to_contain_text("rows are not shown")
    pages.get_by_role("link", name="/page-1", exact=True).click()
    expect(stranger.locator(".z-chip")).to_have_count(2)
    loaded(stranger)
    pages.get_by_role("link", name="Details").click()
    expect(stranger.locator(".z-t tbody tr")).to_have_count(1)
    stranger.get_by_role("link", name="Computed how?").click()
    drawer = stranger.get_by_role("complementary", name="How is this computed")
    expect(drawer).to_contain_text("groups of fewer than 5 visitors")
    expect(drawer.get_by_text("Query")).to_have_count(0)

    page.get_by_role("link", name="Revoke For Bea…").click()
    page.get_by_role("button", name="Revoke: the address shows nothing any more").click()
    expect(page.get_by_role("row", name="For Bea")).to_contain_text("revoked")
    stranger.reload()
    expect(stranger.get_by_role("heading", level=1)).to_have_text("This link shows nothing")


@pytest.mark.parametrize("screen", SCREENS)
def test_no_page_of_a_link_has_a_violation(visit: Open, live_server: Any, screen: str) -> None:
    admin = visit(OVERVIEW, **SCREENS[screen])
    address = share(admin, "For Bea")
    found = violations(admin, "made")
    for path in ("/admin/shared-links/", "/admin/shared-links/new/"):
        admin.goto(live_server.url + path)
        found += violations(admin, path)
    page = visit("/shared/nothing/", signed_in=False, **SCREENS[screen])
    found += violations(page, "gone")
    for path in (
        "",
        "?how=1&f.device=phone",
        "pages/",
        "traffic/?grain=hour",
        "pages/?f.path=/none",
        "bots/",
    ):
        page.goto(address + path)
        found += violations(page, path)
        room = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert room[0] <= room[1], path

    assert "\n".join(found) == ""
