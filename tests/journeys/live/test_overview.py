"""What visitors do on a site appears on its overview without a reload, and disturbs nobody."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.live.screen import SECONDS, Enter, appears, bot_comes, figure, overview
from tests.operate.running import Running

pytestmark = [pytest.mark.browser, pytest.mark.alone, pytest.mark.timeout(300)]


def test_what_a_visitor_does_is_on_the_overview_within_five_seconds_without_a_reload(
    enter: Enter,
    running: Running,
    shop: str,
    visitor: Page,
) -> None:
    page = overview(enter("ana"), "?tabs=events")
    expect(page.get_by_text("No visits yet")).to_be_visible()
    expect(page.get_by_text("0 people now")).to_be_visible()
    page.evaluate("window.isStillTheSame = true")
    pages = page.locator("[data-z-panel*='/pages/']")

    bot_comes(running)
    expect(page.get_by_text("Only bots came")).to_be_visible()
    expect(page.get_by_role("link", name="Show bots")).to_have_attribute("href", re.compile("verdicts=bots"))
    page.wait_for_timeout(SECONDS * 1000)

    visitor.goto(f"{shop}/live/one")
    appears(lambda: pages.get_by_role("link", name="/live/one").count() == 1, page)
    expect(page.get_by_text("1 person now")).to_be_visible()
    assert (figure(page, "Visitors"), figure(page, "Page views")) == ("1", "1")
    page.wait_for_timeout(SECONDS * 1000)

    visitor.evaluate("history.pushState({}, '', '/live/two')")
    appears(lambda: pages.get_by_role("link", name="/live/two").count() == 1, page)
    assert (figure(page, "Visitors"), figure(page, "Page views")) == ("1", "2")
    page.wait_for_timeout(SECONDS * 1000)

    visitor.evaluate("zoco('sign up')")
    events = page.locator("[data-z-panel*='/events/']")
    appears(lambda: events.get_by_role("link", name="sign up").count() == 1, page)
    assert events.locator("td.num").all_inner_texts() == ["1", "1"]  # counted once, of one visitor
    assert page.evaluate("window.isStillTheSame")
    expect(page.locator(".z-stale")).to_be_hidden()


def test_the_reader_is_not_disturbed(
    enter: Enter,
    shop: str,
    visitor: Page,
) -> None:
    visitor.goto(f"{shop}/before/")
    page = overview(enter("eva"), "?tabs=systems")
    pages = page.get_by_role("tabpanel", name="Pages")
    row = pages.get_by_role("link", name="/before/").first
    appears(lambda: row.count() == 1, page, 15)
    row.focus()
    top = page.evaluate("document.scrollingElement.scrollTop")

    visitor.goto("about:blank")
    visitor.context.clear_cookies()
    visitor.goto(f"{shop}/after/")
    views = figure(page, "Page views")
    appears(lambda: figure(page, "Page views") != views, page, 8)

    expect(row).to_be_focused()
    assert page.evaluate("document.scrollingElement.scrollTop") == top
    expect(page.get_by_role("tab", name="Systems")).to_have_attribute("aria-selected", "true")

    page.get_by_role("link", name="Computed how?").click()
    expect(page.locator("#z-drawer")).to_be_focused()
    views = figure(page, "Page views")
    visitor.goto(f"{shop}/behind-the-drawer/")
    page.wait_for_timeout(8_000)
    assert figure(page, "Page views") == views
    page.keyboard.press("Escape")
    appears(lambda: figure(page, "Page views") != views, page)


def test_figures_that_cannot_be_renewed_stay_and_tell_their_age(
    enter: Enter,
    shop: str,
    visitor: Page,
) -> None:
    context = enter("leo")
    visitor.goto(f"{shop}/old/")
    page = overview(context)
    expect(page.locator(".z-now")).to_have_text(re.compile("now"))
    appears(lambda: page.locator(".z-figs").count() == 1, page, 15)
    page.wait_for_timeout(6_000)
    views = figure(page, "Page views")
    page.route("**/fresh/**", lambda route: route.fulfill(status=200, content_type="text/html", body="<p>"))

    visitor.goto(f"{shop}/unseen/")

    expect(page.get_by_text("newer ones could not be fetched")).to_be_visible()
    assert figure(page, "Page views") == views
    page.unroute("**/fresh/**")
    expect(page.get_by_text("newer ones could not be fetched")).to_be_hidden()
    assert figure(page, "Page views") != views
