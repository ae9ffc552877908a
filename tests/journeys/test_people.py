"""Somebody is added, found, tagged and noted; each page by itself, also on a phone."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Open
from tests.journeys.test_accessible import violations

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]


def test_somebody_is_added_found_and_written_about(visit: Open) -> None:
    page = visit("/admin/people/")
    expect(page.get_by_text("Nobody is known yet")).to_be_visible()
    page.get_by_role("link", name="New person").first.click()
    page.get_by_label("Address or number").fill("ana@shop.example")
    page.get_by_label("Given name").fill("Ana")
    assert violations(page, "the form of a person") == []
    page.get_by_role("button", name="Add the person").click()
    expect(page.get_by_role("heading", name="May be written to")).to_be_visible()
    page.get_by_label("New tag").fill("fair")
    page.get_by_label("New tag").press("Enter")
    expect(page.locator("#z-tags").get_by_text("fair")).to_be_visible()
    page.get_by_label("New note").fill("Wants honey.")
    page.get_by_role("button", name="Keep the note").click()
    expect(page.locator("#z-notes").get_by_text("Wants honey.")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert violations(page, "a person") == []

    page.get_by_role("link", name="All people").click()
    page.get_by_label("Search people").fill("ana")
    page.get_by_role("button", name="Search", exact=True).last.click()
    expect(page.get_by_text("1–1 of 1").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert violations(page, "people") == []
