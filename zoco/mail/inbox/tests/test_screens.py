"""Pages of mailboxes: who may what, that no password is shown or sent elsewhere, and what came in."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from zoco.channels.models import Account
from zoco.channels.sealing import opened
from zoco.kit import noting
from zoco.ledger.pictures import formats
from zoco.mail.inbox.forms import MailboxForm
from zoco.mail.inbox.imap import MailboxFailed
from zoco.mail.inbox.models import Arrival, Mailbox
from zoco.mail.inbox.saying import kept, said
from zoco.people.models import Person
from zoco.project.tests.readers import body, client_of
from zoco.testing.channels import fake_channel

pytestmark = [pytest.mark.django_db, pytest.mark.markup]
GIVEN = {
    "name": "Bounces", "host": "127.0.0.1", "port": 9, "encryption": "plain", "user": "bounces",
    "password": "honeycomb", "folder": "INBOX", "afterwards": "seen", "read_folder": "Read",
    "bounce_address": "bounces@shop.example",
}  # fmt: skip


def word_of(box: Mailbox) -> Any:
    return opened(box.secrets, account=str(box.uid))["password"]


def test_owner_adds_a_mailbox_and_its_password_goes_nowhere_else() -> None:
    owner = client_of("owner")
    assert "No mailbox is read yet" in body(owner.get(reverse("zoco_mailboxes")))

    answer = owner.post(reverse("zoco_mailbox_new"), GIVEN)

    box = Mailbox.objects.get()
    assert answer.headers["Location"] == reverse("zoco_mailbox", args=[box.pk])
    assert word_of(box) == "honeycomb"
    page = body(owner.get(answer.headers["Location"]))
    assert "The mail server cannot be used" in page
    edit = reverse("zoco_mailbox_edit", args=[box.pk])
    assert "honeycomb" not in page + body(owner.get(edit))
    moved = owner.post(edit, {**GIVEN, "password": "", "host": "evil.example"})
    assert moved.status_code == 422
    assert "Enter the password: it would go to another place than before." in body(moved)
    owner.post(edit, {**GIVEN, "password": "", "name": "Answers"})
    box.refresh_from_db()
    assert (box.name, box.host, word_of(box)) == ("Answers", "127.0.0.1", "honeycomb")
    for word, is_on in (("off", False), ("dance", False), ("on", True)):
        owner.post(reverse("zoco_mailbox_act", args=[box.pk]), {"act": word})
        box.refresh_from_db()
        assert box.is_on is is_on


def test_what_came_in_stands_by_kind_with_what_followed_and_why() -> None:
    box = Mailbox.objects.create(name="Bounces", host="127.0.0.1", user="bounces")
    now = timezone.now()
    for number, (kind, effect) in enumerate([("bounce", "suppress"), ("bounce", "nothing"), ("reply", "")]):
        Arrival.objects.create(
            mailbox=box, uid_validity=1, uid=number, digest=str(number), kind=kind, effect=effect,
            why="It names no letter of ours." if effect == "nothing" else "", at=now - timedelta(days=number),
        )  # fmt: skip
    reader, where = client_of("analyst"), reverse("zoco_mailbox", args=[box.pk])

    page = body(reader.get(where))

    assert page.count('role="rowheader"') == 5
    assert "the address is dead and gets nothing more" in page
    assert "It names no letter of ours." in page
    assert body(reader.get(where, {"kind": "reply"})).count('role="rowheader"') == 3
    for client in (reader, client_of("marketer")):
        assert client.get(reverse("zoco_mailbox_new")).status_code in {302, 403}
        client.post(reverse("zoco_mailbox_act", args=[box.pk]), {"act": "off"})
    box.refresh_from_db()
    assert box.is_on


def test_switching_a_mailbox_stands_in_the_log() -> None:
    box = Mailbox.objects.create(name="Bounces", host="127.0.0.1", user="bounces")
    told: list[dict[str, Any]] = []

    def noter(**said: Any) -> None:
        told.append(said)

    noting.listen(noter)
    try:
        owner = client_of("owner")
        told.clear()
        for word in ("off", "off", "on"):
            owner.post(reverse("zoco_mailbox_act", args=[box.pk]), {"act": word})
    finally:
        noting._noters.remove(noter)

    assert [(each["kind"], each["name"], each["details"], each["by"].is_active) for each in told] == [
        ("zoco_mail.mailbox", "Bounces", {"is_on": [True, False]}, True),
        ("zoco_mail.mailbox", "Bounces", {"is_on": [False, True]}, True),
    ]


def test_failure_is_said_in_the_language_of_whoever_reads_it() -> None:
    box = Mailbox.objects.create(name="Bounces", host="127.0.0.1", user="bounces")
    words = "The mail server refuses %(command)s: %(why)s"
    failure = kept(MailboxFailed(words, command="SELECT", why="no " * 150))
    assert len(failure) == 300
    assert said(failure).startswith("The mail server refuses SELECT: no no")
    Mailbox.objects.update(failure=kept(MailboxFailed(words, command="MOVE", why="100 %")))
    owner = client_of("owner")

    for where in (reverse("zoco_mailboxes"), reverse("zoco_mailbox", args=[box.pk])):
        assert "The mail server refuses MOVE: 100 %" in body(owner.get(where))
    with override("es"):
        assert said(Mailbox.objects.get().failure) == "El servidor de correo rechaza MOVE: 100 %"
    assert said("Finished words.") == "Finished words."


def test_absence_that_an_automatic_reply_told_stands_on_the_persons_page() -> None:
    now = timezone.now()
    person = Person.objects.create(name="Ana", created_at=now, changed_at=now)
    box = Mailbox.objects.create(name="Answers", host="127.0.0.1", user="answers")
    until = now.date() + timedelta(days=3)
    Arrival.objects.create(
        mailbox=box, uid_validity=1, uid=1, digest="1", kind="auto_reply", person=person, at=now,
        away_until=until,
    )  # fmt: skip
    owner, where = client_of("owner"), reverse("zoco_person", args=[person.pk])
    day = formats.day(until)

    assert f"Away until {day}." in body(owner.get(where))
    Arrival.objects.update(away_until=now.date() - timedelta(days=2))
    assert "Absence" not in body(owner.get(where))


def test_only_accounts_that_send_mail_are_offered_and_what_was_chosen_before() -> None:
    made = {
        key: Account.objects.create(adapter=key, name=key, is_on=key != "postmark")
        for key in ("email", "postmark", "hook")
    }
    with fake_channel():
        Account.objects.create(adapter="fake", name="fake")
        choices = MailboxForm().fields["accounts"].queryset  # type: ignore[attr-defined]
    box = Mailbox.objects.create(name="Bounces", host="127.0.0.1", user="bounces")
    box.accounts.add(made["hook"])

    kept = MailboxForm(instance=box).fields["accounts"].queryset  # type: ignore[attr-defined]

    assert [each.name for each in choices] == ["email", "postmark"]
    assert [each.name for each in kept] == ["email", "hook", "postmark"]
