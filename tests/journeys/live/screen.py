"""What the tests of the live overview do with a browser and see in it."""

import json
import time
from collections.abc import Callable
from urllib.request import Request, urlopen

from playwright.sync_api import BrowserContext, Page, Response

from tests.operate.running import Running

OVERVIEW = "/admin/ledger/reports/overview/traffic/"
SECONDS = 5.0


Enter = Callable[[str], BrowserContext]


def overview(context: BrowserContext, query: str = "") -> Page:
    page = context.new_page()
    page.goto(OVERVIEW + query)
    return page


def figure(page: Page, label: str) -> str:
    text = page.locator(".z-figs > *", has=page.get_by_text(label, exact=True)).locator(".z-v").inner_text()
    return text.strip()


def bot_comes(running: Running) -> None:
    """Tell of a page view of a crawler."""
    view = json.dumps({"url": "http://127.0.0.1/seen-by-a-bot/"}).encode()
    agent = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
    asked = Request(f"http://127.0.0.1:{running.port}/e", view, {"User-Agent": agent})
    with urlopen(asked, timeout=10) as answer:
        assert answer.status == 204


def live(context: BrowserContext) -> list[str]:
    """Return a list that grows by the address of each stream that a browser opens from now on."""
    opened: list[str] = []

    def note(answer: Response) -> None:
        if "/live?" in answer.url:
            opened.append(f"{answer.status} {answer.url.rpartition('/')[2]}")

    context.on("response", note)
    return opened


def appears(true: Callable[[], bool], page: Page, seconds: float = SECONDS) -> float:
    """Wait for it and return the seconds; the browser goes on meanwhile."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds, f"not there after {seconds} s"
        page.wait_for_timeout(50)
    return time.monotonic() - began
