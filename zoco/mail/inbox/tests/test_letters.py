"""Replies and what came in name the letter that they answer, also where it had no subject of its own."""

import pytest
from django.urls import reverse

from zoco.channels.models import Message
from zoco.kit.ids import uuid7
from zoco.mail.editing.models import Letter
from zoco.mail.inbox.letters import letters_named
from zoco.mail.inbox.models import Mailbox
from zoco.mail.inbox.tests.test_replies import NOW, box, known, replied
from zoco.mail.journeys.models import Journey
from zoco.mail.sending.models import Sending
from zoco.project.tests.readers import body, client_of

pytestmark = [pytest.mark.django_db, pytest.mark.markup]
__all__ = ["box"]


def sent(kind: str = "", about: object = "", subject: str = "") -> Message:
    uid = uuid7()
    return Message.objects.create(
        uid=uid, key=str(uid), adapter="email", created_at=NOW, about_kind=kind, about=str(about),
        subject=subject,
    )  # fmt: skip


def test_a_letter_without_a_subject_goes_by_what_it_was_sent_for(box: Mailbox) -> None:
    letter = Letter.objects.create(name="Order", created_at=NOW, changed_at=NOW)
    sending = Sending.objects.create(name="Honey of May", letter=letter, created_at=NOW)
    journey = Journey.objects.create(name="Welcome", created_at=NOW)
    found = [
        sent("sending", sending.uid), sent("letter", letter.uid), sent("journey", journey.uid),
        sent("sending", sending.uid, "Its own"), sent("sending", letter.uid), sent(),
    ]  # fmt: skip

    named = letters_named([*found, None])

    assert [named[each.pk] for each in found] == ["Honey of May", "Order", "Welcome", "Its own", "", ""]


def test_replies_and_mailboxes_name_it(box: Mailbox) -> None:
    letter = Letter.objects.create(name="Order", created_at=NOW, changed_at=NOW)
    sending = Sending.objects.create(name="Honey of May", letter=letter, created_at=NOW)
    replied(box, known("Ana"), "Thank you", message=sent("sending", sending.uid))
    analyst = client_of("analyst")

    for where in (reverse("zoco_replies"), reverse("zoco_mailbox", args=[box.pk])):
        assert "Honey of May" in body(analyst.get(where))
