"""May somebody be written to? Each reason to wait or not to write, and that it is the right one."""

from datetime import UTC, datetime, timedelta

import pytest

from zoco.consent.answers import SAID, Answer, Because
from zoco.consent.asking import Request, may_contact
from zoco.consent.models import Choice, Contact, Purpose, Reservation, Rule, Suppression
from zoco.consent.services import choice_record, release, reserve
from zoco.consent.suppressing import suppress, suppressed, unsuppress
from zoco.ledger.models import OutboxRow
from zoco.people.erasing import PeopleEraser
from zoco.people.identities import identity_read
from zoco.people.models import Person
from zoco.people.writing import Incoming, people_write

NOON = datetime(2026, 5, 17, 12, tzinfo=UTC)
ANA = identity_read("email", "ana@shop.example")
GIVEN, WITHDRAWN, ASKED = Choice.State.GIVEN, Choice.State.WITHDRAWN, Choice.State.ASKED
pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> Person:
    (written,) = people_write([Incoming((ANA,))], at=NOON - timedelta(days=90))
    assert written.person is not None
    return written.person


def asked(
    person: Person, purpose: Purpose = Purpose.MARKETING, topic: str = "news", adapter: str = "email"
) -> Request:
    return Request(person.pk, ANA.place, adapter, purpose, topic)


def chose(person: Person, state: Choice.State, day: int, topic: str = "", adapter: str = "") -> None:
    at = NOON - timedelta(days=60 - day)
    choice_record(person=person.pk, state=state, proof={"form": "test"}, at=at, topic=topic, adapter=adapter)


@pytest.mark.parametrize(
    ("choices", "because"),
    [
        ([], Because.NEVER_AGREED),
        ([(ASKED, 1, "news")], Because.NOT_CONFIRMED),
        ([(GIVEN, 1, "offers")], Because.NEVER_AGREED),
        ([(GIVEN, 1, "news", "sms")], Because.NEVER_AGREED),
        ([(GIVEN, 1, "news"), (WITHDRAWN, 2, "news")], Because.WITHDRAWN),
        ([(GIVEN, 2, "news"), (WITHDRAWN, 2, "news")], Because.WITHDRAWN),
        ([(GIVEN, 1, "news"), (WITHDRAWN, 2)], Because.WITHDRAWN),
        ([(WITHDRAWN, 1, "news"), (GIVEN, 2)], Because.WITHDRAWN),
        ([(WITHDRAWN, 1, "news", "email"), (GIVEN, 2, "news")], Because.WITHDRAWN),
        # Choices may be told in any order: an older one changes nothing.
        ([(WITHDRAWN, 3, "news"), (GIVEN, 2, "news")], Because.WITHDRAWN),
    ],
)
def test_without_consent_that_holds_there_is_no_marketing(
    ana: Person, choices: list[tuple[Choice.State, int, str]], because: Because
) -> None:
    for each in choices:
        chose(ana, *each)

    assert may_contact(asked(ana), at=NOON, zone="UTC") == Answer(False, because)
    assert may_contact(asked(ana, Purpose.SERVICE), at=NOON, zone="UTC").is_yes
    assert may_contact(asked(ana, Purpose.TRANSACTIONAL), at=NOON, zone="UTC").is_yes


@pytest.mark.parametrize(
    "choices",
    [
        [(GIVEN, 1)],
        [(GIVEN, 1, "news")],
        [(GIVEN, 1, "news", "email")],
        [(GIVEN, 1, "news"), (ASKED, 2, "news")],
        [(ASKED, 1, "news"), (GIVEN, 2, "news")],
        [(WITHDRAWN, 1), (GIVEN, 2, "news")],
        [(WITHDRAWN, 1, "news"), (GIVEN, 2, "news")],
        [(GIVEN, 1, "news"), (WITHDRAWN, 2, "offers")],
        [(GIVEN, 1, "news"), (WITHDRAWN, 2, "news", "sms")],
    ],
)
def test_consent_holds(ana: Person, choices: list[tuple[Choice.State, int, str]]) -> None:
    for each in choices:
        chose(ana, *each)

    assert may_contact(asked(ana), at=NOON, zone="UTC") == Answer(True, Because.AGREED)


def test_choice_is_told_with_its_proof_kept(ana: Person) -> None:
    choice_record(person=ana.pk, state=GIVEN, proof={"text": "Yes, write to me."}, at=NOON, topic="news")

    told = OutboxRow.objects.get()
    assert (told.name, told.person) == ("consent.choice.given", ana.number)
    assert Choice.objects.get().proof == {"text": "Yes, write to me."}
    assert "write to me" not in str(told.fact)


