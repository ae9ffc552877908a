"""Tabs of one browser and the stream that they share."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.live.screen import Enter, appears, live, overview

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def test_tabs_of_a_browser_share_one_stream_and_hand_it_on(
    enter: Enter,
    shop: str,
    visitor: Page,
) -> None:
    context = enter("leo")
    opened = live(context)
    first, second = overview(context), overview(context)
    for page in (first, second):
        expect(page.locator(".z-now")).to_have_text(re.compile("now"))
    assert opened == ["200 live?site=shop"]

    visitor.goto(f"{shop}/shared/")
    for page in (first, second):
        expect(page.locator("[data-z-panel*='/pages/']").get_by_role("link", name="/shared/")).to_be_visible()
    assert len(opened) == 1

    first.close()
    appears(lambda: len(opened) == 2, second)
    visitor.goto(f"{shop}/handed-on/")
    pages = second.locator("[data-z-panel*='/pages/']")
    appears(lambda: pages.get_by_role("link", name="/handed-on/").count() == 1, second, 7)


def test_a_browser_without_the_stream_asks_as_before(enter: Enter) -> None:
    context = enter("leo")
    context.add_init_script("delete window.EventSource")
    opened = live(context)
    page = overview(context)

    expect(page.locator(".z-now")).to_have_text(re.compile("now"))
    assert opened == []


def test_hidden_tabs_hold_no_stream(enter: Enter) -> None:
    context = enter("leo")
    opened, ended = live(context), []
    context.on(
        "requestfailed", lambda request: ended.append(request.url) if "/live?" in request.url else None
    )
    pages = [overview(context), overview(context)]
    for page in pages:
        expect(page.locator(".z-now")).to_have_text(re.compile("now"))
    appears(lambda: (len(opened), len(ended)) == (1, 0), pages[1])

    hide(pages[0])
    appears(lambda: (len(opened), len(ended)) == (2, 1), pages[1])
    hide(pages[1])
    appears(lambda: (len(opened), len(ended)) == (2, 2), pages[1])
    hide(pages[0], is_hidden=False)
    appears(lambda: (len(opened), len(ended)) == (3, 2), pages[1])


def hide(page: Page, *, is_hidden: bool = True) -> None:
    """Let a page believe that it is hidden: nothing really hides one here."""
    page.evaluate(
        "is => { Object.defineProperty(document, 'hidden', { value: is, configurable: true });"
        " document.dispatchEvent(new Event('visibilitychange')); }",
        is_hidden,
    )


def test_without_locks_each_tab_has_a_stream_of_its_own(enter: Enter, shop: str, visitor: Page) -> None:
    context = enter("leo")
    context.add_init_script("Object.defineProperty(navigator, 'locks', { value: undefined })")
    opened = live(context)
    pages = [overview(context), overview(context)]
    appears(lambda: len(opened) == 2, pages[1])

    visitor.goto(f"{shop}/unlocked/")

    for page in pages:
        expect(
            page.locator("[data-z-panel*='/pages/']").get_by_role("link", name="/unlocked/")
        ).to_be_visible()
