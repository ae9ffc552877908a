"""A fresh installation serves a page of its own, and its visit is in the ledger."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import ARGUMENTS, agent_of
from tests.operate.running import Running, with_tables, zoco

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    started = Running(with_tables(tmp_path_factory.mktemp("site") / "data"))
    started.wait_ready()
    yield started
    started.stop()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    human = browser.browser_type.launch(
        executable_path="/usr/bin/chromium",
        args=[*ARGUMENTS, "--disable-blink-features=AutomationControlled"],
    )
    opened = human.new_context(
        locale="en-GB", user_agent=agent_of(human), viewport={"width": 390, "height": 800}
    ).new_page()
    complaints: list[str] = []
    opened.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    yield opened
    human.close()
    assert complaints == []


def test_visit_of_the_first_home_page_is_in_the_ledger(running: Running, page: Page) -> None:
    address = f"http://127.0.0.1:{running.port}/"
    assert f"Zoco is ready at {address}" in running.output
    assert f"{address}admin/" in running.output
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_have_text("Welcome")
    expect(page.locator("script")).to_have_count(0)

    assert "site add" in running.output
    assert zoco(running.folder, "site", "add", "My site", "--host", "127.0.0.1").returncode == 0
    deadline = time.monotonic() + 10
    while page.locator("script").count() == 0 and time.monotonic() < deadline:
        page.goto(address)
    page.wait_for_load_state("networkidle")

    assert _paths(running.folder) == ["/"]


def test_home_page_can_be_read_by_keyboard_and_on_a_phone(running: Running, page: Page) -> None:
    page.goto(f"http://127.0.0.1:{running.port}/")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def _paths(folder: Path) -> list[str]:
    """Return the paths of page views, once there are any."""
    from zoco.ledger.store.duckdb.store import DuckStore

    store = DuckStore(folder, lead=False)
    deadline = time.monotonic() + 10
    rows: list[str] = []
    while not rows and time.monotonic() < deadline:
        time.sleep(0.2)
        rows = store.query("select path from facts where name = 'web.page.viewed'")["path"].to_pylist()
    store.close()
    return rows
