"""One letter to one person: by a program, once for a key, as permission allows; and as a test to oneself."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from zoco.channels.claiming import LEASE
from zoco.channels.drafts import DraftWrong
from zoco.channels.due import due_send
from zoco.channels.models import Account, Message
from zoco.channels.services import account_save
from zoco.mail.editing.models import Letter
from zoco.mail.editing.printing import copies_forget
from zoco.mail.editing.prints import Copy
from zoco.mail.editing.services import Words, edition_write, letter_archive, letter_write
from zoco.mail.editing.single import letter_send
from zoco.people.models import Identity, Person
from zoco.project.entry.keys.services import key_make
from zoco.project.models import Change
from zoco.project.tests.readers import client_of
from zoco.testing.channels import fake_channel, taken

AT = datetime(2026, 11, 28, 12, tzinfo=UTC)
URL = "/api/v1/letters/order/send"
EMAIL = ("email", "")
pytestmark = pytest.mark.django_db


@pytest.fixture
def letter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    with fake_channel() as channel:
        monkeypatch.setattr(type(channel), "identity", EMAIL)
        account = account_save(
            account=Account(adapter="fake", name="fake"),
            settings={"file": str(tmp_path / "fake"), "answer": "take"},
            secrets={"word": "honeycomb"},
        )
        made = Letter(name="Order", key="order", purpose="transactional", account=account)
        letter_write(letter=made, at=AT)
        for language, text in (("en", "Order {{ data.number }}"), ("es", "Pedido {{ data.number }}")):
            blocks = [{"type": "heading", "value": {"text": text}}]
            edition_write(letter=made, language=language, words=Words(text, blocks=blocks), at=AT)
        yield made


@pytest.fixture
def program() -> Client:
    client_of("marketer")
    now = timezone.now()
    _key, token = key_make(
        name="shop", scopes=["letters:send"], sites=None, expires_at=now + timedelta(days=9), at=now,
        by=User.objects.get(username="marketer"),
    )  # fmt: skip
    return Client(headers={"authorization": f"Bearer {token}"})


def ask(client: Client, value: str = "ana@shop.example", key: str = "order-7", **more: Any) -> Any:
    body = {
        "person": {"kind": "email", "value": value},
        "idempotency_key": key,
        "data": {"number": 7},
        **more,
    }
    return client.post(URL, json.dumps(body), content_type="application/json")


def test_a_program_sends_a_letter_once_for_a_key(letter: Letter, program: Client, tmp_path: Path) -> None:
    first = ask(program, language="es").json()
    again = ask(program, language="es", data={"number": 8}).json()
    other = ask(program, key="order-8").json()

    message = Message.objects.get(uid=first["message"])
    assert (first["state"], first["because"], first["is_new"]) == ("sent", "needed", True)
    assert (again["message"], again["is_new"]) == (first["message"], False)
    assert other["message"] != first["message"]
    assert (message.subject, message.purpose, message.about_kind) == ("Pedido 7", "transactional", "letter")
    assert Identity.objects.get(kind="email").value == "ana@shop.example"
    sent = taken(tmp_path / "fake")
    assert [each.id for each in sent] == [first["message"], other["message"]]


def test_what_a_killed_program_asked_for_leaves_later_and_once(
    letter: Letter, program: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_args: object, **_more: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr("zoco.channels.delivering.claimed_send", killed)
        with pytest.raises(SystemExit):
            ask(program)
    between = ask(program).json()

    due_send(now=timezone.now() + 2 * LEASE)
    after = ask(program).json()

    assert (between["state"], between["is_new"]) == ("claimed", False)
    assert (after["state"], after["message"]) == ("sent", between["message"])
    assert [each.id for each in taken(tmp_path / "fake")] == [after["message"]]


def test_what_cannot_be_sent_says_why_and_sends_nothing(
    letter: Letter, program: Client, tmp_path: Path
) -> None:
    known = ask(program)
    stolen = ask(program, value="leo@shop.example")
    deep = ask(program, key="k2", data={"a": {"b": {"c": {"d": {"e": 1}}}}})
    missing = program.post(URL, json.dumps({"person": 1}), content_type="application/json")
    nobody = ask(program, person={"kind": "external", "value": "9", "space": "shop"}, key="k3")
    Letter.objects.filter(pk=letter.pk).update(purpose="marketing")
    refused = ask(program, key="k4")
    letter_archive(letter=letter, is_archived=True, at=AT)
    away = ask(program, key="k5")
    forbidden = ask(client_of("analyst"), key="k6")

    codes = [each.status_code for each in (known, stolen, deep, missing, nobody, refused, away, forbidden)]
    assert codes == [200, 409, 422, 422, 404, 200, 404, 403]
    assert (refused.json()["state"], refused.json()["because"]) == ("refused", "never_agreed")
    assert len(taken(tmp_path / "fake")) == 1


def test_a_test_goes_to_oneself_once_and_is_marked(letter: Letter, tmp_path: Path) -> None:
    marketer = client_of("marketer")
    url = f"/admin/letters/{letter.pk}/in/en/test/"
    nobody = marketer.post(url, {"nonce": "a1"})
    User.objects.filter(username="marketer").update(email="mia@shop.example")

    pages = [marketer.post(url, {"nonce": "a1"}) for _ in range(2)]

    assert nobody.status_code == 422
    assert all("Sent to mia@shop.example" in each.content.decode() for each in pages)
    (sent,) = taken(tmp_path / "fake")
    message = Message.objects.get()
    assert sent.to == "mia@shop.example"
    assert (message.subject, message.about_kind) == ("[Test] Order [number]", "letter-test")
    (line,) = Change.objects.filter(kind="zoco_mail.letter", details__has_key="tested_to")
    assert (line.details, line.by_name) == ({"tested_to": [None, "m•••@shop.example"]}, "marketer")


def test_what_a_program_gave_for_a_letter_that_is_refused_outright_is_not_kept(letter: Letter) -> None:
    person = Person.objects.create(name="Ana", created_at=AT, changed_at=AT)
    Person.objects.filter(pk=person.pk).delete()

    with pytest.raises(DraftWrong, match="There is no person"):
        letter_send(letter=letter, person=person, key="order-7", now=AT, data={"number": 7})

    assert not Copy.objects.exists()


def test_copy_of_a_process_that_was_killed_before_its_message_was_there_is_forgotten(
    letter: Letter, program: Client
) -> None:
    assert ask(program).status_code == 200
    kept = Copy.objects.get()
    Copy.objects.filter(pk=kept.pk).update(data={"number": 7})
    lost = Copy.objects.create(
        message_id=uuid4(), print=kept.print, way="program", data={"number": 8}, at=kept.at
    )

    copies_forget(now=kept.at + timedelta(hours=23), days=730)
    assert Copy.objects.filter(pk=lost.pk).exists()
    copies_forget(now=kept.at + timedelta(hours=25), days=730)

    assert [(each.pk, each.data) for each in Copy.objects.all()] == [(kept.pk, {"number": 7})]
