"""What is believed of what comes in: nothing without a letter of ours, and blocks only of several people."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from uuid import uuid4

import pytest

from zoco.channels.judging import NO_LETTER as NO_LETTER_KNOWN
from zoco.channels.judging import address_judge
from zoco.channels.models import Account, Destination, Message
from zoco.channels.services import account_save
from zoco.consent.models import Choice, Suppression, SuppressionEvent
from zoco.consent.services import choice_record
from zoco.consent.suppressing import suppressed_lift
from zoco.kit.ids import uuid8
from zoco.kit.periods import micros
from zoco.ledger.models import OutboxRow
from zoco.mail.answers.kinds import Answer, Complaint, Failure, Kind, Reason
from zoco.mail.inbox.following import NO_LETTER, follow, person_named
from zoco.mail.inbox.models import Arrival, Mailbox, Reply, SoftCount
from zoco.mail.inbox.reading import _taken
from zoco.mail.inbox.resting import failure_count
from zoco.people.identities import identity_read
from zoco.people.models import Person
from zoco.people.writing import Incoming, people_write

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 17, 12, tzinfo=UTC)


@pytest.fixture
def account() -> Account:
    settings = {"from_address": "news@shop.example", "host": "127.0.0.1", "port": 9, "tls": "plain"}
    return account_save(account=Account(adapter="email", name="Shop"), settings=settings, secrets={})


def person_of(address: str) -> Person:
    (known,) = people_write([Incoming((identity_read("email", address),))], at=NOW)
    assert known.person is not None
    choice_record(person=known.person.pk, state=Choice.State.GIVEN, proof={"form": "test"}, at=NOW)
    return known.person


def sent_to(address: str, account: Account) -> Message:
    return Message.objects.create(
        uid=uuid4(), key=address, account=account, adapter="email", person=person_of(address), to=address,
        purpose="marketing", topic="honey", state=Message.State.SENT, created_at=NOW, done_at=NOW,
    )  # fmt: skip


def came(answer: Answer, message: Message | None = None, at: datetime = NOW) -> Arrival:
    """Let a mail come in that was read as this, and do what follows."""
    box, _is_new = Mailbox.objects.get_or_create(name="bounces", host="127.0.0.1", user="bounces")
    number = Arrival.objects.count() + 1
    arrival = Arrival(
        mailbox=box, uid_validity=1, uid=number, digest=str(number), kind=answer.kind.value, at=at,
        message=message, person_id=message.person_id if message else person_named(answer),
    )  # fmt: skip
    arrival.save()
    follow(arrival, answer, at=at, written_at=at)
    arrival.save()
    return arrival


def test_complaint_or_farewell_without_a_letter_of_ours_touches_nobody(account: Account) -> None:
    ana = person_of("ana@large.example")
    forged = [
        Answer(Kind.COMPLAINT, "ARF", complaint=Complaint("abuse", ("ana@large.example",))),
        Answer(Kind.COMPLAINT, "ARF", complaint=Complaint("abuse", ("stranger@large.example",))),
        Answer(Kind.UNSUBSCRIBE, "It says so.", sender="ana@large.example"),
        Answer(Kind.UNSUBSCRIBE, "It says so.", sender="stranger@large.example"),
    ]

    arrivals = [came(each) for each in forged]

    assert {(each.effect, each.why) for each in arrivals} == {("nothing", NO_LETTER)}
    assert not Suppression.objects.exists()
    assert [each.state for each in Choice.objects.filter(person=ana)] == [Choice.State.GIVEN]


def test_complaint_and_farewell_with_a_letter_are_those_of_its_reader(account: Account) -> None:
    ana, bea = sent_to("ana@large.example", account), sent_to("bea@large.example", account)

    came(Answer(Kind.COMPLAINT, "ARF", complaint=Complaint("abuse", ("carl@large.example",))), ana)
    came(Answer(Kind.UNSUBSCRIBE, "It says so.", sender="carl@large.example"), bea)

    withdrawn = Choice.objects.filter(state=Choice.State.WITHDRAWN).order_by("pk")
    assert [(each.person_id, each.topic) for each in withdrawn] == [
        (ana.person_id, ""),
        (bea.person_id, "honey"),
    ]
    assert Suppression.objects.get().why == Suppression.Why.COMPLAINT


def test_ids_of_messages_are_not_worked_out_by_others(account: Account) -> None:
    from zoco.channels.drafts import message_uid

    assert str(message_uid("b1:1")) != uuid8(b"message", b"b1:1")
    assert message_uid("b1:1") == message_uid("b1:1") != message_uid("b1:2")


def test_block_that_mail_reports_is_believed_of_three_people_within_a_day(account: Account) -> None:
    names = [f"p{n}@large.example" for n in range(4)]
    letters = [sent_to(each, account) for each in names]

    def blocked(n: int, hours: int) -> None:
        failure = Failure(names[n], diagnostic="550 blocked", reason=Reason.REPUTATION)
        came(Answer(Kind.BOUNCE, "A report.", failures=(failure,)), letters[n], NOW + timedelta(hours=hours))

    blocked(0, 0)
    for hour in (1, 26, 27):
        blocked(1, hour)
    blocked(2, 28)
    assert not Destination.objects.exists()
    blocked(3, 29)

    row = Destination.objects.get()
    assert (row.domain, row.is_block, row.because) == ("large.example", True, "550 blocked")
    assert not Suppression.objects.exists()
    assert not SoftCount.objects.exists()


def test_let_go_an_address_is_not_dead_again_by_what_was_said_of_old_letters(account: Account) -> None:
    named = identity_read("email", "ana@large.example")
    dead = Failure(
        named.value, status="5.1.1", diagnostic="550 5.1.1 <ana@large.example> no such user",
        reason=Reason.USER_UNKNOWN, is_hard=True, rule="no such user", source="RFC 3463",
    )  # fmt: skip
    answer, letter = Answer(Kind.BOUNCE, "DSN", failures=(dead,)), sent_to("ana@large.example", account)
    failure_count(identity=named, weight=1.0, at=NOW)
    came(answer, letter)
    event = SuppressionEvent.objects.get()
    assert (event.rule, event.code, event.reason, event.letter) == (
        "no such user", "5.1.1", "user_unknown", letter.uid,
    )  # fmt: skip
    assert event.said == "550 5.1.1 (email) no such user"
    later = NOW + timedelta(hours=1)

    suppressed_lift(identity=named, why=Suppression.Why.DEAD, reason="It works", by=None, at=later)
    came(answer, letter, later + timedelta(hours=1))
    address_judge(
        adapter="email", to=named.value, said=dead.diagnostic, at=later + timedelta(hours=1),
        answers=replace(NO_LETTER_KNOWN, letter=letter.uid, sent_at=letter.done_at),
    )  # fmt: skip

    assert (Suppression.objects.count(), SoftCount.objects.count()) == (0, 0)
    letter.done_at = later + timedelta(days=1)
    letter.save()
    came(answer, letter, later + timedelta(days=2))
    assert Suppression.objects.get().why == Suppression.Why.DEAD
    assert list(SuppressionEvent.objects.values_list("is_lift", flat=True)) == [False, True, False]


def test_reply_of_years_ago_is_of_then_and_none_of_before_its_letter_or_of_tomorrow(account: Account) -> None:
    person_of("ana@large.example")
    letter = sent_to("ana@large.example", account)
    Message.objects.update(done_at=NOW - timedelta(days=9))
    box = Mailbox.objects.create(name="old", host="127.0.0.1", user="old")
    box.accounts.add(account)
    past = "Tue, 12 May 2015 10:20:30 +0200"
    tomorrow, early = format_datetime(NOW + timedelta(days=1)), f"{past}\r\nIn-Reply-To: <{letter.uid}@x>"
    dates = {"Then": past, "Never": "Tue, 32 May", "None": "", "Tomorrow": tomorrow, "Early": early}
    dates["Unborn"] = "Mon, 01 Jan 1990 00:00:00 -0000"

    for number, (words, date) in enumerate(dates.items(), 1):
        head = f"From: ana@large.example\r\nSubject: {words}\r\nDate: {date}\r\n\r\n{words}\r\n"
        assert _taken(box, 1, number, head.encode(), NOW)

    then = datetime(2015, 5, 12, 8, 20, 30, tzinfo=UTC)
    assert dict(Reply.objects.values_list("text", "at")) == {
        "Then": then, "Never": NOW, "None": NOW, "Tomorrow": NOW, "Unborn": NOW - timedelta(days=7_305),
        "Early": NOW - timedelta(days=9),
    }  # fmt: skip
    told = OutboxRow.objects.filter(name="mail.reply.received").values_list("fact", flat=True)
    assert sum(str(micros(then)) in str(each) for each in told) == 1
    assert set(Arrival.objects.values_list("at", flat=True)) == {NOW}
