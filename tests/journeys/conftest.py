"""A running Zoco with one imported log, a signed-in reader, and a Chromium that must never complain.

Playwright keeps an event loop in the test's thread, for which Django refuses the ORM unless told otherwise.
"""

import os
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.journeys.log import log_lines
from tests.operate.running import environment, until, with_tables, zoco

SITE_ID = 7001
PERIOD = "2015-05-17..2015-05-20"
ARGUMENTS = [
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


PASSWORD = "hexagon-comb-12"
ANALYSTS = f"""
import django; django.setup()
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from zoco.project.roles import roles_ensure
roles_ensure()
for name in ("ana", "leo", "eva", "kim"):
    made = get_user_model().objects.create_user(name, name + "@honey.example", {PASSWORD!r})
    made.groups.add(Group.objects.get(name="analyst"))
"""


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder with a site without facts and four analysts, in which nothing ran; copies do."""
    made = with_tables(tmp_path_factory.mktemp("installed") / "data")
    added = zoco(made, "site", "add", "Shop", "--host", "127.0.0.1")
    assert added.returncode == 0, added.stderr
    in_product = environment(made) | {"DJANGO_SETTINGS_MODULE": "zoco.project.settings"}
    subprocess.run([sys.executable, "-c", ANALYSTS], env=in_product, check=True)
    return made


@pytest.fixture(scope="session", autouse=True)
def _async_unsafe() -> Iterator[None]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    yield
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a data folder of the journeys' own, in force while they run."""
    from zoco.ledger.store import opening

    before = os.environ["ZOCO_DATA"]
    opening.close()
    made = tmp_path_factory.mktemp("journeys")
    os.environ["ZOCO_DATA"] = str(made)
    yield made
    opening.close()
    os.environ["ZOCO_DATA"] = before


@pytest.fixture(scope="session")
def imported(folder: Path) -> Path:
    """Return the folder with the log imported, by the command that a person would run."""
    from zoco.collector.commands import ImportLog
    from zoco.sites.published import Published, PublishedSite, write

    site = PublishedSite(
        id=SITE_ID,
        slug="main",
        name="Honey shop",
        zone="Europe/Madrid",
        currency="EUR",
        hostnames=("honey.example",),
        counting="log",
        import_key="00" * 32,
    )
    write(folder / "sites.json", Published(sites=(site,)))
    (folder / "spool").mkdir(exist_ok=True)
    log = folder / "access.log"
    log.write_text("".join(log_lines()))
    parser = ArgumentParser()
    command = ImportLog()
    command.arguments(parser)

    assert command.run(parser.parse_args([str(log), "--any-host"])) == 0
    return folder


@pytest.fixture
def site(transactional_db: None, imported: Path) -> Any:
    """Return the site to which the facts belong, and its reader "ana"."""
    from django.contrib.auth import get_user_model
    from django.contrib.contenttypes.models import ContentType

    from zoco.sites.models import CountingOrigin, Site

    ContentType.objects.clear_cache()  # the tests before may have made them anew
    made = Site.objects.create(pk=SITE_ID, slug="main", name="Honey shop", zone="Europe/Madrid", is_demo=True)
    CountingOrigin.objects.create(site=made, origin="log", since="2015-01-01")
    get_user_model().objects.create_superuser("ana", "ana@honey.example", "hexagon-comb-12")
    return made


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return Debian's Chromium."""
    with sync_playwright() as playwright:
        expect.set_options(timeout=30_000)
        started = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield started
        started.close()


def agent_of(browser: Browser) -> str:
    """Return what this Chromium calls itself when it has a screen; its hints tell its version."""
    chrome = f"Chrome/{browser.version.split('.')[0]}.0.0.0"
    return f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) {chrome} Safari/537.36"


Open = Callable[..., Page]


def complaint(page: Page, said: ConsoleMessage) -> list[str]:
    """Return what a browser complains of; that the page itself was asked for in vain is no complaint."""
    url = said.location.get("url", "")
    is_asked_for = url == page.url and said.text.startswith("Failed to load resource")
    return [] if is_asked_for or said.type != "error" else [f"{said.text} {url}"]


@pytest.fixture
def idle(live_server: Any) -> Iterator[Callable[[], bool]]:
    """Return what says whether the server answers nobody; the database is emptied only then."""
    from django.core.signals import request_finished, request_started

    under_way: list[int] = []

    def started(**_told: Any) -> None:
        under_way.append(1)

    def finished(**_told: Any) -> None:
        if under_way:
            under_way.pop()

    request_started.connect(started)
    request_finished.connect(finished)
    yield lambda: not under_way
    request_started.disconnect(started)
    request_finished.disconnect(finished)


@pytest.fixture
def visit(
    site: Any, live_server: Any, browser: Browser, client: Any, idle: Callable[[], bool]
) -> Iterator[Open]:
    """Return what opens an address as "ana" in a new window; any complaint of the browser fails the test."""
    from django.conf import settings
    from django.contrib.auth import get_user_model

    contexts, complaints = [], []

    def opened(path: str, *, width: int = 1280, signed_in: bool = True, **options: Any) -> Page:
        options.setdefault("locale", "en-GB")
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        if signed_in:
            client.force_login(get_user_model().objects.get(username="ana"))
            cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
            )
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.extend(complaint(page, said)))
        page.goto(live_server.url + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    until(idle, 30)
    assert complaints == []
