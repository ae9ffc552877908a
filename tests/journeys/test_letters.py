"""A letter is begun, its blocks added and moved by keyboard, saved, previewed as somebody, and checked."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Open
from tests.journeys.test_accessible import violations
from zoco.mail.editing.models import Letter
from zoco.people.identities import identity_read
from zoco.people.writing import Incoming, people_write

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]


def is_right(page: Page, name: str) -> bool:
    """Say whether a page has no violation, and nothing wider than a phone."""
    assert violations(page, name) == []
    page.set_viewport_size({"width": 390, "height": 844})
    wide = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size({"width": 1280, "height": 900})
    return bool(wide <= 390)


def written(page: Page) -> None:
    """Add a block, move it, put a placeholder in, meet what is wrong, mend it."""
    page.get_by_text("Add a block after block 2").click()
    page.get_by_role("button", name="Button", exact=True).locator("visible=true").press("Enter")
    expect(page.locator("#z-editor [data-z-told]")).to_contain_text("Done.")
    block = page.get_by_role("group", name="3 · Button")
    expect(block).to_be_focused()
    block.get_by_label("Words of the button").fill("To the shop")
    block.get_by_label("Leads to").fill("javascript:1")
    page.get_by_role("button", name="Move block 3 up").press("Enter")
    expect(page.get_by_role("group", name="2 · Button")).to_be_focused()
    text = page.get_by_role("textbox", name="Text").first
    text.fill("Dear ")
    text.press("End")
    page.get_by_text("What can be filled in for each person").click()
    page.get_by_role("button", name="Put in: given name", exact=True).click()
    expect(text).to_contain_text("Dear {{ person.given_name")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_text("A letter cannot lead to javascript:1")).to_be_visible()
    assert is_right(page, "the editor")
    page.get_by_role("group", name="2 · Button").get_by_label("Leads to").fill("https://shop.example/")
    page.get_by_role("button", name="Save and preview").click()


def previewed(page: Page) -> None:
    """Read the letter as somebody, on a dark phone."""
    page.get_by_label("Read it as").fill("ana")
    page.get_by_role("button", name="Search", exact=True).last.click()
    page.get_by_role("link", name="Ana").click()
    expect(page.get_by_role("heading", name="Welcome, Ana")).to_be_visible()
    frame = page.frame_locator("iframe.z-sheet")
    expect(frame.get_by_text("Dear Ana")).to_be_visible()
    page.get_by_role("link", name="dark", exact=True).click()
    page.get_by_role("link", name="as a phone").click()
    expect(frame.locator(".z-sheet").first).to_have_css("background-color", "rgb(34, 34, 34)")
    assert is_right(page, "the preview")


def test_a_letter_is_written_previewed_and_checked(visit: Open) -> None:
    from django.utils import timezone

    named = identity_read("email", "ana@shop.example")
    people_write([Incoming((named,), fields={"given_name": "Ana"})], at=timezone.now())
    page = visit("/admin/letters/")
    expect(page.get_by_text("No letters yet")).to_be_visible()
    page.get_by_role("link", name="Write the first letter").click()
    page.get_by_role("link", name="Welcome letter").click()
    assert is_right(page, "a new letter")
    page.get_by_label("Name", exact=False).first.fill("Hello")
    page.get_by_role("button", name="Begin to write").click()

    written(page)
    previewed(page)
    page.get_by_role("link", name="Hello").click()
    assert is_right(page, "a letter")
    page.get_by_role("link", name="Check before sending").click()
    expect(page.get_by_text("There is no postal address.")).to_be_visible()
    assert is_right(page, "checks")
    page.get_by_role("link", name="Letters").last.click()
    expect(page.get_by_role("cell", name="marketing")).to_be_visible()
    assert is_right(page, "letters")
    assert Letter.objects.get().editions.get().blocks[1]["value"]["link"] == "https://shop.example/"
