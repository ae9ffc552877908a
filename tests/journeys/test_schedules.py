"""A report that comes by mail: set from its page, previewed through a real mail server, paused."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone
from playwright.sync_api import expect

from tests.journeys.conftest import PERIOD, Open
from zoco.kit.tests.test_staff_mail import Post
from zoco.kit.tests.test_staff_mail import post as post
from zoco.monitor.schedules.models import Schedule
from zoco.monitor.schedules.sending import sendings_send

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]


def test_a_report_is_sent_regularly_looked_at_before_and_paused(
    visit: Open, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZOCO_MAIL_FROM", "Zoco <zoco@honey.example>")
    page = visit(f"/admin/ledger/reports/pages/?period={PERIOD}&f.path^=/")
    get_user_model().objects.filter(username="ana").update(email="ana@honey.example")
    page.get_by_role("link", name="Send regularly…").click()
    page.get_by_label("Name").fill("Pages of the week")
    page.get_by_role("button", name="Send it regularly").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.get_by_role("button", name="Send a preview to me now").click()
    expect(page.get_by_text("waits")).to_be_visible()

    # What the worker would do.
    assert sendings_send(now=timezone.now() + timedelta(seconds=1)) == 1
    page.reload()
    expect(page.get_by_text("sent", exact=True)).to_be_visible()
    [(receivers, letter)] = post.letters
    assert receivers == ["ana@honey.example"]
    assert "Pages of the week" in letter["Subject"]
    assert [part.get_content_type() for part in letter.iter_attachments()] == ["application/pdf"]

    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("It is paused.")).to_be_visible()
    assert not Schedule.objects.get().is_on
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
