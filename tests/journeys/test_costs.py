"""What a campaign cost: typed for a day, read from a file, held against its budget."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import SITE_ID, Open
from zoco.campaigns.costs.importing import running
from zoco.campaigns.models import Campaign, Cost, CostImport

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]


def through(page: Any) -> None:
    """Do what the worker would, and look again."""
    running.through(key=CostImport.objects.get().pk)
    page.reload()


def test_costs_are_typed_read_from_a_file_and_held_against_the_budget(
    visit: Open, live_server: Any, tmp_path: Path
) -> None:
    page = visit("/admin/costs/")
    expect(page.get_by_text("No campaigns yet")).to_be_visible()
    Campaign.objects.create(site_id=SITE_ID, name="Spring sale", code="spring-sale", budget=500)
    page.reload()
    page.get_by_role("link", name="Spring sale").click()
    page.get_by_label("Day", exact=False).first.fill("2015-05-17")
    page.get_by_label("Source").fill("google")
    page.get_by_label("Amount").first.fill("100")
    page.keyboard.press("Enter")
    expect(page.get_by_role("cell", name="€100.00")).to_be_visible()

    file = tmp_path / "costs.csv"
    file.write_text(
        "date,campaign,amount,source\n2015-05-18,spring-sale,25.50,google\nnever,spring-sale,1,x\n"
    )
    page.goto(f"{live_server.url}/admin/costs/imports/")
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Upload and look").click()
    page.wait_for_url("**/costs/imports/*/")
    through(page)
    page.get_by_role("button", name="See what would come of it").click()
    through(page)
    expect(page.get_by_text("No day, or not written as")).to_be_visible()
    page.get_by_role("button", name="Import", exact=True).click()
    through(page)
    expect(page.get_by_text("Download the rows that are refused")).to_be_visible()
    page.goto(f"{live_server.url}/admin/costs/")
    expect(page.get_by_role("row", name="Spring sale")).to_contain_text("€125.50")

    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert Cost.objects.count() == 2
