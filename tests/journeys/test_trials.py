"""A trial on a page: set up and begun in the admin, seen by visitors in Chromium, read and stopped."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys import test_tracker
from tests.journeys.conftest import PASSWORD, agent_of, complaint
from tests.operate.running import Running, copied, environment, until
from zoco.ledger.store.duckdb.store import DuckStore
from zoco.ledger.tests.reports.made import load
from zoco.trials.models import Trial
from zoco.trials.tests.simulated import simulated

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]
human = test_tracker.human
VISITORS = 10
SET_UP = f"""
import django; django.setup()
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from zoco.content.pages.models import HomePage
from zoco.monitor.services import goal_create
from zoco.sites.models import Site
made = get_user_model().objects.create_user("mia", "mia@honey.example", {PASSWORD!r})
made.groups.add(Group.objects.get(name="marketer"))
site = Site.objects.get(slug="shop")
goal_create(site=site.pk, name="Sign up", kind="event", event="sign up")
home = HomePage.objects.first()
variants = [
    {{"arm": arm, "content": [{{"type": "text", "value": f"<p>{{words}}</p>"}}]}}
    for arm, words in (("control", "Honey from the hills"), ("b", "Honey, now"))
]
home.body = [{{"type": "trial", "value": {{"trial": "headline", "variants": variants}}}}]
home.save_revision().publish()
print(site.pk)
"""
BACK = """
import django, sys; django.setup()
from datetime import timedelta
from zoco.trials.models import Trial
row = Trial.objects.get()
row.started_at -= timedelta(days=8)
row.save()
"""


ELSEWHERE = """
import django; django.setup()
from django.utils import timezone
from zoco.monitor.services import goal_create
from zoco.sites.models import Site
from zoco.trials.designs import ArmPlan, Metric
from zoco.trials.services import trial_make, trial_start
site = Site.objects.get(slug="shop").pk
goal_create(site=site, name="Bought", kind="event", event="bought")
row = trial_make(
    site=site, key="elsewhere", name="Elsewhere", hypothesis="Bold sells.", days_least=1,
    arms=(ArmPlan("control"), ArmPlan("b")), metrics=(Metric("Bought", "proportion", "primary", "Bought"),),
)
trial_start(trial=row.pk, at=timezone.now())
"""
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Elsewhere</title>
<link rel="icon" href="data:,"><script src="{zoco}/trials.js" data-wait="10000"></script>
<script defer src="{zoco}/z.js"></script></head><body>
<h1 data-zoco-trial="elsewhere">Honey<template data-zoco-variant="b">Bold honey</template></h1>
</body></html>"""


