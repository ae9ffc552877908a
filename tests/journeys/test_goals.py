"""From a report that asks for a goal to the goal's figures, and to the visits that reached it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PERIOD, Open
from tests.journeys.test_accessible import violations

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
GOALS = f"/admin/ledger/reports/goals/?period={PERIOD}"


def figure(page: Page, label: str) -> str:
    """Return a figure of the strip."""
    found = page.locator(".z-figs > *").filter(has_text=re.compile(f"^\\s*{label}")).locator(".z-v")
    return found.inner_text().strip()


def test_a_goal_is_set_counted_over_the_past_and_filters(visit: Open) -> None:
    page = visit(GOALS)
    expect(page.get_by_text("No goals yet")).to_be_visible()

    page.get_by_role("link", name="Set a goal").click()
    expect(page.get_by_label("Event or form")).to_be_hidden()
    page.get_by_label("Name").fill("Third page")
    page.get_by_label("Page", exact=True).fill("page-2")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_text("A path begins with a slash")).to_be_visible()
    page.wait_for_timeout(1_500)  # Wagtail's message fades in
    assert violations(page, "the form with an error") == []
    page.get_by_label("Page", exact=True).fill("/page-2")
    page.get_by_role("button", name="Create").click()
    expect(page.locator("main").get_by_text("page /page-2")).to_be_visible()

    page.goto(page.url.split("/admin/")[0] + GOALS)
    expect(page.locator(".z-t tbody th a")).to_have_text(["Third page"])
    assert figure(page, "Times reached") == "40"
    page.get_by_role("link", name="Third page", exact=True).click()
    expect(page.locator(".z-t tbody tr")).to_have_count(1)
    assert "f.goal=Third+page" in page.url or "f.goal=Third%20page" in page.url
    page.goto(page.url.replace("/goals/", "/pages/"))
    expect(page.locator(".z-t tbody th a").first).to_have_text("/page-0")
    expect(page.get_by_role("link", name="Remove the filter: Goal reached is Third page")).to_be_visible()


def test_each_kind_shows_its_own_fields(visit: Open) -> None:
    page = visit("/admin/goals/new/")

    for kind, label in (
        ("event", "Properties"),
        ("form", "Event or form"),
        ("revenue", "Amount at least"),
        ("engagement", "Seconds at least"),
    ):
        page.get_by_label("Reached when").select_option(kind)
        expect(page.get_by_label(label)).to_be_visible()
        expect(page.get_by_label("Page", exact=True)).to_be_hidden()
        assert violations(page, f"the form of {kind}") == []
    page.get_by_label("Name").fill("Long visit")
    page.get_by_label("Seconds at least").fill("90")
    page.get_by_label("Pages at least").fill("3")
    page.get_by_role("button", name="Create").click()
    expect(page.locator("main").get_by_text("1 min 30 s and 3 pages in one visit")).to_be_visible()


def test_the_overview_has_conversions_beside_visitors(visit: Open) -> None:
    page = visit(f"/admin/ledger/reports/overview/traffic/?period={PERIOD}")

    expect(page.get_by_role("tab", name="Goals")).to_be_visible()
    expect(page.get_by_text("No goals yet")).to_be_visible()
    assert figure(page, "Conversions") == "–"
