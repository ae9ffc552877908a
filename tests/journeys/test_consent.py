"""The consent banner in Chromium, on a page of its own host, and the running product behind it."""

import secrets
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.conftest import ARGUMENTS
from tests.operate.running import Running, copied, zoco

pytestmark = pytest.mark.browser
AGENT = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
)
HTML = """<!doctype html><html lang={lang}><head><meta name=viewport content="width=device-width">
<title>{path}</title><script defer src="http://127.0.0.1:{port}/z.js"></script>
<script defer src="http://127.0.0.1:{port}/consent.js"></script></head>
<body><main><h1>Honey</h1><a href="/on">on</a> <output data-zoco-id></output>
<button type=button data-zoco-consent>Change</button></main></body></html>"""
TIMED = ("web.page.engaged", "web.vitals.measured")
"""Facts that come whenever somebody leaves a page."""
ANSWERS = {
    "en": ("Accept", "Decline"),
    "es": ("Aceptar", "Rechazar"),
    "ru": ("Принять", "Отклонить"),
    "zh-hans": ("接受", "拒绝"),
}


class Shop(BaseHTTPRequestHandler):
    """Somebody's site beside Zoco: /es/… is Spanish."""

    def __init__(self, port: int, *given: Any) -> None:
        self.collector = port
        super().__init__(*given)

    def do_GET(self) -> None:
        """Answer with a page that carries tracker and banner."""
        page = HTML.format(path=self.path, port=self.collector, lang=self.path.split("/")[1]).encode()
        self.send_response(200)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.send_header("content-security-policy", "style-src 'self'; default-src *")
        self.send_header("content-length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def running(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    started = Running(copied(installed, tmp_path_factory.mktemp("consent") / "data"))
    started.wait_ready()
    assert zoco(started.folder, "site", "consent", "shop", "--banner", "on").returncode == 0
    yield started
    started.stop()


@pytest.fixture(scope="module")
def shop(running: Running) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Shop, running.port))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    human = browser.browser_type.launch(
        executable_path="/usr/bin/chromium",
        args=[*ARGUMENTS, "--disable-blink-features=AutomationControlled"],
    )
    yield human.new_context(user_agent=AGENT)
    human.close()


def opened(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.on("console", lambda said: pytest.fail(said.text) if said.type == "error" else None)
    page.goto(address)
    return page


def facts(running: Running, under: str, count: int, without: tuple[str, ...] = TIMED) -> list[dict[str, Any]]:
    from zoco.ledger.store.duckdb.store import DuckStore

    store = DuckStore(running.folder, lead=False)
    sql = (
        "SELECT name, path, visitor, known, person, session, props FROM facts"
        f" WHERE name NOT IN {without}"
        f" AND starts_with(path, '{under}') ORDER BY occurred_at, id"
    )
    end = time.monotonic() + 15
    try:
        while len(rows := store.query(sql).to_pylist()) < count and time.monotonic() < end:
            time.sleep(0.1)
        return list(rows)
    finally:
        store.close()


def next_day(running: Running) -> None:
    """Give the day another salt, as midnight does, and publish it."""
    today = datetime.now(UTC).date()
    (path,) = (running.folder / "keys" / "sites").glob(f"*/salt-{today}")
    path.write_text(secrets.token_hex(16))
    assert zoco(running.folder, "site", "count", "shop", "tracker", "--since", "1970-01-02").returncode == 0
    time.sleep(1.5)  # a collector looks once a second


def cookies(context: BrowserContext) -> dict[str, Any]:
    return {each["name"]: each for each in context.cookies()}


@pytest.mark.parametrize("language", ANSWERS)
def test_banner_is_answered_by_keyboard_in_four_languages(
    shop: str, context: BrowserContext, language: str
) -> None:
    page = opened(context, f"{shop}/{language}/keys")
    accept, decline = ANSWERS[language]
    banner = page.get_by_role("dialog")
    expect(banner).to_be_visible()
    one, other = (banner.get_by_role("button", name=name, exact=True) for name in (accept, decline))
    sizes = [
        each.evaluate("({offsetWidth, offsetHeight}) => [offsetWidth, offsetHeight]") for each in (one, other)
    ]
    assert sizes[0] == sizes[1]
    assert Axe().run(page).response["violations"] == []

    page.keyboard.press("Tab")
    expect(one).to_be_focused()
    page.keyboard.press("Tab")
    expect(other).to_be_focused()
    page.keyboard.press("Enter")

    expect(banner).to_have_count(0)
    assert "zoco_id" not in cookies(context)
    page.reload()
    page.wait_for_timeout(500)
    expect(banner).to_have_count(0)
    page.get_by_role("button", name="Change").press("Enter")
    expect(banner).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Change")).to_be_focused()


def test_whoever_accepts_is_the_same_on_the_next_day_until_he_withdraws(
    running: Running, shop: str, context: BrowserContext
) -> None:
    page = opened(context, f"{shop}/en/given")
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_role("status")).to_have_text(page.evaluate("zoco.id()"))
    cookie = cookies(context)["zoco_id"]
    assert (cookie["secure"], cookie["sameSite"], cookie["domain"]) == (True, "Lax", "127.0.0.1")
    assert abs(cookie["expires"] - time.time() - 180 * 86_400) < 60
    viewed, given = facts(running, "/en/given", 2)
    assert (viewed["name"], given["name"]) == ("web.page.viewed", "web.consent.given")
    assert (viewed["visitor"], viewed["session"]) == (given["visitor"], given["session"])
    assert viewed["known"] == 0 != given["known"]

    next_day(running)
    page.goto(f"{shop}/en/given/tomorrow")
    (tomorrow,) = facts(running, "/en/given/tomorrow", 1)
    assert tomorrow["known"] == given["known"]
    assert tomorrow["visitor"] != given["visitor"]

    page.get_by_role("button", name="Change").click()
    page.get_by_role("button", name="Decline").click()
    expect(page.get_by_role("status")).to_have_text("none")
    assert "zoco_id" not in cookies(context)
    page.goto(f"{shop}/en/given/after")
    withdrawn = facts(running, "/en/given/tomorrow", 2)[1]
    (after,) = facts(running, "/en/given/after", 1)
    assert (withdrawn["name"], withdrawn["known"]) == ("web.consent.withdrawn", given["known"])
    assert after["known"] == 0


