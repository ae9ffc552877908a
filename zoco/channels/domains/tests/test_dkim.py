"""Signatures, held against dkimpy: what it verifies, what it refuses, and the corners of canonical forms."""

from base64 import b64encode
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256
from threading import Barrier, Thread

import dkim
import pytest

from zoco.channels.domains.dkim import CannotSign, PrivateKey, Signer, SigningKey, relaxed_body, relaxed_field
from zoco.channels.domains.keys import ED25519, RSA, key_made, public_of, strings_of, zone_line

KEYS = {kind: SigningKey(f"sel-{kind}", key_made(kind)) for kind in (RSA, ED25519)}
SIGNER = Signer("shop.example", list(KEYS.values()), clock=lambda: 1_790_000_000)


def sign(raw: bytes, signer: Signer = SIGNER) -> bytes:
    """Return a message with its signatures."""
    return signer.above(raw) + raw


def told(keys: dict[str, PrivateKey]) -> Callable[..., bytes]:
    """Return what answers as DNS does."""
    records = {f"{name}._domainkey.shop.example.": public_of(key).record for name, key in keys.items()}
    return lambda name, timeout=5: records.get(name.decode(), "").encode()


DNS = told({each.selector: each.private for each in KEYS.values()})


def letter(**headers: str) -> bytes:
    message = EmailMessage()
    message["From"] = "Miel & Söhne <news@shop.example>"
    message["To"] = "Ana Ríos <ana@shop.example>"
    message["Subject"] = "Привет, " + "long " * 30
    message["Date"] = "Sat, 28 Nov 2026 12:00:00 +0000"
    message["Message-ID"] = "<1@shop.example>"
    message["List-Unsubscribe"] = "<https://shop.example/u/1>, <mailto:off@shop.example>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["Feedback-ID"] = "spring:shop:newsletter:zoco"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content("Hello  Ana,\t \n\nbye. \n\n\n")
    message.add_alternative("<p>Hello</p>", subtype="html")
    return message.as_bytes(policy=SMTP)


def verified(raw: bytes, dns: Callable[..., bytes] = DNS) -> list[bool]:
    """Say of each signature whether dkimpy takes it; an error is a no."""
    answers = []
    for place in range(raw.lower().count(b"dkim-signature:")):
        try:
            answers.append(dkim.DKIM(raw, minkey=2048).verify(idx=place, dnsfunc=dns))
        except dkim.DKIMException:
            answers.append(False)
    return answers


def test_both_signatures_hold_and_cover_what_mailboxes_look_at() -> None:
    raw = sign(letter())

    assert verified(raw) == [True, True]
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    signature = raw.split(b"\r\nDKIM-Signature")[0].replace(b"\r\n ", b"").decode()
    covered = signature.partition("h=")[2].partition(";")[0].split(":")
    assert covered.count("From") == covered.count("List-Unsubscribe") == 2
    assert {"To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"} <= set(covered)
    assert {"List-Unsubscribe-Post", "Feedback-ID"} <= set(covered)
    assert "a=rsa-sha256; c=relaxed/relaxed; d=shop.example;" in signature


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (b"bye.", b"buy."),
        (b"Subject: ", b"Subject: Re: "),
        (b"https://shop.example/u/1", b"https://shop.example/u/2"),
        (b"List-Unsubscribe-Post:", b"X-Unsubscribe-Post:"),
        (b"spring:shop", b"autumn:shop"),
        (b"To: ", b"From: evil@shop.example\r\nTo: "),
        (b"To: ", b"List-Unsubscribe: <https://evil.example>\r\nTo: "),
        (b"d=shop.example", b"d=evil.example"),
        (b"t=1790000000", b"t=1790000001"),
    ],
)
def test_a_message_that_was_changed_is_refused(was: bytes, now: bytes) -> None:
    raw = sign(letter())
    assert was in raw

    assert verified(raw.replace(was, now)) == [False, False]


