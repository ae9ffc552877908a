"""How often, and not until when: chosen by a letter's link, stricter than no rule, looser than none."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from zoco.consent.answers import Answer, Because
from zoco.consent.asking import Request, Wish, may_contact, wishes_of
from zoco.consent.models import Choice, Contact, Purpose, Rule
from zoco.consent.panels import PermissionPanel
from zoco.consent.services import reserve
from zoco.consent.tests.test_preferences import where
from zoco.consent.tests.test_unsubscribing import somebody
from zoco.ledger.pictures import formats
from zoco.people.giving.person import rows_held
from zoco.people.models import Edit, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> Person:
    for purpose in (Purpose.MARKETING, Purpose.SERVICE):
        Rule.objects.create(purpose=purpose, most=3, days=7, opens_at="00:00", closes_at="00:00")
    return somebody("ana")


def asked(person: Person, purpose: str = "marketing") -> Request:
    return Request(person.pk, ("email", "", "ana@shop.example"), "email", purpose, "news")


def wish(person: Person) -> Wish:
    return wishes_of([person.pk]).get(person.pk, Wish())


def test_a_break_holds_all_but_what_is_asked_for_and_ends_at_once(ana: Person) -> None:
    client, page, before = Client(enforce_csrf_checks=True), where(ana), Choice.objects.count()
    assert b"End the break" not in client.get(page).content
    assert wish(ana) == Wish()

    shown = client.post(page, {"act": "pause-30"})

    until = wish(ana).paused_until
    assert until is not None
    assert timedelta(days=29, hours=23) < until - timezone.now() <= timedelta(days=30)
    now = timezone.now()
    for purpose, answer in (
        ("marketing", Answer(False, Because.PAUSED, until)),
        ("service", Answer(True, Because.NEEDED)),
        ("transactional", Answer(True, Because.NEEDED)),
    ):
        assert may_contact(asked(ana, purpose), at=now, zone="UTC") == answer
    assert f"You get no letters until {formats.day(until.date())}." in shown.content.decode()
    ana.refresh_from_db()
    assert now - ana.changed_at < timedelta(seconds=60)

    assert b"End the break" not in client.post(page, {"act": "resume"}).content

    assert wish(ana) == Wish()
    assert may_contact(asked(ana), at=now, zone="UTC").is_yes
    assert Choice.objects.count() == before


def test_what_is_wished_and_what_the_rule_says_hold_both(ana: Person) -> None:
    now, page = timezone.now(), where(ana)
    assert reserve(asked(ana), key="1", at=now, zone="UTC").answer.is_yes
    answers = []
    for often in ("any", "month", "invented", "own", "week", "any"):
        Client().post(page, {"act": "save", "often": often, "topic": ["news", "offers"]})
        answers.append(may_contact(asked(ana), at=now, zone="UTC"))

    free = Answer(True, Because.AGREED)
    month, week = (Answer(False, Because.CAP, now + timedelta(days=each)) for each in (30, 7))
    assert answers == [free, month, month, month, week, free]
    Rule.objects.filter(purpose="marketing").update(most=1, days=20)
    Client().post(page, {"act": "save", "often": "week", "topic": ["news", "offers"]})
    assert may_contact(asked(ana), at=now, zone="UTC").until == now + timedelta(days=20)


def test_a_wish_that_the_page_does_not_offer_stands_there_and_stays(ana: Person) -> None:
    Contact.objects.update_or_create(person=ana, defaults={"most": 2, "days": 10})
    page = where(ana)

    assert "At most 2 letters in 10 days" in Client().get(page).content.decode()
    Client().post(page, {"act": "save", "often": "own"})

    assert wish(ana) == Wish(2, 10)


def test_wishes_stand_on_the_page_in_the_history_and_in_what_is_given_out_and_go(ana: Person) -> None:
    page, now = where(ana), datetime(2026, 1, 2, 12, tzinfo=UTC)
    Client().post(page, {"act": "save", "often": "week"})
    Client().post(page, {"act": "save", "often": "week"})
    Client().post(page, {"act": "pause-90"})
    Contact.objects.filter(person=ana).update(paused_until=datetime(2026, 3, 4, 12, tzinfo=UTC))

    said = PermissionPanel().values(ana, at=now)["wishes"]

    assert said == ["At most 1 letter in 7 days", "No letters until 4\xa0Mar\xa02026"]
    assert PermissionPanel().values(ana, at=now + timedelta(days=99))["wishes"] == said[:1]
    edits = list(Edit.objects.filter(person=ana).order_by("id"))
    assert [(each.by_name, sorted(each.details)) for each in edits] == [
        ("preferences", ["wish.days", "wish.most"]),
        ("preferences", ["wish.paused_until"]),
    ]
    assert edits[0].details == {"wish.most": [None, 1], "wish.days": [None, 7]}
    (given,) = rows_held([ana.pk])["zoco_consent.Contact"]
    assert (given["most"], given["days"], given["paused_until"].month) == (1, 7, 3)
    ana.delete()
    assert not Contact.objects.exists()
