"""The whole loop with Postfix and Dovecot: sent, came back, read, and what follows done once."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from zoco.channels.contract import Content
from zoco.channels.delivering import deliver
from zoco.channels.drafts import Draft
from zoco.channels.models import Account, Message, Told
from zoco.channels.services import account_save
from zoco.consent.models import Choice, Suppression
from zoco.consent.services import choice_record
from zoco.consent.suppressing import suppressed
from zoco.ledger.models import OutboxRow
from zoco.mail.inbox import returning
from zoco.mail.inbox.models import Arrival, Mailbox, Reply
from zoco.mail.inbox.reading import mailbox_read, password_seal
from zoco.people.identities import identity_read
from zoco.people.models import Person
from zoco.people.writing import Incoming, people_write
from zoco.testing.mailservers import DOMAIN, PASSWORD, MailServers, mail_servers

pytestmark = [pytest.mark.django_db(transaction=True, serialized_rollback=True), pytest.mark.mail]
NOW = datetime(2026, 5, 17, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def servers() -> Iterator[MailServers]:
    with mail_servers("bounces", "again", "ana") as running:
        yield running


@pytest.fixture(autouse=True)
def near(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("ZOCO_PRIVATE_NETWORKS", "127.0.0.0/8")
    returning.forget()
    yield
    returning.forget()


def box_of(servers: MailServers, name: str = "bounces") -> Mailbox:
    settings = {"from_address": f"news@{DOMAIN}", "host": "127.0.0.1", "port": servers.smtp, "tls": "plain"}
    account = account_save(account=Account(adapter="email", name="Shop"), settings=settings, secrets={})
    box = Mailbox(name=name, host="127.0.0.1", port=servers.imap, encryption="plain", user=name)
    box.bounce_address = f"{name}@{DOMAIN}"
    password_seal(mailbox=box, password=PASSWORD)
    box.save()
    box.accounts.add(account)
    return box


def written_to(name: str) -> Message:
    """Send a letter to somebody who agreed; return it."""
    named = identity_read("email", f"{name}@{DOMAIN}")
    (known,) = people_write([Incoming((named,))], at=NOW)
    assert known.person is not None
    choice_record(person=known.person.pk, state=Choice.State.GIVEN, proof={"form": "test"}, at=NOW)
    account = Account.objects.get()
    content = Content("Hello", "Our news")
    draft = Draft(f"hello:{name}", account.pk, content, known.person.pk, "marketing")
    fate = deliver(draft, now=NOW)
    assert fate.state == Message.State.SENT
    return Message.objects.get(pk=fate.message)


def whys(name: str) -> set[str]:
    place = identity_read("email", f"{name}@{DOMAIN}").place
    return suppressed([place]).get(place, set())


def answer_to(message: Message, text: str, **fields: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = message.to, f"bounces@{DOMAIN}", "Re: Hello"
    mail["In-Reply-To"] = f"<{message.uid}@{DOMAIN}>"
    for name, value in fields.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes()


def complaint_of(message: Message) -> bytes:
    return (
        f"From: fbl@provider.example\r\nTo: bounces@{DOMAIN}\r\nSubject: complaint\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nA complaint.\r\n"
        "--b\r\nContent-Type: message/feedback-report\r\n\r\n"
        f"Feedback-Type: abuse\r\nVersion: 1\r\nUser-Agent: x/1\r\nOriginal-Rcpt-To: {message.to}\r\n\r\n"
        "--b\r\nContent-Type: message/rfc822\r\n\r\n"
        f"From: news@{DOMAIN}\r\nMessage-ID: <{message.uid}@{DOMAIN}>\r\n\r\nx\r\n--b--\r\n"
    ).encode()


def test_what_comes_back_reaches_the_person_once(servers: MailServers) -> None:
    box = box_of(servers)
    written_to("gone")
    letter = written_to("ana")
    complained = written_to("bea")  # also unknown here: its bounce comes as well
    servers.wait("ana", 1)
    servers.put("bounces", answer_to(letter, "Thank you!\n\n> Our news\n"), sender=letter.to)
    servers.put("bounces", answer_to(letter, "I am away.", Auto_Submitted="auto-replied"))
    servers.put("bounces", complaint_of(complained))
    servers.put(
        "bounces", b"Content-Type: text/plain; charset=utf-99\r\n\r\n\xff\xfe", sender="x@evil.example"
    )
    servers.wait("bounces", 6)

    assert mailbox_read(mailbox=box, now=NOW) == 6
    assert mailbox_read(mailbox=box, now=NOW) == 0

    box.refresh_from_db()
    assert box.failure == ""
    assert whys("gone") == {Suppression.Why.DEAD}
    assert whys("bea") == {Suppression.Why.DEAD, Suppression.Why.COMPLAINT}
    assert whys("ana") == set()
    assert sorted(Arrival.objects.values_list("kind", flat=True)) == [
        "auto_reply", "bounce", "bounce", "complaint", "reply", "reply",
    ]  # fmt: skip
    assert Choice.objects.get(state="withdrawn").person_id == complained.person_id
    reply = Reply.objects.get()
    assert (reply.person_id, reply.text) == (letter.person_id, "Thank you!")
    assert OutboxRow.objects.filter(fact__contains="mail.reply.received").count() == 1
    assert Told.objects.count() == 3
    Person.objects.filter(pk=reply.person_id).delete()
    assert not Reply.objects.exists()


class Killed(BaseException):
    """Stands for the end of the process: nothing after it is done."""


@pytest.mark.parametrize("step", ["fetched", "taken", "put away"])
def test_reader_that_is_killed_loses_nothing_and_does_nothing_twice(servers: MailServers, step: str) -> None:
    box = box_of(servers, "again")
    box.afterwards = Mailbox.Afterwards.MOVE
    box.save()
    written_to(f"lost-{step[:3]}")
    written_to(f"gone-{step[:3]}")
    servers.wait("again", 2)

    def die(reached: str) -> None:
        if reached == step:
            raise Killed

    with pytest.raises(Killed):
        mailbox_read(mailbox=box, now=NOW, at_step=die)
    mailbox_read(mailbox=box, now=NOW)

    assert Arrival.objects.filter(kind="bounce", is_put_away=True).count() == Told.objects.count() == 2
    assert whys(f"lost-{step[:3]}") == whys(f"gone-{step[:3]}") == {Suppression.Why.DEAD}
    Mailbox.objects.update(uid_validity=0, last_uid=0)
    mailbox_read(mailbox=box, now=NOW)
    assert Told.objects.count() == 2


def test_forged_report_touches_nobody_and_a_wrong_password_is_told(servers: MailServers) -> None:
    box = box_of(servers, "ana")
    Person.objects.all().delete()
    report = (
        f"From: MAILER-DAEMON@evil.example\r\nTo: ana+{'a' * 32}@{DOMAIN}\r\nSubject: Undelivered\r\n"
        "MIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; evil.example\r\n\r\n"
        f"Final-Recipient: rfc822; ana@{DOMAIN}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 user unknown\r\n\r\n--b--\r\n"
    )
    servers.put("ana", report.encode())
    servers.wait("ana", 1)
    mailbox_read(mailbox=box, now=NOW)

    assert Arrival.objects.get(kind="bounce").effect == "nothing"
    assert not Suppression.objects.exists()
    password_seal(mailbox=box, password="beeswax")
    box.save()
    mailbox_read(mailbox=box, now=NOW)
    box.refresh_from_db()
    assert "AUTHENTICATIONFAILED" in box.failure
    assert "beeswax" not in box.failure
