"""A journey is drawn by keyboard, lets somebody in, holds him while it is paused, and goes on."""

import re
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Open
from tests.journeys.test_accessible import violations
from zoco.channels.models import Account
from zoco.ledger.outbox.sequencer import place
from zoco.ledger.outbox.subscribers import subscriber_tell
from zoco.ledger.services import record
from zoco.mail.journeys import running
from zoco.mail.journeys.hearing import SUBSCRIBER
from zoco.mail.journeys.messages.tests.conftest import chat
from zoco.mail.journeys.models import StepDue, Traveller
from zoco.people.identities import identity_read
from zoco.people.models import Audience, Person, Tag
from zoco.people.writing import Incoming, people_write

__all__ = ["chat"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
DAY = timedelta(days=1)


def test_a_journey_is_drawn_let_run_paused_and_goes_on(visit: Open) -> None:
    page = visit("/admin/journeys/new/")
    page.get_by_label("Name").fill("After the order")
    page.get_by_label("Held out").fill("0")
    page.get_by_role("button", name="Begin to draw").press("Enter")
    drawn(page)
    let_in_by(page, "shop.order.placed")
    page.get_by_role("link", name="Publish…").press("Enter")
    page.get_by_role("button", name="Publish", exact=True).press("Enter")
    page.get_by_role("button", name="Start").press("Enter")
    expect(page.get_by_role("button", name="Pause: holds 0 people")).to_be_visible()

    now = timezone.now()
    ana = ordered(now)
    running.due_run(now=now)
    page.reload()
    assert tags() == ["bought"]
    expect(page.get_by_role("link", name="Wait for some time, 2 days, 1 here now")).to_be_visible()
    page.get_by_role("button", name="Pause: holds 1 person").press("Enter")
    expect(page.get_by_text("paused").first).to_be_visible()
    assert violations(page, "a journey that is paused") == []
    for hour in range(3):
        assert running.due_run(now=now + 3 * DAY + timedelta(hours=hour)) == 0
    assert tags() == ["bought"]
    assert Traveller.objects.get(person=ana).state == Traveller.State.GOING

    page.get_by_role("button", name="Start").press("Enter")
    running.due_run(now=now + 4 * DAY)
    page.reload()
    expect(
        page.get_by_role("link", name=re.compile("add: thanked.*0 here now|thanked.*0 here now"))
    ).to_be_visible()
    assert tags() == ["bought", "thanked"]
    assert list(StepDue.objects.values_list("state", flat=True)) == ["done"] * 3
    assert Traveller.objects.get(person=ana).state == Traveller.State.DONE


def test_a_message_is_written_by_keyboard_and_says_what_is_wrong(visit: Open, chat: Account) -> None:
    page = visit("/admin/journeys/new/")
    page.get_by_label("Name").fill("Parcels")
    page.get_by_role("button", name="Begin to draw").press("Enter")
    page.get_by_role("link", name="Put the first step in").press("Enter")
    page.get_by_role("button", name="Send a message").press("Enter")
    page.get_by_label("Sent by").select_option("Our chat")
    page.get_by_label("Text in English").fill("{{ person.given_name }}, your parcel is here")
    page.get_by_text("What can be filled in for each person").press("Enter")
    expect(page.get_by_text("{{ links.preferences }}")).to_be_visible()
    assert violations(page, "the form of a message") == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1280, "height": 900})

    page.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_text("Say what stands there where nothing is known")).to_be_visible()
    page.get_by_label("Text in English").fill("{{ person.given_name|default('Hello') }}, your parcel is here")
    page.get_by_role("button", name="Save").press("Enter")

    expect(page.get_by_role("link", name="Send a message, Our chat:")).to_be_visible()
    assert violations(page, "a drawing with a message") == []


def drawn(page: Page) -> None:
    """Draw three steps, each put in after the last."""
    page.get_by_role("link", name="Put the first step in").press("Enter")
    tagging(page, "bought")
    page.get_by_role("link", name="Put a step in after 1").press("Enter")
    page.get_by_role("button", name="Wait for some time").press("Enter")
    page.get_by_label("How long").fill("2")
    page.get_by_role("button", name="Save").press("Enter")
    page.get_by_role("link", name="Put a step in after 2").press("Enter")
    tagging(page, "thanked")
    expect(page.locator("svg .z-box")).to_have_count(3)
    expect(page.locator("svg .z-way")).to_have_count(2)
    assert violations(page, "a drawing") == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1280, "height": 900})


def tagging(page: Page, name: str) -> None:
    """Let a step give this tag."""
    page.get_by_role("button", name=re.compile("tag", re.I)).press("Enter")
    page.get_by_label(re.compile("^Tag")).fill(name)
    page.get_by_role("button", name="Save").press("Enter")


def let_in_by(page: Page, fact: str) -> None:
    """Let people in by something that happens; on a phone, too, no field is cut off."""
    Audience.objects.create(
        name="Whoever bought honey twice in " * 3, kind="static", created_at=timezone.now()
    )
    page.get_by_role("link", name="Settings", exact=True).last.press("Enter")
    expect(page.get_by_label("What happens")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    fields = page.locator("main select:visible, main input:visible")
    assert max(fields.evaluate_all("all => all.map(each => each.getBoundingClientRect().right)")) <= 390
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_label("What happens").fill(fact)
    page.get_by_role("button", name="Let them in").press("Enter")
    expect(page.get_by_role("button", name="Take away")).to_be_visible()
    page.get_by_role("link", name="After the order").press("Enter")


def ordered(at: datetime) -> Person:
    """Let somebody order, as the ledger tells of it."""
    (written,) = people_write([Incoming((identity_read("email", "ana@shop.example"),))], at=at)
    assert written.person is not None
    record(name="shop.order.placed", site=0, at=at, person=written.person.number, verdict="server")
    place()
    SUBSCRIBER.forget()
    subscriber_tell(subscriber=SUBSCRIBER, now=at)  # type: ignore[arg-type]
    return written.person


def tags() -> list[str]:
    """Return the tags that somebody has."""
    return sorted(Tag.objects.filter(tagged__isnull=False).values_list("name", flat=True))
