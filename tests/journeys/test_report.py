"""From the log-in to the facts behind a figure."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PERIOD, Open

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
NAMES = ".z-t tbody th a"
PAGES = f"/admin/ledger/reports/pages/?period={PERIOD}"


def rows(page: Page) -> list[str]:
    """Return the names of the rows that the table shows."""
    return page.locator(NAMES).all_inner_texts()


def shows(page: Page, *names: str) -> None:
    """Wait until the table shows just these rows."""
    expect(page.locator(NAMES)).to_have_text(list(names))


def test_reader_signs_in_and_finds_the_report_in_the_menu(visit: Open) -> None:
    page = visit("/admin/", signed_in=False)

    page.fill("[name=username]", "ana")
    page.fill("[name=password]", "hexagon-comb-12")
    page.click("button[type=submit]")
    page.get_by_role("button", name="Monitor").click()
    page.locator("#wagtail-sidebar a[href$='/reports/pages/']").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Pages")
    expect(page.get_by_text("Demo data")).to_be_visible()
    expect(page.get_by_text("No visits", exact=False).first).to_be_visible()
    page.get_by_role("link", name=re.compile("^Go to ")).click()
    expect(page.locator(".z-t tbody tr").first).to_be_visible()


def test_click_filters_and_the_chip_takes_the_filter_away_again(visit: Open) -> None:
    page = visit(PAGES)
    assert rows(page)[:2] == ["/page-0", "/page-1"]

    page.get_by_role("link", name="/page-1", exact=True).click()

    shows(page, "/page-1")
    assert "f.path=/page-1" in page.url
    page.get_by_role("link", name="Remove the filter: Page is /page-1").click()
    expect(page.locator(NAMES)).to_have_count(50)
    assert rows(page)[:2] == ["/page-0", "/page-1"]


def test_filter_form_works_without_a_script(visit: Open) -> None:
    page = visit(PAGES, java_script_enabled=False)

    page.get_by_text("Filter", exact=True).click()
    page.select_option("#z-column", "path")
    page.select_option("#z-operator", "starts")
    page.fill("#z-value", "/shop/1-")
    page.get_by_role("button", name="Add the filter").click()

    shows(page, *(f"/shop/1-{day}" for day in (17, 18, 19, 20)))
    assert "f.path^=/shop/1-" in page.url.replace("%5E", "^")


def test_heads_sort_and_say_so(visit: Open) -> None:
    page = visit(PAGES)
    expect(page.locator("th[aria-sort]")).to_have_text(re.compile("Visitors"))

    page.get_by_role("link", name="Page", exact=True).click()

    expect(page.locator("th[aria-sort=ascending]")).to_have_text(re.compile("Page"))
    assert rows(page) == sorted(rows(page))


def test_all_rows_can_be_paged_through(visit: Open) -> None:
    page = visit(PAGES)
    expect(page.get_by_text("1–50 of 84")).to_be_visible()
    first = rows(page)

    page.get_by_role("link", name="Next rows").click()

    expect(page.get_by_text("51–84 of 84")).to_be_visible()
    assert len({*first, *rows(page)}) == 84


def test_figure_opens_to_its_facts(visit: Open) -> None:
    page = visit(PAGES)
    figure = page.locator("tr", has=page.get_by_role("link", name="/page-3", exact=True)).locator("td.num a")
    assert figure.all_inner_texts() == ["20", "20"]

    figure.first.click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Facts")
    expect(page.locator(".z-t tbody tr")).to_have_count(20)
    assert set(page.locator(".z-t tbody td:nth-child(3)").all_inner_texts()) == {"/page-3"}


@pytest.mark.parametrize("word", ["CSV", "JSON", "Parquet"])
def test_report_is_exported_as_a_file(visit: Open, tmp_path: Path, word: str) -> None:
    page = visit(PAGES)
    page.get_by_text("Export", exact=True).click()

    with page.expect_download() as waited:
        page.get_by_role("link", name=word, exact=True).click()
    path = tmp_path / "file"
    waited.value.save_as(path)

    assert waited.value.suggested_filename == f"demo-data_main_pages_2015-05-17_2015-05-20.{word.lower()}"
    assert _exported(path, word) == 84


def _exported(path: Path, word: str) -> int:
    if word == "CSV":
        return len(path.read_text().splitlines()) - 1
    if word == "JSON":
        found: dict[str, Any] = json.loads(path.read_text())
        return len(found["rows"])
    from pyarrow import parquet

    return int(parquet.read_table(path).num_rows)


def test_drawer_shows_definition_and_query_and_gives_focus_back(visit: Open) -> None:
    page = visit(PAGES)
    opener = page.get_by_role("link", name="Computed how?")

    opener.click()

    drawer = page.get_by_role("complementary", name="How is this computed")
    expect(drawer).to_be_visible()
    expect(drawer.get_by_text("SELECT").first).to_be_visible()
    expect(drawer.get_by_text("zoco report pages")).to_be_visible()
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(opener).to_be_focused()


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("pages/?period=yesteryear", 400, "The period cannot be read"),
        ("pages/?f.nothing=1", 400, "This filter does not exist"),
        ("pages/?order=nothing", 400, "This address cannot be read"),
        ("pages/?site=nowhere", 404, "There is no such site"),
        ("nothing/", 404, "There is no such report"),
    ],
)
def test_wrong_address_gets_a_page_that_says_what_to_do(
    client: Any, site: Any, query: str, status: int, words: str
) -> None:
    from django.contrib.auth import get_user_model

    client.force_login(get_user_model().objects.get(username="ana"))

    answer = client.get(f"/admin/ledger/reports/{query}", headers={"accept-language": "en"})

    assert answer.status_code == status
    assert words in answer.content.decode()


def test_a_picture_is_kept_as_svg_and_as_png_by_keyboard(visit: Open, tmp_path: Path) -> None:
    page = visit(f"/admin/ledger/reports/traffic/?period={PERIOD}")
    export = page.locator("details", has=page.get_by_text("Export", exact=True)).first
    export.locator("summary").focus()
    page.keyboard.press("Enter")

    for name, begins in (("Picture as SVG", b"<?xml"), ("Picture as PNG", b"\x89PNG\r\n\x1a\n")):
        link = page.get_by_role("link", name=name)
        link.focus()
        with page.expect_download() as waited:
            page.keyboard.press("Enter")
        kept = tmp_path / waited.value.suggested_filename
        waited.value.save_as(kept)

        assert kept.read_bytes().startswith(begins)
        assert kept.name.startswith("demo-data_main_traffic_")
    # Drawn, not blank: the PNG holds the colour of the curve.
    from PIL import Image

    image = Image.open(tmp_path / kept.name).convert("RGB")
    assert image.width == 1_920
    assert (0, 125, 126) in {colour for _many, colour in image.getcolors(1 << 24) or []}
