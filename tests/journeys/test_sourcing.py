"""From a fact to the reason for its channel, and to a rule that changes it."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import PERIOD, Open

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]


def test_a_rule_is_made_from_the_reason_of_a_fact(visit: Open) -> None:
    page = visit(f"/admin/ledger/reports/facts/?period={PERIOD}")

    page.get_by_title("Why?").first.click()
    result = page.locator(".z-gap[role=status]")
    expect(result.locator("b")).to_have_text("Referral")
    expect(result).to_contain_text("Rule 16: the medium is one of: referral, app, link.")

    page.get_by_role("link", name="Add a rule").click()
    page.get_by_label("Source channel").fill("Partners")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_text("Say at least one thing that visits must fit.")).to_be_visible()
    page.get_by_label("Source", exact=True).fill("partner-*")
    page.get_by_role("button", name="Create").click()
    page.get_by_label("Address of the landing page").fill("/?utm_source=partner-7&utm_medium=cpc")
    page.keyboard.press("Enter")

    expect(page.locator(".z-gap[role=status]").locator("b")).to_have_text("Partners")
    expect(page.get_by_text("Your rule 1: the source is partner-*.")).to_be_visible()
