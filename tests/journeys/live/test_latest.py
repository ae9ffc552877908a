"""The page "Live": what comes in and what is refused is there within five seconds, and disturbs nobody."""

import json
import re
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.live.screen import SECONDS, Enter, appears, bot_comes
from tests.journeys.test_everywhere import overflow
from tests.operate.running import Running

pytestmark = [pytest.mark.browser, pytest.mark.alone, pytest.mark.timeout(300)]


def refuse(running: Running) -> None:
    """Tell of a page of a host that no site has."""
    view = json.dumps({"url": "http://else.example/"}).encode()
    with pytest.raises(HTTPError):
        urlopen(Request(f"http://127.0.0.1:{running.port}/e", view), timeout=10)


def test_facts_and_refusals_as_they_happen(enter: Enter, running: Running, shop: str, visitor: Page) -> None:
    page = enter("ana").new_page()
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto("/admin/live-facts/")
    rows = page.locator("[data-z-line]")
    expect(page.get_by_text("Nothing came in within the last 24 hours")).to_be_visible()

    visitor.goto(f"{shop}/live/")
    appears(lambda: rows.filter(has_text="/live/").count() == 1, page)
    expect(rows.filter(has_text="/live/")).to_contain_text("this browser")
    expect(rows.filter(has_text="/live/").get_by_title("Why?")).to_have_text("Direct")
    expect(page.get_by_role("status").filter(has_text="Newer ones came in.")).to_be_visible()

    visitor.evaluate("zoco('sign up', {plan: 'gold'})")
    appears(lambda: rows.filter(has_text="sign up").count() == 1, page)
    details = rows.filter(has_text="sign up").get_by_text("Properties", exact=True).last
    details.click()
    expect(page.get_by_text('"plan": "gold"')).to_be_visible()

    refuse(running)
    appears(lambda: rows.filter(has_text="else.example").count() == 1, page, SECONDS + 2)
    expect(rows.filter(has_text="else.example")).to_contain_text(
        "Add the host to the host names of its site."
    )
    expect(page.get_by_text('"plan": "gold"')).to_be_visible()  # still open
    assert overflow(page) == 0


def test_it_pauses_and_shows_this_browser_alone(
    enter: Enter, running: Running, shop: str, visitor: Page
) -> None:
    page = enter("eva").new_page()
    page.goto("/admin/live-facts/")
    rows = page.locator("[data-z-line]")
    visitor.goto(f"{shop}/live/")

    page.get_by_role("button", name="Pause").click()
    bot_comes(running)
    page.wait_for_timeout(SECONDS * 1000)
    assert rows.filter(has_text="seen-by-a-bot").count() == 0
    page.get_by_role("button", name="Go on").press("Enter")
    appears(lambda: rows.filter(has_text="seen-by-a-bot").count() == 1, page)
    expect(rows.filter(has_text="seen-by-a-bot")).to_contain_text("Googlebot")

    page.get_by_label("Only this browser").check()
    page.get_by_label("Text").fill("live")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("mine=1"))
    expect(rows.filter(has_text="seen-by-a-bot")).to_have_count(0)
    expect(rows.filter(has_text="/live/").first).to_be_visible()
