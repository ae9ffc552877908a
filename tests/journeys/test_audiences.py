"""An audience is built with buttons and keys alone, saved, and read on a phone."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Open
from zoco.people.identities import identity_read
from zoco.people.writing import Incoming, people_write
from zoco.testing.factories import NOON

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]


def three_regulars() -> None:
    rows = [
        Incoming((identity_read("email", f"ana{n}@honey.example"),), {"country": "ES"}, tags=("regular",))
        for n in range(3)
    ]
    people_write(rows, at=NOON)


def gaps(page: Page) -> set[int]:
    """Return how far apart panels stand that follow each other, in pixels."""
    found: list[float] = page.evaluate(
        "[...document.querySelectorAll('.z-panel + .z-panel')]"
        ".map(e => e.getBoundingClientRect().top - e.previousElementSibling.getBoundingClientRect().bottom)"
    )
    return {round(each) for each in found}


def buttons_apart(page: Page) -> float:
    """Return how far apart the buttons of the two files of members stand, in pixels."""
    table, book = (
        page.get_by_role("button", name=f"Members as {kind}").bounding_box() for kind in ("CSV", "a workbook")
    )
    assert table is not None
    assert book is not None
    beside, below = book["x"] - table["x"] - table["width"], book["y"] - table["y"] - table["height"]
    return max(beside, below)


def test_audience_is_built_without_code_and_read_on_a_phone(
    visit: Open, browser: Browser, live_server: Any, tmp_path: Path
) -> None:
    three_regulars()
    page = visit("/admin/audiences/")
    page.get_by_role("link", name="Build the first audience").click()
    page.get_by_label("Kind of the new rule").select_option("tag")
    page.get_by_role("button", name="Add a rule").press("Enter")
    expect(page.get_by_label("Tag", exact=True)).to_be_focused()
    page.keyboard.type("regular")
    page.get_by_role("button", name="Put the rule in").press("Enter")
    expect(page.locator("#z-build p[role=status]")).to_contain_text("3 people")
    page.get_by_label("Kind of the new rule").select_option("behaviour")
    page.get_by_role("button", name="Add a rule").click()
    page.get_by_label("What they did").fill("shop.order.placed")
    page.get_by_label("How often").select_option("never")
    page.screenshot(path=str(tmp_path / "rule.png"), full_page=True)
    assert gaps(page) == {24}
    page.get_by_role("button", name="Put the rule in").click()
    expect(page.get_by_text("Order placed: never, ever", exact=True)).to_be_visible()
    page.get_by_role("button", name="Turn round tagged regular").click()
    expect(page.locator("#z-build p[role=status]")).to_contain_text("0 people")
    page.get_by_role("button", name="Turn round tagged regular").click()
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.screenshot(path=str(tmp_path / "build.png"), full_page=True)
    assert gaps(page) == {16}
    page.get_by_label("Name of the audience").fill("Regulars")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Regulars")).to_be_visible()
    expect(page.get_by_text("3 people", exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.screenshot(path=str(tmp_path / "one.png"), full_page=True)
    assert buttons_apart(page) == pytest.approx(8)
    page.get_by_role("link", name="All members").click()
    expect(page.get_by_text("1–3 of 3")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
