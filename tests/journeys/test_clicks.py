"""A double click begins one thing, and what a banner says is read in lines, not word by word."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.journeys.conftest import Open
from zoco.mail.journeys.models import Journey
from zoco.people.identities import identity_read
from zoco.people.writing import Incoming, people_write

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]


def test_a_double_click_begins_one_journey(visit: Open) -> None:
    page = visit("/admin/journeys/new/?ready=welcome")
    posts: list[str] = []
    page.on("request", lambda asked: posts.append(asked.url) if asked.method == "POST" else None)

    page.evaluate(
        "const button = document.querySelector('[name=goal]').closest('form').querySelector('[type=submit]');"
        "button.click(); setTimeout(() => button.click(), 60);"
    )
    expect(page).to_have_url(re.compile(r"/admin/journeys/\d+/$"))

    assert len(posts) == 1
    assert Journey.objects.count() == 1


def test_a_banner_is_as_wide_as_its_place(visit: Open) -> None:
    people_write([Incoming((identity_read("email", "ana@honey.example"),))], at=timezone.now())
    page = visit("/admin/people/new/", width=390)
    page.get_by_label("Address or number").fill("ana@honey.example")
    page.locator("main form button[type=submit]").first.click()

    box = page.locator(".z-banner > div").bounding_box()

    assert box is not None
    assert box["width"] > 250
