"""E-mail by a real mail server on loopback: what arrives, and what is said of what does not."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core.exceptions import ValidationError

from zoco.channels.adapters.email import EmailChannel
from zoco.channels.contract import CheckFailed, Content, Later, Opened, Outgoing, Refused, Sent, Unknown
from zoco.channels.models import Account
from zoco.channels.services import account_save
from zoco.channels.tests.mailbox import Mailbox, mailbox
from zoco.testing.channels import account_of

pytestmark = pytest.mark.django_db  # what leaves asks for the key of its domain
EMAIL = EmailChannel()
ID = "019a0000-0000-8000-8000-000000000000"


@pytest.fixture(autouse=True)
def near(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOCO_PRIVATE_NETWORKS", "127.0.0.0/8")


@pytest.fixture
def post() -> Iterator[Mailbox]:
    with mailbox() as kept:
        yield kept


def account(port: int, **over: Any) -> Opened:
    plain = {"from_address": "news@shop.example", "from_name": "Miel & Söhne", "host": "127.0.0.1"}
    return account_of(EMAIL, {**plain, "port": port, "tls": "plain", "user": "", **over})


def outgoing(content: Content | None = None, to: str = "ana@shop.example") -> Outgoing:
    return Outgoing(ID, to, content or Content("Привет, Ana", "Hello", "<p>Hello</p>"), "Ana Ríos")


def sent(port: int, *letters: Outgoing, **over: Any) -> list[Any]:
    with EMAIL.line(account(port, **over)) as line:
        return [line.send(each) for each in letters or (outgoing(),)]


def test_letters_arrive_over_one_connection_with_their_names(post: Mailbox) -> None:
    leave = f"<https://shop.example/{'a' * 300}>"
    back = Content("Hi", "one\n.two\n..", headers={"List-Unsubscribe": leave}, sender="b+1@shop.example")
    outcomes = sent(post.port, outgoing(), outgoing(back), outgoing(to="ana@пример.example"))

    assert outcomes == [Sent("taken as 42")] * 3
    assert post.connections == 1
    first, second, _third = post.letters
    assert (first["Subject"], first["Message-ID"]) == ("Привет, Ana", f"<{ID}@shop.example>")
    assert (first["From"], first["To"]) == (
        "Miel & Söhne <news@shop.example>",
        "Ana Ríos <ana@shop.example>",
    )
    assert [each.get_content_type() for each in first.iter_parts()] == ["text/plain", "text/html"]
    assert second.get_content() == "one\r\n.two\r\n..\r\n"
    assert second["List-Unsubscribe"] == leave
    assert post.envelopes[0] == ("news@shop.example", "ana@shop.example")
    assert post.envelopes[1][0] == "b+1@shop.example"
    assert post.envelopes[2][1] == "ana@xn--e1afmkfd.example"


def test_no_line_is_over_998_octets(post: Mailbox) -> None:
    long = Content("Hi", "word " * 500, f"<p>{'слово ' * 500}</p>")
    assert sent(post.port, outgoing(long)) == [Sent("taken as 42")]
    assert max(map(len, post.raw[0].split(b"\r\n"))) <= 998
    assert "слово " * 500 in post.letters[0].get_body(("html",)).get_content()  # type: ignore[union-attr]

    raw = Content(raw=b"Subject: x\r\n\r\n" + b"a" * 999 + b"\r\n")
    (refused,) = sent(post.port, outgoing(raw))
    assert isinstance(refused, Refused)
    assert "999 octets" in refused.reason
    assert len(post.raw) == 1


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ({"rcpt": "550 5.1.1 no such user"}, Refused("550 5.1.1 no such user", "550")),
        ({"rcpt": "450 4.2.1 greylisted"}, Later("450 4.2.1 greylisted", "450")),
        ({"data": "554 5.7.1 looks like spam"}, Refused("554 5.7.1 looks like spam", "554")),
        ({"data": "452 4.3.1 disk full"}, Later("452 4.3.1 disk full", "452")),
    ],
)
def test_answers_are_what_they_say_and_the_next_letter_goes_on(
    post: Mailbox, answers: dict[str, str], outcome: Any
) -> None:
    post.answers = answers
    with EMAIL.line(account(post.port)) as line:
        assert line.send(outgoing()) == outcome
        post.answers = {}
        assert line.send(outgoing()) == Sent("taken as 42")
    assert len(post.letters) == post.connections == 1


def test_server_that_has_the_letter_and_hangs_up_leaves_it_unknown(post: Mailbox) -> None:
    post.answers = {"data": "hang up"}
    with EMAIL.line(account(post.port)) as line:
        assert isinstance(line.send(outgoing()), Unknown)
        post.answers = {}
        assert line.send(outgoing()) == Sent("taken as 42")
    assert post.connections == 2


def test_server_that_is_away_may_come_back(post: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(sent(9)[0], Later)
    monkeypatch.delenv("ZOCO_PRIVATE_NETWORKS")

    (outcome,) = sent(post.port)

    assert isinstance(outcome, Later)
    assert "no public address" in outcome.reason
    assert post.connections == 0


@pytest.mark.parametrize(
    "content",
    [
        Content("Hi\r\nBcc: eve@evil.example", "x"),
        Content("Hi", "x", headers={"X-One": "a\nBcc: eve@evil.example"}),
        Content("Hi", "x", sender="a@shop.example>\r\nRCPT TO:<eve@evil.example"),
    ],
)
def test_nobody_smuggles_lines_into_a_letter(post: Mailbox, content: Content) -> None:
    (outcome,) = sent(post.port, outgoing(content))

    assert not isinstance(outcome, Sent)
    assert post.raw == []


def test_encrypted_with_a_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context = certified(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    word = {"user": "news", "password": "honeycomb"}

    with mailbox(tls_context=context, require_starttls=True) as post:
        assert sent(post.port, tls="starttls", **word) == [Sent("taken as 42")]
        assert post.logins == [(b"news", b"honeycomb")]
        EMAIL.check(account(post.port, tls="starttls", **word))
        assert isinstance(sent(post.port)[0], Later | Refused)
    with mailbox(ssl_context=context) as post:
        assert sent(post.port, tls="tls", user="")[0] == Sent("taken as 42")


def test_certificate_of_another_name_and_a_wrong_word_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = certified(tmp_path)
    with mailbox(tls_context=context, require_starttls=True) as post:
        with pytest.raises(CheckFailed, match="CERTIFICATE_VERIFY_FAILED"):
            EMAIL.check(account(post.port, tls="starttls", user="news", password="honeycomb"))
        assert post.logins == []
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
        with pytest.raises(CheckFailed, match=r"535 5\.7\.8 no user with •••"):
            EMAIL.check(account(post.port, tls="starttls", user="news", password="beeswax"))


def test_silent_server_does_not_hold_on_for_ever(post: Mailbox) -> None:
    import socket
    from dataclasses import replace

    with socket.create_server(("127.0.0.1", 0)) as silent:
        ready = account(silent.getsockname()[1])
        channel = EmailChannel()
        channel.limits = replace(channel.limits, seconds=0.2)
        with channel.line(ready) as line:
            import zoco.channels.mailing.smtp as smtp

            held, smtp.CONNECT_SECONDS = smtp.CONNECT_SECONDS, 0.2
            try:
                assert isinstance(line.send(outgoing()), Later)
            finally:
                smtp.CONNECT_SECONDS = held


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"from_address": "shop"}, "from_address"),
        ({"reply_to": "me@"}, "reply_to"),
        ({"port": 70_000}, "port"),
        ({"port": "smtp"}, "port"),
        ({"host": "https://smtp.shop.example"}, "host"),
        ({"tls": "plain", "user": "news"}, "tls"),
    ],
)
def test_settings_that_cannot_be_are_refused(over: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        account_save(
            account=Account(adapter="email", name="x"), settings={**EMAIL.example, **over}, secrets={}
        )

    assert list(refused.value.message_dict) == [field]


def certified(folder: Path) -> ssl.SSLContext:
    """Make a certificate for 127.0.0.1 that only whoever names the file trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context
