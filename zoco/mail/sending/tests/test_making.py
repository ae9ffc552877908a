"""Mails of a sending as they are made: for a server, for the API of a provider, and where one cannot be."""

from dataclasses import replace

import pytest
from django.utils import timezone

from zoco.channels.contract import CHANNELS, Content, Refused
from zoco.channels.drafts import Claimed
from zoco.channels.models import Account, Message
from zoco.channels.services import account_open
from zoco.mail.inbox import returning
from zoco.mail.inbox.models import Mailbox
from zoco.mail.letters.heads import address_header
from zoco.mail.letters.message import HeaderWrong
from zoco.mail.sending.following import sendings_follow
from zoco.mail.sending.making import LetterMaker, LetterMaking
from zoco.mail.sending.models import Sending
from zoco.mail.sending.tests.conftest import start
from zoco.people.models import Person


@pytest.fixture
def making(sending: Sending) -> LetterMaking:
    start(sending)
    sendings_follow(now=timezone.now())
    batch = sending.legs.get().batch
    assert batch is not None
    return LetterMaker().open(batch)


def claimed(person: Person, account: Account) -> Claimed:
    message = Message.objects.get(person=person.pk)
    opened = account_open(account)
    return Claimed(
        message.pk, message.key, str(message.uid), 1, "ana@shop.example", "Ana", opened, account.pk,
        CHANNELS.get("email"), Content(),
    )  # fmt: skip


@pytest.mark.django_db
def test_a_provider_is_given_parts_and_the_same_headers(
    making: LetterMaking, account: Account, people: list[Person]
) -> None:
    mine = replace(claimed(people[0], account), channel=CHANNELS.get("postmark"))

    (made,) = making.contents([mine])

    assert isinstance(made, Content)
    assert (made.raw, made.subject, "Hello you" in made.text, "Hello you" in made.html) == (
        b"", "Honey", True, True,
    )  # fmt: skip
    assert sorted(made.headers) == ["Feedback-ID", "List-Unsubscribe", "List-Unsubscribe-Post"]


@pytest.mark.django_db
def test_where_a_mailbox_is_read_one_may_leave_by_mail(
    making: LetterMaking, account: Account, people: list[Person]
) -> None:
    box = Mailbox.objects.create(name="box", host="imap.shop.example", bounce_address="bounces@shop.example")
    box.accounts.add(account)
    returning.forget()

    (made,) = making.contents([claimed(people[0], account)])
    returning.forget()

    assert isinstance(made, Content)
    head = made.raw.decode().partition("\r\n\r\n")[0]
    (line,) = [each for each in head.split("\r\n") if each.startswith("List-Unsubscribe:")]
    assert line.count("<https://") + line.count("<http://") == 1
    assert "<mailto:bounces+" in line
    assert line.endswith("@shop.example?subject=unsubscribe>")


@pytest.mark.django_db
def test_who_was_erased_between_claim_and_making_is_refused(
    making: LetterMaking, account: Account, people: list[Person]
) -> None:
    first, second = claimed(people[0], account), claimed(people[1], account)
    people[0].delete()

    gone, there = making.contents([first, second])

    assert (gone, isinstance(there, Content)) == (Refused("The person is not there any more.", "gone"), True)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", b"To: a@b.example\r\n"),
        ("Ana O'Neil", b"To: Ana O'Neil\r\n <a@b.example>\r\n"),
        ('Ana "B", C', b'To: "Ana \\"B\\", C"\r\n <a@b.example>\r\n'),
        ("Ñ", b"To: =?utf-8?b?w5E=?=\r\n <a@b.example>\r\n"),
    ],
)
def test_names_stand_before_addresses_as_mail_writes_them(name: str, said: bytes) -> None:
    assert address_header("To", name, "a@b.example") == said


def test_a_name_cannot_begin_a_header() -> None:
    with pytest.raises(HeaderWrong):
        address_header("To", "Ana\r\nBcc: x@y.example", "a@b.example")
