"""From a campaign to a link that is followed and counted."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.conftest import Open

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]


def test_a_campaigns_link_is_made_with_the_right_tags_and_shown_as_a_picture(
    visit: Open, browser: Browser, live_server: Any, tmp_path: Path
) -> None:
    page = visit("/admin/campaigns/new/")
    page.get_by_label("Name").fill("Spring sale")
    page.get_by_label("Code").fill("spring-sale")
    page.get_by_label("Budget").fill("500")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("link", name="Figures of Spring sale")).to_be_visible()

    page.goto(f"{live_server.url}/admin/links/")
    page.get_by_label("Page", exact=False).first.fill("https://honey.example/sale")
    page.get_by_label("Campaign", exact=False).first.fill("spring_sale")
    page.get_by_label("Source").fill("poster")
    page.get_by_label("Medium").fill("print")
    page.keyboard.press("Enter")
    expect(page.get_by_text("spring_sale is spring-sale, written differently")).to_be_visible()

    page.get_by_label("Campaign", exact=False).first.fill("spring-sale")
    page.get_by_role("button", name="Put the tags on").click()
    expect(page.get_by_label("Address with tags")).to_have_value(
        "https://honey.example/sale?utm_source=poster&utm_medium=print&utm_campaign=spring-sale"
    )
    page.get_by_label("short name").fill("poster")
    page.get_by_role("button", name="Keep it as a short link").click()
    expect(page.get_by_role("link", name="/to/poster")).to_be_visible()
    page.screenshot(path=str(tmp_path / "links.png"), full_page=True)

    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.goto(f"{live_server.url}/admin/tags/")
    expect(page.get_by_text("Spring sale")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
