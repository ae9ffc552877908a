"""Pages of mailboxes: who may what, that no password is shown or sent elsewhere, and what came in."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from zoco.channels.sealing import opened
from zoco.mail.inbox.models import Arrival, Mailbox
from zoco.project.tests.readers import body, client_of

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
