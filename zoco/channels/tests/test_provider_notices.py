"""What providers tell of messages that arrived and were opened, and what is made up by others."""

import json
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from zoco.channels.contract import CHANNELS
from zoco.channels.hearing import heard_write, proofs_forget
from zoco.channels.models import Account, Message, Proof, Told
from zoco.channels.services import account_open, account_save
from zoco.channels.tests.conftest import NOON, account_of
from zoco.channels.tests.test_providers import ANA, KEYS, Posted, account, told
from zoco.consent.suppressing import suppressed
from zoco.ledger.models import OutboxRow
from zoco.people.models import Person

pytestmark = pytest.mark.filterwarnings("ignore:django-anymail has dropped official support for SendGrid")
GOOD: dict[str, dict[str, dict[str, Any]]] = {
    "mailgun": {"delivered": {"event": "delivered"}, "opened": {"event": "opened"}},
    "postmark": {
        "delivered": {"RecordType": "Delivery", "DeliveredAt": "2026-05-17T12:00:00Z"},
        "opened": {"RecordType": "Open", "ReceivedAt": "2026-05-17T12:00:00Z"},
    },
    "brevo": {"delivered": {"event": "delivered"}, "opened": {"event": "opened"}},
    "sendgrid": {
        "delivered": {"event": "delivered", "sg_event_id": "e2"},
        "opened": {"event": "open", "sg_event_id": "e3"},
    },
}


@pytest.mark.parametrize("key", KEYS)
def test_what_arrived_and_was_opened_is_noted_once_and_nothing_follows_for_the_address(
    key: str, ana: Person, db: None
) -> None:
    made = account(key)
    message = Message.objects.create(
        uid=uuid4(), key="m1", account=made, adapter=key, person=ana, to="ana@shop.example", state="sent",
        created_at=NOON, done_at=NOON,
    )  # fmt: skip
    for kind in ("delivered", "opened"):
        raw, proof = told(key, str(message.uid), "bounced", **GOOD[key][kind])
        for _round in range(2):
            request = RequestFactory().post("/", raw, "application/json", **proof)  # type: ignore[arg-type]
            heard_write(account=made, heard=CHANNELS.get(key).listen(account_open(made), request), at=NOON)

    assert list(Told.objects.order_by("pk").values_list("told", flat=True)) == ["delivered", "opened"]
    names = OutboxRow.objects.filter(name__startswith="channels.message.").order_by("pk")
    assert list(names.values_list("name", flat=True)) == [
        "channels.message.delivered",
        "channels.message.opened",
    ]
    message.refresh_from_db()
    assert (message.because, suppressed([ANA])) == ("", {})


BO = ("email", "", "bo@shop.example")


def sent(by: Account, to: str, person: Person | None = None) -> Message:
    return Message.objects.create(
        uid=uuid4(), key=to, account=by, adapter=by.adapter, person=person, to=to, state="sent",
        created_at=NOON, done_at=NOON,
    )  # fmt: skip


def post(client: Client, by: Account, posted: Posted) -> int:
    where = reverse("zoco_channels_heard", args=[by.uid])
    return client.post(where, posted[0], "application/json", **posted[1]).status_code  # type: ignore[arg-type]


def test_signed_word_of_mailgun_proves_one_thing_once(ana: Person, client: Client) -> None:
    made = account("mailgun")
    message = sent(made, "ana@shop.example", ana)
    sent(made, "bo@shop.example")
    raw, _proof = told("mailgun", str(message.uid), "bounced", event="delivered")
    forged = json.loads(raw)
    forged["event-data"] |= {"event": "complained", "recipient": "bo@shop.example"}
    parted = json.loads(json.dumps(forged))
    signed = parted["signature"]
    signed["timestamp"], signed["token"] = signed["timestamp"][:-1], signed["timestamp"][-1] + signed["token"]

    codes = [
        post(client, made, (each, {}))
        for each in (raw, json.dumps(forged).encode(), json.dumps(parted).encode())
    ]

    assert codes == [200, 200, 403]
    assert suppressed([BO]) == {}
    assert [each.told for each in Told.objects.all()] == ["delivered"]
    proofs_forget(now=Proof.objects.get().at + timedelta(hours=13))
    assert Proof.objects.count() == 1


@pytest.mark.parametrize(("hours", "code"), [(-11, 200), (-13, 403), (1, 403)])
def test_signature_of_mailgun_holds_for_half_a_day(
    hours: int, code: int, ana: Person, client: Client
) -> None:
    made = account("mailgun")
    message = sent(made, "ana@shop.example", ana)
    posted = told("mailgun", str(message.uid), "complained", signed_at=time.time() + hours * 3_600)

    assert post(client, made, posted) == code
    assert bool(suppressed([ANA])) is (code == 200)


@pytest.mark.parametrize("key", KEYS)
def test_nothing_follows_for_an_address_that_the_account_never_wrote_to(
    key: str, ana: Person, client: Client, admin_client: Client
) -> None:
    made, other = account(key), account("postmark" if key != "postmark" else "brevo")
    sent(other, "ana@shop.example", ana)

    assert post(client, made, told(key, "", "complained")) == 200

    assert suppressed([ANA]) == {}
    assert Told.objects.get().told == "not_ours"
    page = admin_client.get(reverse("zoco_channels_account", args=[made.pk])).content.decode()
    assert "1 notice named an address that this account never wrote to" in page
    assert not OutboxRow.objects.filter(name__startswith="channels.message.").exists()


def test_complaint_that_names_no_letter_counts_where_the_account_wrote_to_the_address(
    ana: Person, client: Client
) -> None:
    made = account("mailgun")
    sent(made, "Ana@Shop.example", ana)

    post(client, made, told("mailgun", "", "complained"))

    assert suppressed([ANA]) == {ANA: {"complaint"}}


@pytest.mark.parametrize(
    "odd", [{"recipient": {"a": 1}}, {"timestamp": 1e300}, {"user-variables": 5}, {"url": 5}]
)
def test_what_is_signed_and_still_no_notice_is_refused(odd: dict[str, Any], db: None, client: Client) -> None:
    made = account("mailgun")

    assert post(client, made, told("mailgun", "", "complained", **odd)) == 403
    assert not Told.objects.exists()


def test_account_without_proof_hears_nothing_and_others_have_no_ear(
    db: None, file: Path, client: Client
) -> None:
    made = account("postmark")
    bare = Account(adapter="postmark", name="bare")
    account_save(account=bare, settings={"from_address": "a@shop.example"}, secrets={"server_token": "x"})
    body, proof = told("postmark", "", "complained")

    codes = [
        client.post(
            reverse("zoco_channels_heard", args=[each.uid]),
            body,
            "application/json",
            **proof,  # type: ignore[arg-type]
        ).status_code
        for each in (made, bare, account_of("fake", file))
    ]

    assert codes == [200, 403, 404]
    assert client.head(reverse("zoco_channels_heard", args=[made.uid])).status_code == 200