def test_servers_on_the_way_may_fold_space_and_add_what_is_theirs() -> None:
    raw = sign(letter())
    moved = raw.replace(b"Feedback-ID: ", b"Feedback-ID:\r\n\t ").replace(b"bye. \r\n", b"bye.\t\t\r\n")

    assert moved != raw
    assert verified(b"Received: from a by b\r\n" + moved + b"\r\n\r\n") == [True, True]


def test_another_key_in_dns_verifies_nothing() -> None:
    others = told({each.selector: key_made(kind) for kind, each in KEYS.items()})

    assert verified(sign(letter()), others) == [False, False]
    assert verified(sign(letter()), lambda _name, timeout=5: b"v=DKIM1; p=") == [False, False]


@pytest.mark.parametrize(
    ("body", "canonical"),
    [
        (b"", b""),
        (b"\r\n\r\n", b""),
        (b" \r\n\t\r\n", b""),
        (b"a", b"a\r\n"),
        (b"a \t b\t\r\n \r\nc \r\n\r\n \t\r\n", b"a b\r\n\r\nc\r\n"),
        (b" a\r\n", b" a\r\n"),
        (b"\t\ta  \r\n\r\n\r\nb", b" a\r\n\r\n\r\nb\r\n"),
        (b"a" + b"\r\n" * 3000, b"a\r\n"),
        (b"\r\n\r\na \x0b\r\n", b"\r\n\r\na \x0b\r\n"),
    ],
)
def test_bodies_stand_as_the_rfc_has_them(body: bytes, canonical: bytes) -> None:
    assert relaxed_body(body) == canonical

    raw = sign(b"From: news@shop.example\r\n\r\n" + body)
    assert b64encode(sha256(canonical).digest()) in raw
    assert verified(raw) == [True, True]


@pytest.mark.parametrize(
    ("field", "canonical"),
    [
        (b"To: X", b"to:X"),
        (b"TO:Y\t\r\n\tZ  ", b"to:Y Z"),
        (b"subject:\r\n \r\n one\r\n\t two", b"subject:one two"),
        (b"Date:", b"date:"),
    ],
)
def test_fields_stand_as_the_rfc_has_them(field: bytes, canonical: bytes) -> None:
    assert relaxed_field(field) == canonical
    assert relaxed_field(b"B \t: Y") == b"b:Y"  # a form of old, which dkimpy does not read

    assert verified(sign(field + b"\r\nFrom: a@shop.example\r\n\r\nx\r\n")) == [True, True]


def test_fields_of_one_name_are_covered_from_the_lowest_up() -> None:
    raw = sign(b"From: a@shop.example\r\nReferences: <1@a>\r\nReferences: <2@a>\r\n\r\nx")

    assert b"References:References" in raw.replace(b"\r\n ", b"")
    assert verified(raw) == [True, True]
    assert verified(raw.replace(b"<1@a>\r\nReferences: <2@a>", b"<2@a>\r\nReferences: <1@a>")) == [False] * 2


def test_what_cannot_be_signed_is_said() -> None:
    with pytest.raises(CannotSign, match="without From"):
        sign(b"To: a@shop.example\r\n\r\nx")
    with pytest.raises(CannotSign, match="CRLF"):
        sign(b"From: a@shop.example\n\nx")
    assert verified(sign(b"From: a@shop.example\r\n")) == [True, True]


def test_threads_share_a_signer() -> None:
    letters = [letter(X_Number=str(number), References=f"<{number}@a>" * number) for number in range(8)]
    wanted = [sign(each) for each in letters]
    begin, made = Barrier(8), {}

    def work(number: int) -> None:
        begin.wait()
        made[number] = [sign(letters[number]) for _ in range(20)]

    threads = [Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert all(set(made[number]) == {wanted[number]} for number in range(8))


def test_record_of_a_long_key_goes_in_strings_that_dns_takes() -> None:
    record = public_of(KEYS[RSA].private).record

    strings = strings_of(record)

    assert [len(each) for each in strings[:-1]] == [255]
    assert "".join(strings) == record
    line = zone_line("z1._domainkey.shop.example", record)
    assert line == f'z1._domainkey.shop.example. IN TXT "{strings[0]}" "{strings[1]}"'
    assert len(strings_of(public_of(KEYS[ED25519].private).record)) == 1
