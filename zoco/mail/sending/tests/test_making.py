"""Mails of a sending as they are made: for a server, for the API of a provider, and where one cannot be."""

from dataclasses import replace

import pytest
from django.utils import timezone

from zoco.channels.contract import CHANNELS, Content, Refused
from zoco.channels.drafts import Claimed
from zoco.channels.mailing.accounts import mail_account_usual
from zoco.channels.models import Account, Batch, Message
from zoco.channels.services import account_open
from zoco.channels.tests.mailbox import Mailbox as Server
from zoco.consent.public.tokens import opened
from zoco.mail.counting.models import LetterLink
from zoco.mail.editing.models import Letter
from zoco.mail.inbox import returning
from zoco.mail.inbox.models import Mailbox
from zoco.mail.letters.heads import address_header
from zoco.mail.letters.message import HeaderWrong
from zoco.mail.sending.following import sendings_follow
from zoco.mail.sending.making import LetterMaker, LetterMaking
from zoco.mail.sending.models import Sending
from zoco.mail.sending.tests.conftest import audience_of, go, start
from zoco.mail.tests.test_letters import FOOTER
from zoco.people.audiences.models import Audience
from zoco.people.audiences.services import audience_delete
from zoco.people.merging import people_merge
from zoco.people.models import Person
from zoco.testing.factories import site_make


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
        CHANNELS.get("email"), Content(), person=message.person_id or 0,
    )  # fmt: skip


@pytest.mark.django_db
def test_a_provider_is_given_parts_and_the_same_headers(
    making: LetterMaking, account: Account, people: list[Person]
) -> None:
    mine = replace(claimed(people[0], account), channel=CHANNELS.get("postmark"))

    (made,) = making.contents([mine])

    assert isinstance(made, Content)
    assert (made.whole, made.subject, "Hello you" in made.text, "Hello you" in made.html) == (
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
    head = made.wire[0].decode()
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


@pytest.mark.django_db
def test_who_was_merged_between_claim_and_making_reads_it_as_who_stands_for_him(
    making: LetterMaking, account: Account, people: list[Person]
) -> None:
    mine = replace(claimed(people[0], account), channel=CHANNELS.get("postmark"))
    people_merge(person=people[0], into=people[2], why="the same", at=timezone.now())

    (made,) = making.contents([mine])

    assert isinstance(made, Content)
    token = made.headers["List-Unsubscribe"].partition(">")[0].rpartition("/")[2]
    assert opened(token, on=timezone.now().date()).person == people[2].pk


@pytest.mark.django_db
def test_a_condition_that_is_gone_meanwhile_holds_all_and_refuses_nobody(
    sending: Sending, letter: Letter, people: list[Person], server: Server
) -> None:
    some = audience_of(people[:1], "some")
    block = {"type": "text", "value": {"text": "<p>For some</p>", "only": f"audience:{some.pk}"}}
    letter.editions.update(blocks=[block, FOOTER])
    start(sending)
    kept, pk = Audience.objects.filter(pk=some.pk).values().get(), some.pk
    audience_delete(audience=some)

    go(sending)

    batch = sending.legs.get().batch
    assert batch is not None
    assert "An audience that decides who reads a block is gone" in batch.trouble
    assert (len(server.letters), set(Message.objects.values_list("state", flat=True))) == (0, {"waits"})
    assert set(Message.objects.values_list("tries", flat=True)) == {0}
    Audience.objects.create(**{**kept, "id": pk})
    Batch.objects.update(trouble_until=None)
    go(sending)
    assert len(server.letters) == 3


@pytest.mark.django_db
def test_links_lead_where_they_led_whatever_becomes_of_hostnames_and_counting(
    making: LetterMaking, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = list(LetterLink.objects.order_by("pk").values())
    assert before
    site_make()
    made = LetterMaker().open(making.batch)
    monkeypatch.setenv("ZOCO_MAIL_COUNT_CLICKS", "0")

    LetterMaker().open(making.batch)

    assert list(made.envelopes) == list(making.envelopes)
    assert list(LetterLink.objects.order_by("pk").values()) == before


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", b"To: a@b.example\r\n"),
        ("Ana O'Neil", b"To: Ana O'Neil\r\n <a@b.example>\r\n"),
        ('Ana "B", C', b'To: "Ana \\"B\\", C"\r\n <a@b.example>\r\n'),
        ("Ñ", b"To: =?utf-8?b?w5E=?=\r\n <a@b.example>\r\n"),
        ("=?utf-8?q?a?=", b"To: =?utf-8?b?PT91dGYtOD9xP2E/PQ==?=\r\n <a@b.example>\r\n"),
    ],
)
def test_names_stand_before_addresses_as_mail_writes_them(name: str, said: bytes) -> None:
    assert address_header("To", name, "a@b.example") == said


def test_a_name_cannot_begin_a_header() -> None:
    with pytest.raises(HeaderWrong):
        address_header("To", "Ana\r\nBcc: x@y.example", "a@b.example")


def test_the_usual_account_for_mail_may_be_that_of_a_provider(db: None) -> None:
    Account.objects.create(adapter="hook", name="hook")
    assert mail_account_usual() is None
    off = Account.objects.create(adapter="email", name="smtp", is_on=False)
    provider = Account.objects.create(adapter="postmark", name="provider")
    assert mail_account_usual() == provider

    Account.objects.filter(pk=off.pk).update(is_on=True)

    assert mail_account_usual() == off
