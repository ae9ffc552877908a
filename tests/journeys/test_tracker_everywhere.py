"""The tracker on a plain page, in a single-page app and on a page of Wagtail; speed, prerendering, images."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys import test_tracker
from tests.journeys.conftest import agent_of
from tests.journeys.test_tracker import Facts, shown
from tests.operate.running import Running, until, zoco

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
human, running, page, facts = test_tracker.human, test_tracker.running, test_tracker.page, test_tracker.facts
SLOW_SECONDS = 0.2
HEAD = """<!doctype html><html lang=en><head><title>{path}</title><link rel=icon href="data:,">
<script defer src="http://127.0.0.1:{port}/{word}.js"></script></head>"""
PAGES = {
    "/plain/": "<body><h1>Honey</h1>",
    "/app/": """<body><main id=app>Honey</main><script>
const draw = () => { document.title = location.href.split('/').pop(); app.textContent = document.title; };
addEventListener('popstate', draw); addEventListener('hashchange', draw);
window.go = (to, how = 'pushState') => { history[how]({}, '', to); draw(); };</script>""",
    "/grows/": """<body style="margin:0"><div id=text style="height:900px">Honey</div><script>
setTimeout(() => { text.style.height = '9000px' }, 400)</script>""",
    "/slow/": """<body style="margin:0"><div id=late></div><div id=low></div>
<h1 style="height:300px;margin:0">Honey</h1>
<button id=busy>Busy</button><script>
const wait = (ms) => { for (const end = performance.now() + ms; performance.now() < end;); };
setTimeout(() => { late.style.height = '100px' }, 400);
setTimeout(() => { low.style.height = '40px' }, 2000);
busy.onclick = () => { late.style.height = '160px'; wait(250); };</script>""",
    "/pre/one": """<body><a id=two href="/pre/two">two</a><script type=speculationrules>
{"prerender": [{"source": "list", "urls": ["/pre/two"], "eagerness": "immediate"}]}</script>""",
    "/image/": """<body><noscript>
<img src="http://127.0.0.1:{port}/{word}.gif?u=http%3A//127.0.0.1{path}" alt=""></noscript>""",
}


class Shop(BaseHTTPRequestHandler):
    """Somebody's site beside Zoco, with a page of each kind."""

    asked: ClassVar[list[str]] = []

    def __init__(self, port: int, word: str, *given: Any) -> None:
        self.told = {"port": str(port), "word": word}
        super().__init__(*given)

    def do_GET(self) -> None:
        """Answer with a page; slowly, or that it is not there."""
        self.asked.append(self.path)
        if self.path == "/slow/":
            time.sleep(SLOW_SECONDS)
        text = HEAD + PAGES.get(self.path.replace("/nav/", "/app/"), "<body>Honey")
        for name, value in self.told.items():
            text = text.replace(f"{{{name}}}", value)
        html = text.replace("{path}", self.path).encode()
        self.send_response(404 if self.path.startswith("/gone/") else 200)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.send_header("content-length", str(len(html)))
        self.end_headers()
        self.wfile.write(html)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def word(running: Running) -> str:
    [site] = json.loads((running.folder / "sites.json").read_bytes())["sites"]
    [found] = site["trackers"]
    return str(found)


@pytest.fixture(scope="module")
def shop(running: Running, word: str) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Shop, running.port, word))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