def in_product(folder: Path, code: str) -> str:
    given = environment(folder) | {"DJANGO_SETTINGS_MODULE": "zoco.project.settings"}
    done = subprocess.run([sys.executable, "-c", code], env=given, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture(scope="module")
def running(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    started = Running(copied(installed, tmp_path_factory.mktemp("trials") / "data"))
    started.wait_ready()
    yield started
    started.stop()


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    found: list[str] = []
    yield found
    assert found == []


def heeded(context: BrowserContext, complaints: list[str]) -> Page:
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.extend(complaint(page, said)))
    return page


@pytest.fixture
def mia(human: Browser, running: Running, complaints: list[str]) -> Iterator[Page]:
    context = human.new_context(
        locale="en-GB", base_url=f"http://127.0.0.1:{running.port}", viewport={"width": 1280, "height": 900}
    )
    context.set_default_timeout(30_000)
    yield heeded(context, complaints)
    context.close()


def pictured(page: Page, name: str) -> None:
    if folder := os.environ.get("ZOCO_TESTS_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_a_trial_on_a_page_from_its_set_up_to_the_archive(
    running: Running, mia: Page, human: Browser, complaints: list[str]
) -> None:
    site = int(in_product(running.folder, SET_UP))
    mia.goto("/admin/login/")
    mia.locator("input[name=username]").fill("mia")
    mia.locator("input[name=password]").fill(PASSWORD)
    mia.locator("input[name=password]").press("Enter")
    mia.wait_for_url("**/admin/**")
    begun(mia)

    shown = [visited(human, running, complaints, number) for number in range(VISITORS)]

    assert set(shown) == {"Honey from the hills", "Honey, now"}
    store = DuckStore(running.folder, lead=False)
    until(lambda: len(seen_by(store)) == VISITORS, 30)
    told = seen_by(store)
    store.close()
    assert sorted(told) == sorted("control" if "hills" in words else "b" for words in shown)

    in_product(running.folder, BACK)
    like = Trial(site_id=site, key="headline", state="running", arms=[{"key": "control"}, {"key": "b"}])
    since = datetime.now(UTC) - timedelta(days=8) + timedelta(minutes=1)
    load(running.folder, simulated(like, 1_200, {"control": 0.1, "b": 0.3}, since=since, days=6))
    read(mia)
    ended(mia)


@contextmanager
def page_elsewhere(text: str) -> Iterator[str]:
    """Serve a page from an origin of its own; yields its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_a_page_of_another_origin_shows_its_arm_and_counts(
    running: Running, human: Browser, complaints: list[str]
) -> None:
    in_product(running.folder, ELSEWHERE)
    agent = agent_of(human)

    shown = []
    with page_elsewhere(PAGE.format(zoco=f"http://127.0.0.1:{running.port}")) as address:
        for number in range(VISITORS):
            named = agent.replace("X11; Linux x86_64", f"X11; Linux x86_64; rv:{50 + number}")
            context = human.new_context(locale="en-GB", user_agent=named)
            page = heeded(context, complaints)
            page.goto(address)
            page.locator("[data-zoco-shown]").wait_for()
            shown.append(page.locator("[data-zoco-trial]").inner_text().strip())
            page.wait_for_load_state("networkidle")
            context.close()

    assert set(shown) == {"Honey", "Bold honey"}
    store = DuckStore(running.folder, lead=False)
    until(lambda: len(seen_by(store, "elsewhere")) == VISITORS, 30)
    told = seen_by(store, "elsewhere")
    store.close()
    assert sorted(told) == sorted("b" if "Bold" in words else "control" for words in shown)


def begun(mia: Page) -> None:
    """Set the trial up and begin it."""
    mia.goto("/admin/trials/")
    expect(mia.get_by_text("No trials yet")).to_be_visible()
    mia.get_by_role("link", name="New trial").first.click()
    mia.get_by_label("Name", exact=False).first.fill("Headline")
    mia.locator("[name=key]").fill("headline")
    mia.get_by_label("Hypothesis").fill("A shorter headline is read by more people.")
    mia.get_by_label("Days at least").fill("1")
    mia.get_by_label("Planned number of units").fill("1200")
    mia.locator("[name=metrics-0-name]").fill("Signed up")
    mia.locator("[name=metrics-0-goal]").select_option("Sign up")
    pictured(mia, "edit")
    mia.get_by_role("button", name="Save the draft").click()
    expect(mia.get_by_text("A draft: nobody is dealt yet")).to_be_visible()
    mia.get_by_role("button", name="Begin the trial").click()
    expect(mia.get_by_text("No figures yet")).to_be_visible()


def visited(human: Browser, running: Running, complaints: list[str], number: int) -> str:
    """Visit the page twice as somebody new; returns what was seen, which stays the same."""
    agent = agent_of(human).replace("X11; Linux x86_64", f"X11; Linux x86_64; rv:{number}")
    context = human.new_context(locale="en-GB", user_agent=agent)
    page = heeded(context, complaints)
    words = []
    for _each in range(2):
        page.goto(f"http://127.0.0.1:{running.port}/")
        words.append(page.locator("[data-zoco-trial]").inner_text().strip())
        page.wait_for_load_state("networkidle")
    context.close()
    assert words[0] == words[1]
    return words[0]


def seen_by(store: DuckStore, trial: str = "headline") -> list[str]:
    """Return which arm each visitor saw, as facts say it."""
    asked = (
        "select distinct visitor, props from facts where name = 'trials.arm.shown' and verdict = 'human' "
        f"and subject = '{trial}'"
    )
    rows: list[dict[str, Any]] = store.query(asked).to_pylist()
    return [json.loads(row["props"])["arm"] for row in rows]


def read(mia: Page) -> None:
    """Have the figures worked out by the worker, and read them."""
    mia.reload()
    mia.get_by_role("button", name="Work out the figures").click()
    expect(mia.get_by_text("“b” wins: by “Signed up”")).to_be_visible(timeout=60_000)
    expect(mia.get_by_role("img", name="Lift against “control”").first).to_be_visible()
    expect(mia.get_by_text("Ratio of the arms")).to_be_visible()
    assert Axe().run(mia, context="main").violations_count == 0
    pictured(mia, "trial")
    mia.set_viewport_size({"width": 390, "height": 800})
    assert mia.evaluate("document.documentElement.scrollWidth") <= 390
    pictured(mia, "trial-narrow")
    mia.set_viewport_size({"width": 1280, "height": 900})


def ended(mia: Page) -> None:
    """Stop it, and keep what was learnt."""
    mia.get_by_role("button", name="Stop the trial").click()
    mia.get_by_label("What was learnt").fill("Shorter headlines are read by more people.")
    mia.get_by_label("Arm for everybody").select_option("b")
    mia.get_by_role("button", name="Put it into the archive").click()
    mia.goto("/admin/trials/")
    expect(mia.get_by_role("row", name="Headline")).to_contain_text("Shorter headlines are read")
    pictured(mia, "list")
    mia.goto("/admin/trials/plan/")
    mia.locator("select[name=goal]").select_option("Sign up")
    mia.locator("input[name=lift]").fill("20")
    mia.get_by_role("button", name="Plan", exact=True).click()
    expect(mia.get_by_role("rowheader", name="Decided once at its end")).to_be_visible()
    pictured(mia, "plan")
