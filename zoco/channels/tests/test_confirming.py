"""Double opt-in from the question to the proof, by a real mail server on loopback."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from zoco.channels.models import Account
from zoco.channels.services import account_save
from zoco.channels.tests.conftest import NOON
from zoco.channels.tests.mailbox import Mailbox, mailbox
from zoco.consent.confirming.models import Confirmation
from zoco.consent.confirming.services import (
    LETTERS_MOST,
    PAUSE,
    Asked,
    Asking,
    confirmation_ask,
    confirmation_send,
    confirmations_prune,
    token_of,
)
from zoco.consent.models import Choice, Suppression, Topic
from zoco.consent.public.tokens import Links, signed
from zoco.consent.suppressing import suppress, suppressed
from zoco.ledger.models import OutboxRow
from zoco.people.identities import identity_read
from zoco.people.models import Identity, Person
from zoco.people.writing import Incoming, people_write

pytestmark = pytest.mark.django_db
ANA = identity_read("email", "ana@shop.example")


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    monkeypatch.setenv("ZOCO_PRIVATE_NETWORKS", "127.0.0.0/8")
    with mailbox() as kept:
        settings = {"from_address": "news@shop.example", "from_name": "", "host": "127.0.0.1", "user": ""}
        account_save(
            account=Account(adapter="email", name="mail"),
            settings={**settings, "port": kept.port, "tls": "plain"},
            secrets={},
        )
        yield kept


@pytest.fixture
def asking(db: None) -> Asking:
    Topic.objects.create(key="news", label="News", words={"es": {"label": "Novedades <b>"}})
    (written,) = people_write([Incoming((ANA,))], at=NOON)
    assert written.person is not None
    proof = {"form": "footer", "text": "Sí, escríbanme."}
    given = {"fields": {"name": "Ana Ríos"}}
    return Asking(written.person.pk, "ana@shop.example", ("news",), "es", proof, form="footer", given=given)


def test_a_letter_asks_and_one_post_confirms_once(post: Mailbox, asking: Asking) -> None:
    suppress(identity=ANA, why=Suppression.Why.UNSUBSCRIBED, at=NOON)
    now = timezone.now()
    assert confirmation_ask(asking, at=now) == Asked.SENT
    assert confirmation_ask(asking, at=now) == Asked.SOON
    held = Confirmation.objects.get()
    for _twice in range(2):
        assert confirmation_send(key=held.pk, number=1, at=now) == ""

    (letter,) = post.letters
    assert letter["Subject"] == "Confirme su suscripción"
    html = letter.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert "Novedades &lt;b&gt;" in html
    text = letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    where = re.search(r"https?://[^/]+(/confirm/\S+)", text)
    assert where is not None
    client, page = Client(enforce_csrf_checks=True), where[1]
    looked = client.get(page)
    client.head(page)
    assert (looked.status_code, len(looked.cookies), looked.content.count(b"<button")) == (200, 0, 1)
    assert not Choice.objects.filter(state="given").exists()
    assert Person.objects.get().name == ""

    assert [client.post(page).status_code for _twice in range(2)] == [200, 200]

    given = Choice.objects.get(state="given")
    assert (given.topic, given.adapter, given.proof["text"]) == ("news", "email", "Sí, escríbanme.")
    assert given.proof["token"] not in page
    assert Person.objects.get().name == "Ana Ríos"
    assert Identity.objects.get().proved_at is not None
    assert not suppressed([ANA.place])
    told = OutboxRow.objects.filter(name="consent.form.filled")
    assert [each.person for each in told] == [Person.objects.get().number]


def test_nobody_is_asked_more_than_a_few_times_nor_where_a_complaint_stands(asking: Asking) -> None:
    now = timezone.now()
    found = [confirmation_ask(asking, at=now + PAUSE * 2 * number) for number in range(LETTERS_MOST + 1)]
    assert found == [Asked.SENT] * LETTERS_MOST + [Asked.OFTEN]
    assert Confirmation.objects.count() == 1
    assert Choice.objects.filter(state="asked").count() == 1

    suppress(identity=ANA, why=Suppression.Why.COMPLAINT, at=NOON)
    assert confirmation_ask(asking, at=now + timedelta(days=30)) == Asked.SUPPRESSED
    Client().post(f"/confirm/{token_of(Confirmation.objects.get())}")
    assert suppressed([ANA.place]) == {ANA.place: {"complaint"}}


def test_forged_foreign_and_old_tokens_confirm_nothing(asking: Asking) -> None:
    now = timezone.now()
    confirmation_ask(asking, at=now - timedelta(days=8))
    held = Confirmation.objects.get()
    token = token_of(held)
    other = (
        Links(on=now.date(), base="/")
        .preferences(person=Person(pk=asking.person, created_at=now))
        .removeprefix("/preferences/")
    )

    assert {Client().post(f"/confirm/{each}").status_code for each in (token[:-1], token + "A", other)} == {
        404
    }
    assert Client().post(f"/confirm/{token}").status_code == 410
    assert Client().post(f"/confirm/{signed('c.' + '0' * 32)}").status_code == 410

    assert not Choice.objects.filter(state="given").exists()
    assert confirmations_prune(now=now) == 0
    assert confirmations_prune(now=now + timedelta(days=60)) == 1
