"""Signatures of mail a second of one processor: ours and dkimpy's, on the same letter in the same run.

A letter of about 50 kB with the headers of a newsletter. dkimpy gets its key as text with every message, as
its function for it asks; "one object" hands it headers and algorithm alike, so that the same is signed.
Run: `.venv/bin/python -m benchmarks.dkim [seconds for each]`
"""

import sys
import time
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from functools import partial

import dkim
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from zoco.channels.domains.dkim import PrivateKey, Signer, SigningKey
from zoco.channels.domains.keys import ED25519, RSA, key_made, public_of

HEADERS = (
    "From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "List-Unsubscribe",
    "List-Unsubscribe-Post", "Feedback-ID",
)  # fmt: skip


def letter() -> bytes:
    """Return a newsletter as it goes over the wire."""
    message = EmailMessage()
    message["From"] = "Miel & Söhne <news@shop.example>"
    message["To"] = "Ana Ríos <ana@shop.example>"
    message["Subject"] = "The last jars of the year"
    message["Date"] = "Sat, 28 Nov 2026 12:00:00 +0000"
    message["Message-ID"] = "<019a0000-0000-8000-8000-000000000000@shop.example>"
    message["List-Unsubscribe"] = f"<https://shop.example/u/{'a' * 90}>, <mailto:off@shop.example>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["Feedback-ID"] = "spring:shop:newsletter:zoco"
    words = "We poured the last jars of the year, and   kept\tsome for you. "
    message.set_content(words * 60)
    message.add_alternative(f"<table><tr><td>{words * 12}</td></tr></table>\n" * 55, subtype="html")
    return message.as_bytes(policy=SMTP)


def rate(sign: Callable[[], object], seconds: float) -> float:
    """Return how often a second of one processor it signs."""
    sign()
    started, done = time.process_time(), 0
    while (spent := time.process_time() - started) < seconds:
        sign()
        done += 1
    return done / spent


def theirs(raw: bytes, kind: str, key: PrivateKey) -> Callable[[], object]:
    """Return dkimpy's way to sign the same."""
    if isinstance(key, Ed25519PrivateKey):
        from base64 import b64encode

        given = b64encode(key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()))
    else:
        given = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    names = [each.lower().encode() for each in HEADERS]
    algorithm = b"ed25519-sha256" if kind == ED25519 else b"rsa-sha256"

    def sign() -> object:
        made = dkim.sign(
            raw,
            b"z1",
            b"shop.example",
            given,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=names,
            signature_algorithm=algorithm,
        )
        return made + raw

    return sign


def told(record: bytes, name: bytes, timeout: int = 5) -> bytes:
    """Answer as DNS does."""
    return record


def main(seconds: float) -> None:
    """Print the figures."""
    raw = letter()
    print(f"{len(raw)} octets; signatures a second of one processor")
    for kind in (RSA, ED25519):
        key = key_made(kind)
        signer = Signer("shop.example", [SigningKey("z1", key)])
        record = public_of(key).record.encode()
        other = theirs(raw, kind, key)
        for made in (signer.above(raw) + raw, other()):
            assert dkim.verify(made, dnsfunc=partial(told, record))
        ours, dkimpy = rate(partial(signer.above, raw), seconds), rate(other, seconds)
        print(f"{kind}: {ours:,.0f} (dkimpy {dkimpy:,.0f}, {ours / dkimpy:.1f} times)")
    both = Signer("shop.example", [SigningKey(kind, key_made(kind)) for kind in (RSA, ED25519)])
    print(f"both: {rate(partial(both.above, raw), seconds):,.0f}")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 2.0)
