"""A destination that blocks us is left alone: what is for it waits, others go on, and it grows."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django_tasks_db.models import DBTaskResult

from zoco.channels import due, facts
from zoco.channels.bulk.claiming import batch_claim
from zoco.channels.bulk.sending import batch_send
from zoco.channels.bulk.tests.conftest import PlainMaker, begun, mail_account
from zoco.channels.contract import Content, Heard, Told
from zoco.channels.delivering import deliver
from zoco.channels.drafts import Draft
from zoco.channels.hearing import heard_write
from zoco.channels.models import Account, Destination, Message
from zoco.channels.rates.pausing import destination_release, destination_strike
from zoco.channels.services import account_open
from zoco.channels.tests.conftest import NOON
from zoco.channels.tests.mailbox import Mailbox, mailbox
from zoco.consent.models import Choice, Rule
from zoco.consent.services import choice_record
from zoco.mail.inbox.models import SoftCount
from zoco.people.identities import identity_read
from zoco.people.writing import Incoming, people_write

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.usefixtures("maker"),
]
State = Message.State
BLOCKED = "550 5.7.1 Service unavailable; client host blocked using Spamhaus"
HOUR = timedelta(hours=1)


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mailbox() as kept:
        yield kept


@pytest.fixture
def account(db: None, box: Mailbox) -> Account:
    Rule.objects.update_or_create(
        purpose="marketing", defaults={"most": 0, "opens_at": "00:00", "closes_at": "00:00"}
    )
    return mail_account(box.port)


def person(address: str) -> int:
    (written,) = people_write([Incoming((identity_read("email", address),))], at=NOON)
    assert written.person is not None
    choice_record(person=written.person.pk, state=Choice.State.GIVEN, proof={"form": "test"}, at=NOON)
    return written.person.pk


def draft(account: Account, of: int, key: str, purpose: str = "marketing") -> Draft:
    return Draft(key, account.pk, Content("Hello", "Hello"), of, purpose)


def test_block_lets_letters_to_one_destination_wait_and_others_leave(account: Account, box: Mailbox) -> None:
    ana, bea, carl = person("ana@large.example"), person("bea@large.example"), person("carl@other.example")
    box.answers["rcpt"] = BLOCKED
    first = deliver(draft(account, ana, "a"), now=NOON)
    box.answers.clear()

    fates = [
        deliver(draft(account, bea, "b"), now=NOON + timedelta(minutes=1)),
        deliver(draft(account, carl, "c"), now=NOON + timedelta(minutes=1)),
        deliver(draft(account, bea, "needed", "transactional"), now=NOON + timedelta(minutes=1)),
    ]

    assert (first.state, first.because) == (State.WAITS, facts.DESTINATION)
    assert [each.state for each in fates] == [State.WAITS, State.SENT, State.SENT]
    assert (fates[0].because, fates[0].until) == (facts.DESTINATION, Destination.objects.get().paused_until)
    assert Destination.objects.get().paused_until == pytest.approx(NOON + HOUR, abs=timedelta(minutes=1))
    assert DBTaskResult.objects.filter(task_path__endswith="block_tell").count() == 1
    assert not SoftCount.objects.exists()
    due.due_send(now=NOON + 2 * HOUR)
    assert set(Message.objects.values_list("state", flat=True)) == {State.SENT}


def test_batch_waits_for_the_destination_alone_and_goes_on_by_the_button(
    account: Account,
    box: Mailbox,
    maker: PlainMaker,
) -> None:
    people = [person(f"p{n}@{'large' if n % 2 else 'other'}.example") for n in range(20)]
    row = destination_strike(
        account=account.pk, domain="large.example", is_block=True, because="550 no", at=NOON
    )
    batch = begun(account, people)

    assert batch_send(batch=batch, lines=2, clock=lambda: NOON) == 10
    waits = Message.objects.filter(state=State.WAITS)
    assert set(waits.values_list("because", "next_at")) == {(facts.DESTINATION, NOON + HOUR)}
    assert destination_release(destination=row, at=NOON + timedelta(minutes=5)) == 10
    assert batch_send(batch=batch, lines=2, clock=lambda: NOON + timedelta(minutes=6)) == 10


def test_rest_grows_with_each_strike_after_it_and_is_forgotten(account: Account) -> None:
    def strike(hours: float, *, is_block: bool = True, sent: float | None = None) -> float:
        at = NOON + hours * HOUR
        row = destination_strike(
            account=account.pk,
            domain="large.example",
            is_block=is_block,
            because="550 no",
            at=at,
            sent_at=None if sent is None else NOON + sent * HOUR,
        )
        assert row.paused_until is not None
        return (row.paused_until - NOON) / HOUR

    assert strike(0, is_block=False) == pytest.approx(1 / 60)
    assert strike(0) == 1  # a block is more than a wish for less
    assert strike(0.5) == strike(0.6, is_block=False) == 1
    assert strike(1.5, sent=-1) == 1  # it left before
    assert strike(2) == 6
    assert strike(7) == 19
    assert strike(7 + 8 * 24) == 7 + 8 * 24 + 1


def test_web_hook_pauses_a_destination_and_counts_what_may_pass(account: Account, box: Mailbox) -> None:
    ana, bea = person("ana@large.example"), person("bea@small.example")
    deliver(draft(account, ana, "a"), now=NOON)
    deliver(draft(account, bea, "b"), now=NOON)
    uids = dict(Message.objects.values_list("to", "uid"))

    def hear(to: str, reason: str) -> None:
        heard = Heard(f"e {to} {reason}", Told.BOUNCED, to, str(uids[to]), reason)
        heard_write(account=account, heard=[heard, heard], at=NOON + HOUR)

    hear("ana@large.example", BLOCKED)
    hear("bea@small.example", "552 5.2.2 mailbox full")

    assert list(Destination.objects.values_list("domain", "is_block", "strikes")) == [
        ("large.example", True, 1)
    ]
    assert SoftCount.objects.get().points == 1.0


def test_refusal_that_may_pass_counts_for_the_address(account: Account, box: Mailbox) -> None:
    box.answers["rcpt"] = "552 5.2.2 mailbox full"

    assert deliver(draft(account, person("ana@large.example"), "a"), now=NOON).state == State.FAILED
    assert SoftCount.objects.get().points == 1.0
    assert not Destination.objects.exists()


def test_claim_asks_once_about_destinations_however_many_they_are(account: Account) -> None:
    batch = begun(account, [person(f"p{n}@d{n}.example") for n in range(10)])
    opened, asked = account_open(account), []

    def noted(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        asked.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(noted):
        assert len(batch_claim(batch=batch, opened=opened, now=NOON, most=50).claimed) == 10
    assert sum("zoco_channels_destination" in each for each in asked) == 1
