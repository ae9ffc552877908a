"""Keys of domains: sealed, taking turns, and signing whatever leaves by a mail server."""

from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from zoco.channels.adapters.email import EmailChannel
from zoco.channels.contract import Content, Later, Outgoing, Sent
from zoco.channels.domains.dkim import CannotSign
from zoco.channels.domains.keys import KeyUnfit
from zoco.channels.domains.models import DkimKey, SendingDomain
from zoco.channels.domains.services import key_add, key_drop, key_switch, keys_expire, keys_reseal
from zoco.channels.domains.signing import signer_of, signers_forget
from zoco.channels.domains.tests.test_dkim import letter, sign, verified
from zoco.channels.tests.conftest import NOON
from zoco.channels.tests.mailbox import mailbox
from zoco.testing.channels import account_of

pytestmark = pytest.mark.django_db
State = DkimKey.State


def current(domain: SendingDomain, kind: str = "ed25519", **more: Any) -> DkimKey:
    key = key_add(domain=domain, kind=kind, at=NOON, **more)
    assert key_switch(key=key, at=NOON)
    signers_forget()
    key.refresh_from_db()
    return key


def dns(*keys: DkimKey) -> Any:
    records = {f"{key.selector}._domainkey.{key.domain.name}.": key.public.encode() for key in keys}
    return lambda name, timeout=5: records.get(name.decode(), b"")


def sent(port: int, *contents: Content, **settings: Any) -> list[Any]:
    given = {"host": "127.0.0.1", "port": port, "tls": "plain", "user": "", **settings}
    letters = [Outgoing("1", "ana@shop.example", each) for each in contents]
    with EmailChannel().line(account_of(EmailChannel(), given)) as line:
        return [line.send(each) for each in letters]


def test_what_leaves_by_a_mail_server_is_signed(
    domain: SendingDomain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZOCO_PRIVATE_NETWORKS", "127.0.0.0/8")
    keys = current(domain), current(domain, "rsa")
    key_add(domain=domain, kind="rsa", at=NOON)  # it waits for its record
    made = Content("Hi", "one\n.two \n\n\n", "<p>one</p>", {"List-Unsubscribe": "<https://shop.example/1>"})
    head, _end, body = letter().partition(b"\r\n\r\n")
    pieces = Content(wire=(head + b"\r\n\r\n", body[:9], b"  two  blanks =\r\n" * 20_000, body[9:]))

    with mailbox() as post:
        outcomes = sent(post.port, made, Content(raw=letter()), from_address="news@shop.example")
        outcomes += sent(post.port, pieces, from_address="news@shop.example")
        outcomes += sent(post.port, made, from_address="news@elsewhere.example")
        outcomes += sent(post.port, made, from_address="news@Letters.shop.example")

    assert outcomes == [Sent("taken as 42")] * 5
    assert [verified(each, dns(*keys)) for each in post.raw] == [[True] * 2] * 3 + [[], [True] * 2]
    assert post.raw[2].endswith(pieces.whole)
    assert verified(post.raw[2].replace(b"blanks", b"blinks"), dns(*keys)) == [False] * 2
    assert post.raw[0].startswith(b"DKIM-Signature: v=1; a=rsa-sha256;")
    domain.is_signing = False
    domain.save()
    signers_forget()
    assert signer_of("news@letters.shop.example") is None


def test_new_key_waits_then_signs_and_the_old_one_stays_for_days(domain: SendingDomain) -> None:
    first = key_add(domain=domain, kind="ed25519", at=NOON)
    assert (first.selector, first.state) == ("z20260517e", State.NEW)
    assert signer_of("a@shop.example") is None
    key_switch(key=first, at=NOON)

    second = key_add(domain=domain, kind="ed25519", at=NOON)
    assert second.selector == "z20260517e2"
    assert key_switch(key=second, at=NOON)
    assert not key_switch(key=second, at=NOON)

    first.refresh_from_db()
    assert (first.state, first.replaced_at) == (State.OLD, NOON)
    assert keys_expire(now=NOON + timedelta(days=6)) == 0
    assert keys_expire(now=NOON + timedelta(days=7)) == 1
    assert [key.state for key in DkimKey.objects.all()] == [State.CURRENT]
    third = key_add(domain=domain, kind="ed25519", at=NOON)
    assert key_add(domain=domain, kind="ed25519", at=NOON).pk != third.pk
    assert DkimKey.objects.filter(state=State.NEW).count() == 1
    with pytest.raises(IntegrityError):
        DkimKey.objects.filter(state=State.NEW).update(state=State.CURRENT)


def test_private_key_is_sealed_to_its_row_and_resealed(domain: SendingDomain, settings: Any) -> None:
    key, other = current(domain), current(domain, "rsa")
    assert "private" not in key.secret
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another-" * 8

    signers_forget()
    with pytest.raises(CannotSign, match="SECRET_KEY_FALLBACKS"):
        signer_of("a@shop.example")

    settings.SECRET_KEY_FALLBACKS = [old]
    assert keys_reseal() == 2
    settings.SECRET_KEY_FALLBACKS = []
    signers_forget()
    signer = signer_of("a@shop.example")
    assert signer is not None
    assert verified(sign(letter(), signer), dns(key, other)) == [True, True]
    DkimKey.objects.filter(pk=key.pk).update(secret=DkimKey.objects.get(pk=other.pk).secret)
    signers_forget()
    with pytest.raises(CannotSign, match="changed in the database"):
        signer_of("a@shop.example")


def test_letter_whose_key_does_not_open_waits(domain: SendingDomain, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOCO_PRIVATE_NETWORKS", "127.0.0.0/8")
    key = current(domain)
    DkimKey.objects.filter(pk=key.pk).update(secret=key.secret[:-8] + "AAAAAAAA")
    signers_forget()

    with mailbox() as post:
        (outcome,) = sent(post.port, Content("Hi", "one"), from_address="news@shop.example")

    assert isinstance(outcome, Later)
    assert outcome.code == "dkim"
    assert post.raw == []


def test_key_of_somebodys_own_is_read_or_refused(domain: SendingDomain) -> None:
    def pem(bits: int) -> str:
        made = generate_private_key(public_exponent=65_537, key_size=bits)
        return made.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()

    key = current(domain, "rsa", pem=pem(2048), selector="Mail-2026")
    signer = signer_of("a@shop.example")
    assert signer is not None
    assert key.selector == "mail-2026"
    assert verified(sign(letter(), signer), dns(key)) == [True]

    with pytest.raises(KeyUnfit, match="1024 bits"):
        key_add(domain=domain, kind="rsa", at=NOON, pem=pem(1024))
    with pytest.raises(KeyUnfit, match="no private key"):
        key_add(domain=domain, kind="rsa", at=NOON, pem="-----BEGIN RSA PRIVATE KEY-----\nxx")
    for wrong in ("mail-2026", "a b", "-a", "a..b"):
        with pytest.raises(ValidationError):
            key_add(domain=domain, kind="rsa", at=NOON, selector=wrong)
    key_drop(key=key)
    signers_forget()
    assert signer_of("a@shop.example") is None
