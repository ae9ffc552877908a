"""A letter is sent to an audience in a browser: prepared, tested first, started, watched, and it arrives."""

import os

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Open
from tests.journeys.test_accessible import violations
from zoco.channels.tests.conftest import agreed
from zoco.channels.tests.mailbox import mailbox
from zoco.mail.sending.following import sendings_follow
from zoco.mail.sending.tests.conftest import account_made, audience_of, letter_made
from zoco.testing.channels import batches_sent

pytestmark = [
    pytest.mark.browser,
    pytest.mark.markup,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]


def fits(page: Page, name: str) -> None:
    """See that axe finds nothing wrong and nothing is wider than a phone, which keeps its place."""
    assert violations(page, name) == []
    if folder := os.environ.get("ZOCO_SHOTS"):
        page.screenshot(path=f"{folder}/{name}-wide.png", full_page=True)
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, name
    if folder:
        page.screenshot(path=f"{folder}/{name}-phone.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_letter_is_sent_from_the_browser(visit: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOCO_PRIVATE_NETWORKS", "127.0.0.0/8")
    page = visit("/admin/sendings/")
    with mailbox() as server:
        account_made(server)
        letter_made("News")
        audience_of([agreed(name) for name in ("ana", "bea", "carl")])
        page.get_by_role("link", name="Prepare the first sending").click()
        page.get_by_label("Name").fill("May")
        page.get_by_label("Letter").select_option("News")
        page.get_by_label("Audience").select_option("all (3)")
        fits(page, "new")
        page.get_by_role("button", name="Go on").click()
        expect(page.get_by_text("Nothing speaks against it.")).to_be_visible()
        page.get_by_role("link", name="Test first…").click()
        page.get_by_label("Another subject (English)").nth(1).fill("Sweet")
        page.get_by_label("tested on").fill("66")
        fits(page, "test")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("English: “Sweet”")).to_be_visible()
        fits(page, "draft")
        page.get_by_role("link", name="Look and start…").click()
        fits(page, "start")
        page.get_by_role("button", name="Send it to 3 people").click()
        expect(page.get_by_text("of 3 people")).to_be_visible()
        sendings_follow(now=timezone.now())
        batches_sent()
        expect(page.locator("#z-progress dd").first).to_have_text("2")
        fits(page, "going")
        page.get_by_role("button", name="Stop for good").click()
        expect(page.get_by_role("heading", name="How far it is")).to_contain_text("stopped")
        assert sorted(str(mail["Subject"]) for mail in server.letters) == ["Honey", "Sweet"]