DOINGS = """async (under) => {
  const add = (html) => {
    const made = document.createElement('div');
    made.innerHTML = html;
    document.body.append(made);
    return made.firstChild;
  };
  addEventListener('click', (event) => event.preventDefault());
  addEventListener('submit', (event) => event.preventDefault());
  const many = {};
  for (let n = 0; n < 300; n++) many['p' + n] = {of: [n, true, {deep: 'x'}]};
  for (const does of [
    () => history.pushState({}, '', under + 'act'),
    () => zoco('configured', many),
    () => zoco('too big', {text: 'é'.repeat(8200)}),
    () => zoco('paid', {}, {amount: 59.9, currency: 'EUR', quantity: 2}),
    () => zoco('shop.product.viewed', {}, {subject: 'HNY-500'}),
    () => zoco('shop.basket.added', {colour: 'dark'}, {subject: 'HNY-500', quantity: 2}),
    () => zoco('shop.checkout.begun'),
    () => zoco.missing(),
    () => add('<a href="https://elsewhere.example/there?a=1#b">out</a>').click(),
    () => add('<a href="/list.pdf">file</a>').click(),
    () => add('<form id=contact></form>').requestSubmit(),
    () => add('<button data-zoco-event="mark" data-zoco-prop-way="card">Mark</button>').click(),
  ]) { does(); await new Promise((done) => setTimeout(done, 20)); }
}"""


@pytest.mark.parametrize("kind", ["plain", "app", "wagtail"])
def test_everything_that_happens_on_a_page_is_told(
    kind: str, shop: str, running: Running, page: Page, facts: Facts
) -> None:
    said: list[str] = []
    page.on("console", lambda told: said.append(told.text))
    page.goto(f"http://127.0.0.1:{running.port}/" if kind == "wagtail" else f"{shop}/{kind}/")
    under = f"/did-{kind}/"
    page.evaluate(DOINGS, under)

    done = ("configured", "paid", "outbound link", "download", "form", "mark")
    events = sorted(facts(under, 6, "web.event."), key=lambda row: done.index(row["subject"]))
    assert shown(events, "subject") == [(each,) for each in done]  # requests may overtake one another
    props = [json.loads(row["props"] or "{}") for row in events]
    assert props[0]["p299"] == {"of": [299, True, {"deep": "x"}]}
    assert str(events[1]["amount_site"]) == "59.9000"
    assert props[2] == {"target": "https://elsewhere.example/there"}
    assert props[3]["target"].endswith("/list.pdf")
    assert props[4:] == [{"form": "contact"}, {"way": "card"}]
    assert sorted(shown(facts(under, 3, "shop."), "name", "subject", "quantity")) == [
        ("shop.basket.added", "HNY-500", 2), ("shop.checkout.begun", "", 0),
        ("shop.product.viewed", "HNY-500", 0),
    ]  # fmt: skip
    assert len(facts(under, 1, "web.error.viewed")) == len(facts(under, 1, "web.page.viewed")) == 1
    page.wait_for_timeout(100)
    assert any("bad_props" in each and "16,411 bytes" in each for each in said), said


def test_navigation_within_an_app_is_page_views(shop: str, page: Page, facts: Facts) -> None:
    page.goto(f"{shop}/nav/")
    for doing in (
        "go('/nav/one')", "go('/nav/two', 'replaceState')", "go('/nav/two?sort=up', 'replaceState')",
        "history.back()", "location.hash = 'part'", "go('/nav/x#/cart')", "location.hash = '!/paid'",
    ):  # fmt: skip
        page.evaluate(doing)
        page.wait_for_timeout(150)

    views = facts("/nav/", 6, "web.page.viewed")
    assert shown(views, "path", "title") == [
        ("/nav/", "/nav/"), ("/nav/one", "one"), ("/nav/two", "two"), ("/nav/", ""),
        ("/nav/x%23/cart", "cart"), ("/nav/x%23!/paid", "paid"),
    ]  # fmt: skip


def test_page_that_grows_was_seen_as_far_as_it_is_long(shop: str, page: Page, facts: Facts) -> None:
    page.set_viewport_size({"width": 800, "height": 900})
    page.goto(f"{shop}/grows/")
    page.wait_for_timeout(900)
    page.goto("about:blank")

    assert {json.loads(row["props"])["scroll"] for row in facts("/grows/", 1, "web.page.engaged")} == {10}


