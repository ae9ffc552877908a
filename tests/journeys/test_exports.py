"""A day of facts leaves as a file: asked for, watched, downloaded, deleted; and one that leaves by itself."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Open
from zoco.monitor.exports.files import rows_read
from zoco.monitor.exports.models import ExportDay, ExportPlan, ExportRun
from zoco.monitor.exports.services import run_through

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]


def test_facts_are_exported_downloaded_and_scheduled(visit: Open, tmp_path: Path) -> None:
    page = visit("/admin/exports/")
    expect(page.get_by_text("Nothing is exported yet")).to_be_visible()
    page.get_by_label("First day").fill("2015-05-17")
    page.get_by_label("Last day").fill("2015-05-18")
    page.get_by_role("button", name="Export", exact=True).click()
    expect(page.get_by_text("Waiting · 0 of 2 days")).to_be_visible()

    # What the worker would do; the page looks again by itself.
    run_through(key=ExportRun.objects.get().pk)
    expect(page.get_by_text("Done · 2 of 2 days")).to_be_visible()
    with page.expect_download() as downloaded:
        page.get_by_role("link", name="2015-05-17_1.parquet").click()
    downloaded.value.save_as(tmp_path / "day")
    with (tmp_path / "day").open("rb") as file:
        rows = sum(batch.num_rows for batch in rows_read(file, "parquet"))
    assert rows == ExportDay.objects.get(day="2015-05-17").rows > 0

    page.get_by_role("button", name="Delete these files").click()
    expect(page.get_by_text("No file yet")).to_be_visible()

    page = visit("/admin/exports/")
    page.get_by_role("link", name="Add a scheduled export").click()
    page.get_by_label("Site").select_option(label="Honey shop")
    page.get_by_label("Format").select_option("csv")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("link", name="Honey shop")).to_be_visible()
    page = visit("/admin/exports/")
    expect(page.get_by_role("cell", name="Nothing written yet")).to_be_visible()
    assert ExportPlan.objects.get().format == "csv"
