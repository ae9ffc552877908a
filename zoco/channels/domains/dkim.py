"""Signatures of mail (DKIM, RFC 6376; Ed25519 by RFC 8463), relaxed in headers.

A signer is made once and then only hashes and signs; any number of threads may use it together.
"""

import re
import time
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

PrivateKey = RSAPrivateKey | Ed25519PrivateKey

OVERSIGNED = (
    "From", "Reply-To", "To", "Cc", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type",
    "Content-Transfer-Encoding", "List-Unsubscribe", "List-Unsubscribe-Post",
)  # fmt: skip
"""Signed once more than they are there: one that is added on the way breaks the signature."""
SIGNED = ("Sender", "In-Reply-To", "References", "List-Id", "Feedback-ID", "Auto-Submitted")
"""Signed where they are there; a server on the way may add one."""
FOLD = 72
_BLANKS = re.compile(rb"[ \t]+")
_FIELD_END = re.compile(rb"\r\n(?![ \t])")
_WRITTEN = {name.lower().encode(): name for name in OVERSIGNED + SIGNED}


class CannotSign(ValueError):
    """This cannot be signed; the message says why."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key under the name by which DNS has its other half."""

    selector: str
    private: PrivateKey

    @property
    def algorithm(self) -> str:
        """Return what the a= of a signature says."""
        return "ed25519-sha256" if isinstance(self.private, Ed25519PrivateKey) else "rsa-sha256"

    def signature(self, text: bytes) -> bytes:
        """Sign a text."""
        if isinstance(self.private, Ed25519PrivateKey):
            return self.private.sign(sha256(text).digest())  # RFC 8463, section 3: of the hash
        return self.private.sign(text, PKCS1v15(), SHA256())


class Signer:
    """Signs messages for a domain with each of its keys."""

    def __init__(
        self, domain: str, keys: Sequence[SigningKey], clock: Callable[[], float] = time.time
    ) -> None:
        self.domain, self.keys, self.clock = domain, tuple(keys), clock

    def above(self, raw: bytes) -> bytes:
        """Return what stands above a message with CRLF: its signatures. Raises CannotSign."""
        if raw.count(b"\n") != raw.count(b"\r\n"):
            raise CannotSign("A message is signed as it goes over the wire: write CRLF at the end of lines.")
        head, _end, body = raw.partition(b"\r\n\r\n")
        return self._signatures(head, "relaxed/relaxed", sha256(relaxed_body(body)).digest())

    def above_pieces(self, pieces: Sequence[bytes]) -> bytes:
        """Return the same for a message in pieces, as `Content.wire` has it.

        Such a body has nothing that anybody on the way would change, so it is hashed as it is ("simple",
        RFC 6376, section 3.4.3), and its pieces need not be joined. Raises CannotSign.
        """
        body = sha256()
        for each in pieces[1:]:
            body.update(each)
        return self._signatures(pieces[0].removesuffix(b"\r\n\r\n"), "relaxed/simple", body.digest())

    def _signatures(self, head: bytes, form: str, body_hash: bytes) -> bytes:
        fields = [_field(each) for each in _FIELD_END.split(head.removesuffix(b"\r\n"))]
        covered, order = _covered(tuple(name for name, _value in fields))
        text = b"".join(b"%b:%b\r\n" % fields[place] for place in order)
        rest = f"{int(self.clock())};\r\n h={covered};\r\n bh={b64encode(body_hash).decode()};\r\n b="
        return b"".join(_signed(key, self._begun(key, form) + rest, text) for key in self.keys)

    def _begun(self, key: SigningKey, form: str) -> str:
        return f"DKIM-Signature: v=1; a={key.algorithm}; c={form}; d={self.domain};\r\n s={key.selector}; t="


def _signed(key: SigningKey, field: str, text: bytes) -> bytes:
    """Return the header with a signature of a text and of the header itself, whose b= is still empty."""
    name, value = _field(field.encode())
    made = b64encode(key.signature(b"%b%b:%b" % (text, name, value))).decode()
    lines = [made[start : start + FOLD] for start in range(0, len(made), FOLD)]
    return b"%b%b\r\n" % (field.encode(), "\r\n ".join(lines).encode())


def relaxed_body(body: bytes) -> bytes:
    """Return a body with CRLF as RFC 6376, section 3.4.4, has it hashed."""
    if b"\t" in body:
        body = body.replace(b"\t", b" ")
    while b"  " in body:  # quicker than an expression, which stops at single blanks too
        body = body.replace(b"  ", b" ")
    body = (body + b"\r\n").replace(b" \r\n", b"\r\n").rstrip(b"\r\n")
    return body + b"\r\n" if body else b""


def relaxed_field(field: bytes) -> bytes:
    """Return a header field as RFC 6376, section 3.4.2, has it signed, without the end of its line."""
    return b"%b:%b" % _field(field)


def _field(field: bytes) -> tuple[bytes, bytes]:
    name, _colon, value = field.partition(b":")
    flat = _BLANKS.sub(b" ", value.replace(b"\r\n", b""))
    return name.strip(b" \t").lower(), flat.strip(b" ")


@lru_cache(maxsize=256)
def _covered(names: tuple[bytes, ...]) -> tuple[str, tuple[int, ...]]:
    """Return the h= of a message with these fields, and the places of what is signed, in its order.

    Of several fields of one name the lowest comes first (RFC 6376, section 5.4.2).
    """
    if b"from" not in names:
        raise CannotSign("A message without From cannot be signed; give it one.")
    covered: list[str] = []
    order: list[int] = []
    for name, written in _WRITTEN.items():
        places = [place for place in range(len(names) - 1, -1, -1) if names[place] == name]
        covered += [written] * (len(places) + (written in OVERSIGNED))
        order += places
    return _folded(covered), tuple(order)


def _folded(names: Sequence[str]) -> str:
    lines = [""]
    for name in names:
        if len(lines[-1]) + len(name) > FOLD:
            lines.append("")
        lines[-1] += f"{name}:"
    return "\r\n ".join(lines).removesuffix(":")
