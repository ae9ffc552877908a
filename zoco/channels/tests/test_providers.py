"""Providers of mail: their APIs on loopback, what they tell later, and who only says that he is one."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from django.urls import reverse

from zoco.channels.contract import CHANNELS, Content, Later, Outcome, Outgoing, Unknown
from zoco.channels.delivering import deliver
from zoco.channels.drafts import Draft
from zoco.channels.models import Account, Message, Told
from zoco.channels.services import account_check, account_open, account_save
from zoco.channels.tests.conftest import NOON
from zoco.consent.models import Choice
from zoco.consent.services import choice_record
from zoco.consent.suppressing import suppressed
from zoco.ledger.models import OutboxRow
from zoco.people.identities import identity_read
from zoco.people.models import Person

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:django-anymail has dropped official support for SendGrid"),
]
KEYS = ("mailgun", "postmark", "brevo", "sendgrid")
ANSWERS = {
    "mailgun": {"id": "<42@mailgun>", "message": "Queued"},
    "postmark": {"ErrorCode": 0, "Message": "OK", "MessageID": "42", "To": "ana@shop.example"},
    "brevo": {"messageId": "<42@brevo>"},
    "sendgrid": {},
}
HELLO = Content(
    "Hello", "Hello, Ana", "<p>Hello</p>", headers={"List-Unsubscribe": "<https://shop.example/u>"}
)
ANA = identity_read("email", "ana@shop.example").place
EC_KEY = ec.generate_private_key(ec.SECP256R1())


class Api(ThreadingHTTPServer):
    """The APIs of all providers; keeps what it got."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.status = 200
        self.hangs_up = False
        self.answer: Any = None
        self.got: list[tuple[str, str, dict[str, str]]] = []