def test_speed_is_measured_once_and_anew_when_the_page_comes_back(
    shop: str, page: Page, facts: Facts
) -> None:
    page.set_viewport_size({"width": 1000, "height": 1000})
    page.goto(f"{shop}/slow/")
    page.wait_for_timeout(2_400)
    page.click("#busy")
    page.wait_for_timeout(500)
    hide = """(value) => { Object.defineProperty(document, 'visibilityState', {value, configurable: true});
      document.dispatchEvent(new Event('visibilitychange')); }"""
    for state in ("hidden", "visible", "hidden", "visible"):
        page.evaluate(hide, state)
    page.goto(f"{shop}/other/")
    page.go_back(wait_until="commit")
    page.wait_for_timeout(500)
    page.goto("about:blank")

    first, second = (json.loads(row["props"]) for row in facts("/slow/", 2, "web.vitals."))
    assert first["lcp"] >= first["ttfb"] >= SLOW_SECONDS * 1_000
    assert 250 <= first["inp"] < 1_000
    assert first["cls"] == pytest.approx(0.1 * (0.3 + 0.1), abs=0.02), "the larger window, not both"
    assert (second["ttfb"], second["cls"], "inp" in second) == (0, 0, False)
    assert 0 < second["lcp"] < 1_000


def test_prerendered_page_is_one_when_somebody_sees_it(shop: str, page: Page, facts: Facts) -> None:
    page.goto(f"{shop}/pre/one")
    until(lambda: "/pre/two" in Shop.asked, 10)
    page.wait_for_timeout(1_000)
    assert shown(facts("/pre/", 1, "web.page.viewed"), "path") == [("/pre/one",)]

    page.click("#two")

    assert shown(facts("/pre/", 2, "web.page.viewed"), "path") == [("/pre/one",), ("/pre/two",)]


def test_page_that_is_not_there_is_told_by_its_status(shop: str, page: Page, facts: Facts) -> None:
    page.goto(f"{shop}/gone/away")

    assert shown(facts("/gone/", 1, "web."), "name") == [("web.error.viewed",)]


def test_who_opts_out_is_not_counted_from_then_on(shop: str, page: Page, facts: Facts) -> None:
    page.goto(f"{shop}/opted/one")
    facts("/opted/", 1)
    page.evaluate("zoco.off(); zoco('ignored')")
    page.goto(f"{shop}/opted/two")
    page.wait_for_timeout(500)
    page.evaluate("zoco.off(false)")
    page.goto(f"{shop}/opted/three")

    rows = facts("/opted/", 2, "web.page.viewed")
    assert shown(rows, "path") == [("/opted/one",), ("/opted/three",)]
    assert facts("/opted/", 1, "web.event.", 0.2) == []


def test_browser_without_scripts_is_counted_by_the_image(shop: str, human: Browser, facts: Facts) -> None:
    context = human.new_context(java_script_enabled=False, user_agent=agent_of(human))
    context.new_page().goto(f"{shop}/image/")
    rows = facts("/image/", 1)
    context.close()

    assert shown(rows, "name", "verdict") == [("web.page.viewed", "human")]


Report = Callable[[], dict[str, Any]]


def test_server_counts_its_own_loads_and_says_which_sent_no_beacon(
    running: Running, human: Browser, word: str
) -> None:
    address = f"http://127.0.0.1:{running.port}/"
    before = _loads(running)
    contexts = [human.new_context(user_agent=agent_of(human), locale=locale) for locale in ("es-ES", "ru-RU")]
    contexts[1].route(f"**/{word}*", lambda route: route.abort())
    for context in contexts:
        opened = context.new_page()
        opened.goto(address)
        opened.wait_for_timeout(500)
        opened.goto("about:blank")
        context.close()
    without = human.new_context(java_script_enabled=False, user_agent=agent_of(human) + " x")
    without.new_page().goto(address)
    without.close()

    until(lambda: _loads(running)[0] >= before[0] + 3, 20)
    assert _loads(running) == (before[0] + 3, before[1] + 1)


def _loads(running: Running) -> tuple[int, int]:
    """Return how often people were given a page, and how often of these the tracker told nothing."""
    told = zoco(running.folder, "report", "beacons", "--period", "1d", "--format", "json")
    totals = json.loads(told.stdout)["totals"]
    return totals["loads"], totals["silent"]
