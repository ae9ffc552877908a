"""The product with a site without facts, and browsers of its readers and visitors."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.journeys import test_tracker
from tests.journeys.conftest import PASSWORD, agent_of, complaint
from tests.journeys.live.screen import Enter
from tests.operate.running import Running, copied

human, shop = test_tracker.human, test_tracker.shop


@pytest.fixture(scope="module")
def running(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Return the product with a site without facts, and four analysts."""
    started = Running(copied(installed, tmp_path_factory.mktemp("live") / "data"))
    started.wait_ready()
    yield started
    started.stop()


@pytest.fixture
def enter(human: Browser, running: Running) -> Iterator[Enter]:
    """Return what opens a browser in which somebody has logged in; a complaint of a page fails the test."""
    contexts, complaints = [], []

    def entered(name: str) -> BrowserContext:
        context = human.new_context(
            locale="en-GB", user_agent=agent_of(human), base_url=f"http://127.0.0.1:{running.port}"
        )
        contexts.append(context)
        context.set_default_timeout(30_000)

        def heed(page: Page) -> None:
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("console", lambda said: complaints.extend(complaint(page, said)))

        context.on("page", heed)
        page = context.new_page()
        page.goto("/admin/login/")
        page.locator("input[name=username]").fill(name)
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("input[name=password]").press("Enter")
        page.wait_for_url("**/admin/**")
        page.close()
        return context

    yield entered
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def visitor(human: Browser) -> Iterator[Page]:
    """Return a page of somebody who visits the shop."""
    context = human.new_context(locale="es-ES", user_agent=agent_of(human))
    yield context.new_page()
    context.close()