def test_whoever_declines_is_somebody_else_on_the_next_day(
    running: Running, shop: str, context: BrowserContext
) -> None:
    page = opened(context, f"{shop}/en/no")
    page.get_by_role("button", name="Decline").click()
    next_day(running)
    page.goto(f"{shop}/en/no/tomorrow")
    (tomorrow,) = facts(running, "/en/no/tomorrow", 1)

    viewed, declined = facts(running, "/en/no", 3)[:2]

    assert declined["name"] == "web.consent.withdrawn"
    assert [row["known"] for row in (viewed, declined, tomorrow)] == [0, 0, 0]
    assert tomorrow["visitor"] != viewed["visitor"]


def test_browser_that_asks_for_privacy_is_not_asked_and_has_no_id(
    running: Running, shop: str, context: BrowserContext
) -> None:
    context.set_extra_http_headers({"Sec-GPC": "1"})
    context.add_init_script("Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})")
    page = opened(context, f"{shop}/en/gpc")
    page.evaluate("zoco.consent('given')")
    page.evaluate("document.cookie = 'zoco_id=0123456789012345678901234; path=/; secure'")
    page.goto(f"{shop}/en/gpc/two")

    rows = facts(running, "/en/gpc", 2)

    assert [(row["name"], row["known"]) for row in rows] == [("web.page.viewed", 0)] * 2
    # Neither has what is told of a page that somebody leaves, here without the header.
    assert {row["known"] for row in facts(running, "/en/gpc", 3, ("", "-"))} == {0}
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_whoever_comes_by_his_own_link_and_accepts_is_joined_and_the_address_is_clean(
    running: Running, shop: str, context: BrowserContext
) -> None:
    token = zoco(running.folder, "person", "token", "shop", "42", "--days", "30").stdout.strip()
    page = opened(context, f"{shop}/en/link?utm_source=letter&zt={token}")
    expect(page).to_have_url(f"{shop}/en/link?utm_source=letter")
    page.get_by_role("button", name="Accept").click()

    viewed, given, joined = facts(running, "/en/link", 3)

    assert (viewed["name"], viewed["person"], viewed["known"]) == ("web.page.viewed", 0, 0)
    assert (joined["name"], joined["person"]) == ("people.visitor.joined", 42)
    assert joined["known"] == given["known"] != 0
    page.goto(f"{shop}/en/link/two?zt=click.7.1999999999.{'0' * 64}")
    (second,) = facts(running, "/en/link/two", 1)
    assert (second["known"], second["person"]) == (given["known"], 0)


def test_own_public_page_asks_and_shows_the_id(running: Running, context: BrowserContext) -> None:
    page = opened(context, f"http://127.0.0.1:{running.port}/")
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_role("status")).to_have_text(page.evaluate("zoco.id()"))
    assert Axe().run(page).response["violations"] == []
    page.get_by_role("button", name="Privacy choices").press("Enter")
    page.get_by_role("button", name="Decline").click()
    expect(page.get_by_role("status")).to_have_text("none")
