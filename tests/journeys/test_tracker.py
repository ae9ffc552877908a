"""The tracker in Chromium, on a page of its own host, and the running product behind it."""

import json
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.conftest import ARGUMENTS, agent_of
from tests.operate.running import Running, copied
from zoco.collector.live.tracker import Tracker

SECONDS = 5.0
HTML = """<!doctype html><html lang=en><head><title>{path}</title>
<script defer src="http://127.0.0.1:{port}/z.js" data-links {to}></script></head>
<body style="height:4000px"><a id=on href="{next}">on</a>
<button id=pay data-zoco-event="pay" data-zoco-prop-way="card">Pay</button>
<form id=contact onsubmit="return false"><input name=id value=x><button id=send>Send</button></form>
<a id=file href="/list.pdf" download>list</a></body></html>"""


class Shop(BaseHTTPRequestHandler):
    """Somebody's site beside Zoco: any path is a page."""

    failed: ClassVar[list[bytes]] = []

    def __init__(self, port: int, *given: Any) -> None:
        self.collector = port
        super().__init__(*given)

    def do_GET(self) -> None:
        """Answer with a page that carries the tracker."""
        to = 'data-to="/flaky"' if self.path.startswith("/again/") else ""
        page = HTML.format(path=self.path, port=self.collector, next="/second", to=to).encode()
        self.send_response(200)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.send_header("content-length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def do_POST(self) -> None:
        """Break the connection, then be too busy, then hand on to the collector."""
        body = self.rfile.read(int(self.headers["content-length"]))
        if len(self.failed) == 2:
            request = urllib.request.Request(
                f"http://127.0.0.1:{self.collector}/e", body, {"user-agent": self.headers["user-agent"]}
            )
            with urllib.request.urlopen(request, timeout=5) as answer:
                self.send_response(answer.status)
        else:
            self.failed.append(body)
            if len(self.failed) == 1:
                self.close_connection = True
                return
            self.send_response(503)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def running(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    started = Running(copied(installed, tmp_path_factory.mktemp("tracker") / "data"))
    started.wait_ready()
    yield started
    started.stop()


@pytest.fixture(scope="module")
def shop(running: Running) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Shop, running.port))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(scope="module")
def human(browser: Browser) -> Iterator[Browser]:
    """Return a Chromium that does not say that a program drives it, and that keeps pages to go back to."""
    started = browser.browser_type.launch(
        executable_path="/usr/bin/chromium",
        args=[*ARGUMENTS, "--disable-blink-features=AutomationControlled"],
        ignore_default_args=["--disable-back-forward-cache"],
    )
    yield started
    started.close()


@pytest.fixture
def page(human: Browser) -> Iterator[Page]:
    context = human.new_context(locale="es-ES", user_agent=agent_of(human))
    opened = context.new_page()
    opened.set_default_timeout(30_000)
    yield opened
    context.close()


Facts = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def facts(running: Running) -> Facts:
    """Return what gives the facts of a name under a path, oldest first, when there are so many of them."""

    def found(under: str, count: int, name: str = "web.", seconds: float = SECONDS) -> list[dict[str, Any]]:
        from zoco.ledger.store.duckdb.store import DuckStore

        store = DuckStore(running.folder, lead=False)
        end = time.monotonic() + seconds
        sql = (
            "SELECT id, name, path, title, verdict, referrer_host, language, screen, session, subject,"
            " quantity, props, amount_site FROM facts"
            f" WHERE starts_with(path, '{under}') AND starts_with(name, '{name}') ORDER BY occurred_at, id"
        )
        try:
            while True:
                rows: list[dict[str, Any]] = store.query(sql).to_pylist()
                if len(rows) >= count or time.monotonic() > end:
                    return rows
                time.sleep(0.1)
        finally:
            store.close()

    return found


def shown(rows: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in names) for row in rows]


@pytest.mark.alone
def test_page_then_navigation_then_event_arrive_once_within_five_seconds(
    shop: str, page: Page, facts: Facts
) -> None:
    page.goto(f"{shop}/spa/one?utm_source=letter")
    page.evaluate("history.pushState({}, '', '/spa/two'); document.title = 'Two'")
    page.evaluate("zoco('sign up', {plan: 'pro', seats: 3}, {amount: '9.5', currency: 'EUR'})")

    assert len(facts("/spa/", 1, "web.event.")) == 1
    time.sleep(1)  # whatever came twice would be there now
    rows = [row for row in facts("/spa/", 3) if row["name"] != "web.page.engaged"]
    assert shown(rows, "name", "path", "title", "subject") == [
        ("web.page.viewed", "/spa/one", "/spa/one?utm_source=letter", ""),
        ("web.page.viewed", "/spa/two", "Two", ""),
        ("web.event.sent", "/spa/two", "", "sign up"),
    ]
    assert json.loads(rows[2]["props"]) == {"plan": "pro", "seats": 3}
    assert str(rows[2]["amount_site"]) == "9.5000"
    assert {row["verdict"] for row in rows} == {"human"}
    assert {row["language"] for row in rows} == {"es"}
    assert len({row["session"] for row in rows}) == 1


