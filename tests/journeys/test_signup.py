"""A sign-up form in Chromium on a page of another origin: work is proved, the answer stands in its place."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.operate.running import Running, copied, environment

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
HTML = """<!doctype html><html lang=es><head><title>Honey</title></head><body><main><h1>Honey</h1>
<div data-zoco-form=news></div><script defer src="http://127.0.0.1:{port}/f/form.js"></script></main></body>"""
MADE = """
import django; django.setup()
from zoco.consent.models import Form, Topic
from zoco.sites.models import Site
form = Form.objects.create(key="news", name="News", site=Site.objects.first(), fields={"name": True})
form.topics.add(Topic.objects.create(key="news", label="News"))
"""
KEPT = """
import django; django.setup()
from zoco.consent.models import Confirmation
from zoco.consent.signup.models import FormDay
print(sorted(FormDay.objects.values_list("outcome", "count")))
held = Confirmation.objects.get()
print((held.to, held.language, held.proof["way"], held.given["fields"]))
"""


class Shop(BaseHTTPRequestHandler):
    """Somebody's site beside Zoco, with a policy of its own."""

    def __init__(self, port: int, *given: Any) -> None:
        self.zoco = port
        super().__init__(*given)

    def do_GET(self) -> None:
        """Answer with a page that holds the form."""
        page = HTML.format(port=self.zoco).encode()
        self.send_response(200)
        self.send_header("content-type", "text/html; charset=utf-8")
        policy = f"default-src 'none'; script-src http://127.0.0.1:{self.zoco}; "
        policy += f"connect-src http://127.0.0.1:{self.zoco}; img-src data:"
        self.send_header("content-security-policy", policy)
        self.send_header("content-length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def running(installed: Path, tmp_path: Path) -> Iterator[Running]:
    folder = copied(installed, tmp_path / "data")
    in_product(folder, MADE)
    started = Running(folder)
    started.wait_ready()
    yield started
    started.stop()


def in_product(folder: Path, code: str) -> str:
    told = environment(folder) | {"DJANGO_SETTINGS_MODULE": "zoco.project.settings"}
    done = subprocess.run([sys.executable, "-c", code], env=told, check=True, capture_output=True, text=True)
    return done.stdout


def test_a_form_on_a_page_of_another_origin_signs_up_and_says_so_in_its_place(
    running: Running, browser: Browser
) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Shop, running.port))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page = browser.new_context().new_page()
    page.goto(f"http://127.0.0.1:{server.server_port}/a?secret=1")

    page.get_by_label("Correo electrónico").fill("ana@shop.example")
    page.get_by_label("Nombre").fill("Ana")
    page.get_by_role("button", name="Suscribirme").click()

    expect(page.get_by_role("status")).to_have_text(
        "Casi listo: le enviamos una carta. Abra su enlace y confirme allí."
    )
    assert page.url.endswith("/a?secret=1")
    kept = in_product(running.folder, KEPT)
    # Whether the worker has found by now that no account sends e-mail is a matter of moments.
    outcomes = ("[('asked', 1)]", "[('asked', 1), ('no_account', 1)]")
    assert any(each in kept for each in outcomes)
    assert "('ana@shop.example', 'es', 'script', {'name': 'Ana'})" in kept
    # A name that the site does not have is a stranger's page: only a link to the form's own page comes.
    page.goto(f"http://localhost:{server.server_port}/")
    place = page.locator("[data-zoco-form]")
    expect(place.get_by_role("link")).to_have_attribute("href", f"http://127.0.0.1:{running.port}/f/news")
    expect(place.locator("input")).to_have_count(0)
    server.shutdown()
