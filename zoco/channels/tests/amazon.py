"""Amazon for tests: its SES and SNS on loopback, a certificate, and an account."""

import base64
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from zoco.channels.delivering import deliver
from zoco.channels.mailing.amazon import certificates
from zoco.channels.models import Account, Message
from zoco.channels.services import account_save
from zoco.channels.tests.conftest import NOON
from zoco.channels.tests.test_providers import SAID, draft
from zoco.people.models import Person

TOPIC = "arn:aws:sns:eu-central-1:123456789012:news"
CERTIFICATE = f"SimpleNotificationService-{'0a' * 16}.pem"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SIGNED = {
    "Notification": ("Message", "MessageId", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": (
        "Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type",
    ),
}  # fmt: skip


class Amazon(ThreadingHTTPServer):
    """SES and SNS of a region; keeps what it got."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.status, self.error, self.said = 200, "", "?"
        self.hangs_up = False
        self.got: list[tuple[str, str, dict[str, str], bytes]] = []
        self.certificate = certificate_of(days=1)

    def count(self, part: str) -> int:
        """Return how many requests have this in their path."""
        return sum(part in path for _method, path, _headers, _body in self.got)


class Answering(BaseHTTPRequestHandler):
    """Answers a request."""

    server: Amazon

    def do_POST(self) -> None:
        """Take it."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.got.append((self.command, self.path, dict(self.headers), body))
        if self.server.hangs_up:
            return
        self.send_response(self.server.status)
        if self.server.error:
            self.send_header("x-amzn-ErrorType", f"{self.server.error}:http://internal.example/")
        self.end_headers()
        said: dict[str, Any] = {"MessageId": "0102-42"} if self.server.status == 200 else {}
        is_pem = self.path.endswith(".pem")
        answer = json.dumps(said or {"message": self.server.said}).encode()
        self.wfile.write(self.server.certificate if is_pem else answer)

    do_GET = do_POST

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


def certificate_of(days: int) -> bytes:
    """Return a certificate of the key that is good until so many days from now."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    end = datetime.now(UTC) + timedelta(days=days)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(KEY.public_key())
    made = made.serial_number(7).not_valid_before(end - timedelta(days=9)).not_valid_after(end)
    return made.sign(KEY, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


@pytest.fixture
def amazon(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Amazon]:
    monkeypatch.setenv("ZOCO_PRIVATE_NETWORKS", "127.0.0.0/8")
    certificates._kept.clear()
    server = Amazon()
    base = f"http://127.0.0.1:{server.server_address[1]}"
    settings.ANYMAIL = {"AMAZON_EMAIL_API_URL": f"{base}/ses/", "AMAZON_SNS_API_URL": f"{base}/sns/"}
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def made(db: None) -> Account:
    given = {
        "from_address": "news@shop.example", "region": "eu-central-1", "access_key": "AKIDEXAMPLE",
        "configuration_set": "news", "topic": TOPIC,
    }  # fmt: skip
    return account_save(
        account=Account(adapter="ses", name="ses"), settings=given, secrets={"secret_key": "honeycomb"}
    )


def notice(message: Any, kind: str = "Notification", version: str = "2", **over: str) -> dict[str, str]:
    """Return a notice, signed."""
    said = {
        "Type": kind,
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": TOPIC,
        "Message": message if isinstance(message, str) else json.dumps(message),
        "Timestamp": timezone.now().isoformat().replace("+00:00", "Z"),
        "SignatureVersion": version,
        "SigningCertURL": f"https://sns.eu-central-1.amazonaws.com/{CERTIFICATE}",
        **over,
    }
    text = "".join(f"{name}\n{said[name]}\n" for name in SIGNED[kind])
    digest = hashes.SHA256() if version == "2" else hashes.SHA1()
    signature = KEY.sign(text.encode(), padding.PKCS1v15(), digest)
    return {**said, "Signature": base64.b64encode(signature).decode()}


def event(kind: str, uid: str, **of: Any) -> dict[str, Any]:
    mail = {"messageId": "0102-42", "destination": ["ana@shop.example"], "tags": {"message": [uid]}}
    return {"eventType": kind, "mail": mail, kind.lower(): of}


def bounce(uid: str) -> dict[str, Any]:
    whom = {"emailAddress": "ana@shop.example", "diagnosticCode": f"smtp; {SAID}"}
    return event("Bounce", uid, bounceType="Permanent", bouncedRecipients=[whom])


def complaint(uid: str, **of: Any) -> dict[str, Any]:
    return event("Complaint", uid, complainedRecipients=[{"emailAddress": "ana@shop.example"}], **of)


def post(client: Client, made: Account, said: Any) -> int:
    where = reverse("zoco_channels_heard", args=[made.uid])
    return client.post(where, json.dumps(said), "text/plain; charset=UTF-8").status_code


@pytest.fixture
def uid(amazon: Amazon, made: Account, ana: Person) -> str:
    deliver(draft(made, ana), now=NOON)
    return str(Message.objects.get().uid)