def test_leaving_tells_how_long_and_how_far_the_page_was_seen(shop: str, page: Page, facts: Facts) -> None:
    page.goto(f"{shop}/long/")
    page.wait_for_timeout(1_000)
    page.mouse.wheel(0, 2_000)
    page.wait_for_timeout(300)
    page.goto("about:blank")

    engaged = facts("/long/", 1, "web.page.engaged")
    assert 1_000 <= sum(row["quantity"] for row in engaged) <= 6_000
    assert max(json.loads(row["props"])["scroll"] for row in engaged) > 50


def test_coming_back_from_the_browsers_memory_is_a_page_view(shop: str, page: Page, facts: Facts) -> None:
    page.goto(f"{shop}/back/one")
    page.wait_for_timeout(300)
    page.goto(f"{shop}/back/two")
    page.wait_for_timeout(300)
    page.go_back(wait_until="commit")  # there is no loading
    page.wait_for_timeout(300)

    viewed = facts("/back/", 3, "web.page.viewed")
    assert shown(viewed, "path") == [("/back/one",), ("/back/two",), ("/back/one",)]


def test_marked_buttons_and_downloads_are_events(shop: str, page: Page, facts: Facts) -> None:
    page.goto(f"{shop}/marked/")
    page.click("#pay")
    with page.expect_download():
        page.click("#file")

    events = facts("/marked/", 2, "web.event.sent")
    assert shown(events, "subject") == [("pay",), ("download",)]
    assert json.loads(events[0]["props"]) == {"way": "card"}
    assert json.loads(events[1]["props"]) == {"target": f"{shop}/list.pdf"}


def test_events_of_one_moment_keep_their_order(shop: str, page: Page, facts: Facts) -> None:
    page.goto(f"{shop}/order/")
    names = [f"event {number}" for number in range(60)]
    # A clock that stands still, and is set back, gives no two of them the same id and no other order.
    page.evaluate(
        """names => {
            const real = Date.now, stood = real();
            names.forEach((name, at) => { Date.now = () => stood - (at > 30) * 5000; zoco(name); });
            Date.now = real;
        }""",
        names,
    )

    events = facts("/order/", 60, "web.event.sent")

    assert shown(events, "subject") == [(each,) for each in names]
    ids = [str(each["id"]) for each in events]
    assert ids == sorted(set(ids))


def test_a_form_that_is_sent_is_an_event_without_what_was_written(
    shop: str, page: Page, facts: Facts
) -> None:
    page.goto(f"{shop}/asked/")
    page.click("#send")

    (event,) = facts("/asked/", 1, "web.event.sent")
    assert event["subject"] == "form"
    assert json.loads(event["props"]) == {"form": "contact"}


def test_what_could_not_be_sent_is_sent_again_once_under_the_same_id(
    shop: str, page: Page, facts: Facts
) -> None:
    page.goto(f"{shop}/again/")
    rows = facts("/again/", 1, seconds=20)

    assert [json.loads(body)[0]["id"] for body in Shop.failed] == [str(rows[0]["id"])] * 2
    assert [row["name"] for row in rows] == ["web.page.viewed"]


def test_who_does_not_want_to_be_counted_is_not(shop: str, page: Page, facts: Facts) -> None:
    page.add_init_script("localStorage.zoco = 'off'")
    page.goto(f"{shop}/off/")
    page.evaluate("zoco('ignored')")
    page.wait_for_timeout(1_000)
    assert facts("/off/", 1, seconds=1.5) == []


def test_a_browser_that_a_program_drives_is_kept_apart(shop: str, human: Browser, facts: Facts) -> None:
    driven = human.browser_type.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
    driven.new_context(user_agent=agent_of(driven)).new_page().goto(f"{shop}/driven/")
    rows = facts("/driven/", 1)
    driven.close()
    assert {row["verdict"] for row in rows} == {"headless"}


def test_own_staff_is_marked_by_the_link_and_takes_it_back(
    running: Running, shop: str, page: Page, facts: Facts
) -> None:
    (site,) = json.loads((running.folder / "sites.json").read_text())["sites"]
    marks = (f"1#zoco_staff={site['staff_mark']}", "2#zoco_staff=" + "x" * 4_000, "3#zoco_staff=no", "4")
    for end in marks:
        with page.expect_response("**/e"):  # what goes by a beacon has hints of another browser
            page.goto(f"{shop}/own/{end}")
        if end.startswith("1#"):
            (cookie,) = page.context.cookies(shop)
            assert (cookie["name"], cookie["value"]) == ("zoco_staff", site["staff_mark"])
            assert page.url == f"{shop}/own/1#"

    rows = facts("/own/", 4, "web.page.viewed")

    assert [row["path"] for row in rows] == ["/own/1", "/own/2", "/own/3", "/own/4"]
    assert [row["verdict"] == "staff" for row in rows] == [True, True, False, False]


def test_the_tracker_is_served_by_the_product(running: Running) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{running.port}/z.js", timeout=5) as answer:
        assert answer.read() == Tracker().plain