def test_dead_address_gets_nothing_and_a_suppressed_one_only_what_is_needed(ana: Person) -> None:
    chose(ana, GIVEN, 1)
    suppress(identity=ANA, why=Suppression.Why.COMPLAINT, at=NOON)
    purposes = list(Purpose)

    assert [may_contact(asked(ana, each), at=NOON, zone="UTC").because for each in purposes] == [
        Because.NEEDED,
        Because.SUPPRESSED,
        Because.SUPPRESSED,
    ]
    suppress(identity=ANA, why=Suppression.Why.DEAD, at=NOON)
    suppress(identity=ANA, why=Suppression.Why.DEAD, at=NOON)
    assert {may_contact(asked(ana, each), at=NOON, zone="UTC").because for each in purposes} == {Because.DEAD}
    assert unsuppress(identity=ANA, why=Suppression.Why.DEAD, at=NOON) == 1
    assert may_contact(asked(ana), at=NOON, zone="UTC").because == Because.SUPPRESSED


def test_suppression_outlives_its_person_and_holds_no_address(ana: Person) -> None:
    from zoco.ledger.store.base import Erasure

    suppress(identity=ANA, why=Suppression.Why.UNSUBSCRIBED, at=NOON)
    at = int(NOON.timestamp() * 1_000_000)

    assert PeopleEraser().erase(Erasure(at=at, site=0, visitors=(), persons=(ana.number,))) == 1

    (again,) = people_write([Incoming((identity_read("email", "ANA@Shop.example"),))], at=NOON)
    assert again.person is not None
    chose(again.person, GIVEN, 60)
    assert may_contact(asked(again.person), at=NOON, zone="UTC").because == Because.SUPPRESSED
    assert suppressed([ANA.place]) == {ANA.place: {"unsubscribed"}}
    assert "ana" not in str(list(Suppression.objects.values())).lower().replace("unsubscribed", "")


def test_cap_counts_all_adapters_and_says_when(ana: Person) -> None:
    chose(ana, GIVEN, 1)
    Rule.objects.create(purpose="marketing", most=2, days=7)
    first, second = NOON - timedelta(days=6), NOON - timedelta(days=1)

    assert reserve(asked(ana), key="1", at=first, zone="UTC").is_new
    assert reserve(asked(ana, adapter="fake"), key="2", at=second, zone="UTC").is_new
    held = reserve(asked(ana), key="3", at=NOON, zone="UTC")

    assert held.answer == Answer(False, Because.CAP, first + timedelta(days=7))
    assert not held.is_new
    assert reserve(asked(ana, Purpose.SERVICE), key="s", at=NOON, zone="UTC").answer.is_yes
    assert release(key="2")
    assert reserve(asked(ana), key="3", at=NOON, zone="UTC").is_new


def test_same_message_twice_counts_once(ana: Person) -> None:
    chose(ana, GIVEN, 1)

    one, two = (reserve(asked(ana), key="letter-1", at=NOON, zone="UTC") for _ in range(2))

    assert (one.is_new, two.is_new) == (True, False)
    assert one.answer == two.answer
    assert Reservation.objects.count() == 1
    assert not release(key="other")


def test_break_cap_and_hours_push_one_another_on(ana: Person) -> None:
    chose(ana, GIVEN, 1)
    Rule.objects.create(purpose="marketing", most=1, days=1)
    reserve(asked(ana), key="1", at=NOON, zone="UTC")
    Contact.objects.filter(person=ana).update(paused_until=NOON + timedelta(hours=30))

    # The cap is free at noon of the next day, the break ends at 18:00 UTC, when it is night in Tokyo.
    answer = may_contact(asked(ana), at=NOON + timedelta(hours=1), zone="Asia/Tokyo")

    assert answer == Answer(False, Because.HOURS, datetime(2026, 5, 18, 23, tzinfo=UTC))
    assert answer.is_no is False


def test_own_wish_is_stricter_than_the_rule(ana: Person) -> None:
    chose(ana, GIVEN, 1)
    Rule.objects.create(purpose="marketing", most=5, days=7)
    reserve(asked(ana), key="1", at=NOON, zone="UTC")
    Contact.objects.filter(person=ana).update(most=1, days=30)

    answer = may_contact(asked(ana), at=NOON + timedelta(days=1), zone="UTC")

    assert answer == Answer(False, Because.CAP, NOON + timedelta(days=30))


def test_rules_without_hours_are_told(ana: Person) -> None:
    chose(ana, GIVEN, 1)
    Rule.objects.create(purpose="marketing", weekdays=[])

    assert may_contact(asked(ana), at=NOON, zone="UTC") == Answer(False, Because.NEVER_OPEN)


def test_every_answer_has_its_sentence() -> None:
    assert set(SAID) == set(Because)
