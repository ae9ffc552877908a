"""A survey: opened by the link of a letter and by its page in Chromium, answered, and read in the admin."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys import test_tracker
from tests.journeys.conftest import PASSWORD, complaint
from tests.journeys.test_trials import in_product, pictured
from tests.operate.running import Running, copied

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
human = test_tracker.human
SET_UP = f"""
import django; django.setup()
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.utils import timezone
from zoco.content.pages.models import HomePage
from zoco.people.models import Person
from zoco.sites.models import Site
from zoco.surveys.designs import Question
from zoco.surveys.services import survey_make, survey_start
from zoco.surveys.taking.tokens import token_make
made = get_user_model().objects.create_user("mia", "mia@honey.example", {PASSWORD!r})
made.groups.add(Group.objects.get(name="marketer"))
questions = (
    Question("", "nps", {{"en": "Would you recommend us?"}}, is_needed=True),
    Question("", "text", {{"en": "What shall we do better?"}}),
)
site = Site.objects.get(slug="shop")
survey = survey_make(site=site.pk, key="honey", name="Honey", questions=questions, texts={{}})
survey_start(survey=survey.pk, at=timezone.now())
options = (Question("", "single", {{"en": "Where do you buy?"}}, {{"en": ["Online", "In town"]}}),)
block = survey_make(site=site.pk, key="block", name="Block", questions=options, texts={{}})
survey_start(survey=block.pk, at=timezone.now())
home = HomePage.objects.get()
home.body = [{{"type": "survey", "value": {{"survey": "block"}}}}]
home.save_revision().publish()
ana = Person.objects.create(name="Ana", created_at=timezone.now(), changed_at=timezone.now())
print(token_make(survey=survey.pk, person=ana, on=timezone.now().date()))
"""


@pytest.fixture(scope="module")
def running(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    started = Running(copied(installed, tmp_path_factory.mktemp("surveys") / "data"))
    started.wait_ready()
    yield started
    started.stop()


@pytest.fixture
def context(human: Browser, running: Running) -> Iterator[BrowserContext]:
    made = human.new_context(
        locale="en-GB", base_url=f"http://127.0.0.1:{running.port}", viewport={"width": 1280, "height": 1600}
    )
    made.set_default_timeout(30_000)
    yield made
    made.close()


def heeded(context: BrowserContext, found: list[str]) -> Page:
    page = context.new_page()
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("console", lambda said: found.extend(complaint(page, said)))
    return page


def test_a_survey_is_answered_by_letter_and_page_and_read(running: Running, context: BrowserContext) -> None:
    token, complaints = in_product(running.folder, SET_UP), list[str]()
    page = heeded(context, complaints)

    page.goto(f"/survey/honey/by/{token}?q1=9")
    expect(page.get_by_role("radio", name="9", exact=True)).to_be_checked()
    page.get_by_role("button", name="Send the answers").click()
    expect(page.get_by_text("Thank you for your answers.")).to_be_visible()
    page.goto("/survey/honey")
    page.get_by_role("radio", name="3", exact=True).check()
    page.get_by_label("What shall we do better?").fill("Send it faster")
    page.get_by_role("button", name="Send the answers").click()
    expect(page.get_by_text("Thank you for your answers.")).to_be_visible()

    page.goto("/admin/login/")
    page.locator("input[name=username]").fill("mia")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url("**/admin/**")
    page.goto("/admin/surveys/")
    page.get_by_role("link", name="Honey", exact=True).click()
    expect(page.get_by_text("2 answers to this question. Fewer than 30", exact=False).first).to_be_visible()
    expect(page.locator("dd", has_text="50.0%").first).to_be_visible()
    picture = page.locator("figure img").first
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("image => image.naturalWidth") == 960
    pictured(page, "survey")
    page.get_by_role("link", name="Answers by topic").click()
    expect(page.get_by_text(re.compile("Too few answers for topics"))).to_be_visible()
    page.get_by_text("The newest answers").click()
    expect(page.get_by_text("Send it faster")).to_be_visible()
    assert complaints == []


def test_a_block_is_answered_in_its_page_and_tells_that_it_was_seen(
    running: Running, context: BrowserContext
) -> None:
    complaints, told = list[str](), list[int]()
    page = heeded(context, complaints)
    page.on("response", lambda answer: told.append(answer.status) if answer.url.endswith("/shown") else None)

    page.goto("/")
    online = page.get_by_label("Online")
    online.scroll_into_view_if_needed()
    size = online.bounding_box()
    assert size is not None
    assert size["width"] < 30, "it is a circle beside its words, and no field as wide as the page"
    online.check()
    page.get_by_role("button", name="Send the answers").click()

    expect(page.get_by_text("Thank you for your answers.")).to_be_visible()
    assert told == [200, 204], "a ticket, and that it was seen"
    assert complaints == []