class Answering(BaseHTTPRequestHandler):
    """Answers a request."""

    server: Api

    def do_POST(self) -> None:
        """Take a message."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.server.got.append((self.path, body, dict(self.headers)))
        if self.server.hangs_up:
            return
        self.send_response(self.server.status)
        self.end_headers()
        usual = ANSWERS[self.path.split("/")[1]]
        self.wfile.write(json.dumps(usual if self.server.answer is None else self.server.answer).encode())

    do_GET = do_POST

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Api]:
    monkeypatch.setenv("ZOCO_PRIVATE_NETWORKS", "127.0.0.0/8")
    server = Api()
    base = f"http://127.0.0.1:{server.server_address[1]}"
    settings.ANYMAIL = {f"{key.upper()}_API_URL": f"{base}/{key}/" for key in KEYS}
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def account(key: str, **over: str) -> Account:
    der = EC_KEY.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    given = {"from_address": "news@shop.example", "verification_key": base64.b64encode(der).decode(), **over}
    names = CHANNELS.get(key).secret_names
    secrets = {name: "hook:word" if name == "hook_word" else "honeycomb" for name in names}
    return account_save(account=Account(adapter=key, name=key), settings=given, secrets=secrets)


def sent(made: Account) -> Outcome:
    """Hand a message to a provider."""
    with CHANNELS.get(made.adapter).line(account_open(made)) as line:
        return line.send(Outgoing("1", "ana@shop.example", HELLO))


def draft(account: Account, person: Person, key: str = "m1") -> Draft:
    return Draft(key, account.pk, HELLO, person.pk, "marketing", "news")


@pytest.mark.parametrize("key", KEYS)
def test_message_goes_to_the_api_and_names_itself(key: str, api: Api, ana: Person) -> None:
    fate = deliver(draft(account(key), ana), now=NOON)

    assert fate.state == Message.State.SENT
    (path, body, headers) = api.got[0]
    message = Message.objects.get()
    assert path.startswith(f"/{key}/")
    assert str(message.uid) in body
    assert "ana@shop.example" in unquote(body)
    assert "honeycomb" in str(headers) or key == "mailgun"  # that one packs it into Base64
    assert "42" in message.known_as or key == "sendgrid"  # that one answers with nothing


@pytest.mark.parametrize(
    ("status", "state"),
    [(400, "failed"), (401, "waits"), (429, "waits"), (503, "waits"), (500, "uncertain"), (502, "uncertain")],
)
def test_status_of_the_api_is_what_it_says(status: int, state: str, api: Api, ana: Person) -> None:
    api.status = status

    fate = deliver(draft(account("postmark"), ana), now=NOON)

    assert fate.state == state
    assert "honeycomb" not in fate.reason


@pytest.mark.parametrize(("status", "is_account"), [(401, True), (402, True), (403, False), (429, False)])
def test_what_is_of_the_account_is_no_try_of_a_message(status: int, is_account: bool, api: Api) -> None:
    api.status = status

    outcome = sent(account("postmark"))

    assert isinstance(outcome, Later)
    assert (outcome.code, outcome.is_account) == (str(status), is_account)


def test_what_was_cut_off_may_have_been_taken_and_what_was_not_reached_was_not(api: Api) -> None:
    made, api.hangs_up = account("postmark"), True
    cut = sent(made)
    api.shutdown()
    api.server_close()

    away = sent(made)

    assert isinstance(cut, Unknown)
    assert len(api.got) == 1
    assert isinstance(away, Later)
    assert (away.code, away.is_account) == ("connection", True)


def test_provider_is_a_server_for_what_people_agreed_to_get_by_mail(api: Api, ana: Person) -> None:
    choice_record(person=ana.pk, state=Choice.State.WITHDRAWN, proof={}, at=NOON, adapter="email")

    fate = deliver(draft(account("brevo"), ana), now=NOON)

    assert (fate.state, fate.because, api.got) == (Message.State.REFUSED, "withdrawn", [])


@pytest.mark.parametrize("key", KEYS)
def test_account_is_tested_by_asking_who_we_are(key: str, api: Api, db: None) -> None:
    made = account(key)
    assert account_check(account=made, at=NOON)
    api.status = 401

    assert not account_check(account=made, at=NOON)

    assert made.failure.endswith("does not let us in: 401")


WORD = {"HTTP_AUTHORIZATION": "Basic " + base64.b64encode(b"hook:word").decode()}
SAID = "550 5.1.1 The email account does not exist"
Posted = tuple[bytes, dict[str, str]]


def told(key: str, uid: str, kind: str, **over: Any) -> Posted:
    """Return what a provider posts of a message, with what proves it."""
    makers = {"mailgun": _mailgun, "postmark": _postmark, "brevo": _brevo, "sendgrid": _sendgrid}
    return makers[key](uid, is_bounce=kind == "bounced", **over)


def _mailgun(uid: str, *, is_bounce: bool, **over: Any) -> Posted:
    token = f"{uid}{is_bounce}{over.get('event', '')}"
    moment = str(int(over.pop("signed_at", time.time())) // 60 * 60)
    signature = hmac.new(b"honeycomb", f"{moment}{token}".encode(), hashlib.sha256).hexdigest()
    event = {
        "event": "failed" if is_bounce else "complained",
        "severity": "permanent",
        "recipient": "ana@shop.example",
        "user-variables": {"message": uid},
        "delivery-status": {"code": 550, "message": SAID},
        "timestamp": 1790000000,
        **over,
    }
    signed = {"token": token, "timestamp": moment, "signature": signature}
    return json.dumps({"signature": signed, "event-data": event}).encode(), {}


def _postmark(uid: str, *, is_bounce: bool, **over: Any) -> Posted:
    body = {
        "RecordType": "Bounce" if is_bounce else "SpamComplaint",
        "Type": "HardBounce" if is_bounce else "SpamComplaint",
        "ID": 7,
        "Email": "ana@shop.example",
        "Details": SAID,
        "Metadata": {"message": uid},
        "BouncedAt": "2026-05-17T12:00:00Z",
        "Recipient": "ana@shop.example",
        **over,
    }
    return json.dumps(body).encode(), WORD


def _brevo(uid: str, *, is_bounce: bool, **over: Any) -> Posted:
    body = {
        "event": "hard_bounce" if is_bounce else "spam",
        "email": "ana@shop.example",
        "reason": SAID,
        "X-Mailin-custom": json.dumps({"message": uid}),
        "ts_event": 1790000000,
        **over,
    }
    return json.dumps(body).encode(), WORD


def _sendgrid(uid: str, *, is_bounce: bool, **over: Any) -> Posted:
    event = {
        "event": "bounce" if is_bounce else "spamreport",
        "email": "ana@shop.example",
        "reason": SAID,
        "sg_event_id": "e1",
        "message": uid,
        "timestamp": 1790000000,
        **over,
    }
    raw = json.dumps([event]).encode()
    signature = base64.b64encode(EC_KEY.sign(b"1790000000" + raw, ec.ECDSA(hashes.SHA256()))).decode()
    head = "HTTP_X_TWILIO_EMAIL_EVENT_WEBHOOK"
    return raw, {f"{head}_SIGNATURE": signature, f"{head}_TIMESTAMP": "1790000000"}


@pytest.mark.parametrize(("kind", "why"), [("bounced", "dead"), ("complained", "complaint")])
@pytest.mark.parametrize("key", KEYS)
def test_what_a_provider_tells_is_done_once(
    key: str, kind: str, why: str, api: Api, ana: Person, client: Client
) -> None:
    made = account(key)
    deliver(draft(made, ana), now=NOON)
    message = Message.objects.get()
    body, proof = told(key, str(message.uid), kind)
    where = reverse("zoco_channels_heard", args=[made.uid])

    answers = [client.post(where, body, "application/json", **proof) for _ in range(2)]  # type: ignore[arg-type]

    assert [each.status_code for each in answers] == [200, 200]
    assert suppressed([ANA]) == {ANA: {why}}
    assert Told.objects.get().message == message
    message.refresh_from_db()
    assert (message.state, message.because) == (Message.State.SENT, kind)
    assert OutboxRow.objects.filter(name=f"channels.message.{kind}").count() == 1


@pytest.mark.parametrize("key", KEYS)
def test_nobody_else_is_believed(key: str, api: Api, ana: Person, client: Client) -> None:
    made = account(key)
    deliver(draft(made, ana), now=NOON)
    body, proof = told(key, str(Message.objects.get().uid), "complained")
    where = reverse("zoco_channels_heard", args=[made.uid])
    other = {name: value[:-8] + "AAAAAAA=" for name, value in proof.items()}
    forged = body.replace(b'"signature": "', b'"signature": "0') if key == "mailgun" else body
    cases = [(forged, other), (body[:20], proof), (b"[]", proof), (b"null", proof), (b"\xff", proof)]
    cases += [(b"[" * 50_000, proof), (b'{"signature":' * 50_000, proof)]
    cases += [(body, {})] if proof else []

    codes = {client.post(where, each, "application/json", **more).status_code for each, more in cases}  # type: ignore[arg-type]

    assert codes <= {200, 403}
    assert 403 in codes
    assert suppressed([ANA]) == {}
    assert not Told.objects.exists()
    assert client.get(where).status_code == 405
