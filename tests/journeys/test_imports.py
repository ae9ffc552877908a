"""From another program's export to its days in the curve, and out again."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Open
from zoco.monitor.imports.models import ImportRun
from zoco.monitor.imports.services import put_through, read_through
from zoco.monitor.tests.imports import made

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]


def test_an_export_is_uploaded_looked_at_imported_and_seen(visit: Open, tmp_path: Path) -> None:
    page = visit("/admin/imports/")
    expect(page.get_by_text("Nothing is imported yet")).to_be_visible()

    page.get_by_label("Made by").select_option("plausible")
    page.get_by_label("File", exact=False).first.set_input_files(
        made.written(tmp_path, "export.zip", made.plausible())
    )
    page.get_by_role("button", name="Upload and look").click()
    expect(page.get_by_text("Being read")).to_be_visible()

    # What the worker would do; the page looks again by itself.
    read_through(key=ImportRun.objects.get().pk)
    expect(page.get_by_text("Read, not imported")).to_be_visible()
    expect(page.locator("dl.z-kv")).to_contain_text("28 – 29 Feb 2024")
    expect(page.get_by_text("it names no day, or none that can be")).to_be_visible()

    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("Being imported")).to_be_visible()
    put_through(key=ImportRun.objects.get().pk)
    page.get_by_role("link", name="See them in the curve").click()

    expect(page.locator(".z-key", has_text="imported from Plausible")).to_be_visible()
    expect(page.locator("[data-z-curve] canvas")).to_be_visible()
    page.locator("[data-z-curve]").focus()
    page.keyboard.press("Home")
    expect(page.locator("[data-z-curve]")).to_have_attribute(
        "aria-valuetext", re.compile(r"28\sFeb\s2024: 5;")
    )

    page = visit(f"/admin/imports/{ImportRun.objects.get().pk}/")
    page.get_by_role("link", name="Undo: takes these days out").click()
    page.get_by_role("button", name="Undo: takes these days out").click()
    expect(page.locator("p.z-state", has_text="Undone")).to_be_visible()
