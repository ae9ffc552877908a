"""Keys of DKIM: made here or brought along, and the record by which DNS tells their public half."""

from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import date

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
    load_pem_private_key,
)
from django.utils.translation import gettext_noop

from zoco.channels.domains.dkim import PrivateKey
from zoco.kit.said import Said

RSA, ED25519 = "rsa", "ed25519"
RSA_BITS = 2_048
"""What is made; RFC 8301, section 3.2, and every large mailbox take it, and DNS carries it in two strings."""
RSA_LEAST, RSA_MOST = 1_024, 4_096
STRING_MOST = 255
"""Octets of one string of a TXT record (RFC 1035, section 3.3)."""


class KeyUnfit(Said, ValueError):
    """This is no key to sign with; the message says why."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The public half as DNS tells it: k= and p= of the record (RFC 6376, section 3.6.1)."""

    kind: str
    encoded: str

    @property
    def record(self) -> str:
        """Return the value of the TXT record."""
        return f"v=DKIM1; k={self.kind}; p={self.encoded}"


def key_made(kind: str) -> PrivateKey:
    """Make a key."""
    if kind == ED25519:
        return Ed25519PrivateKey.generate()
    return generate_private_key(public_exponent=65_537, key_size=RSA_BITS)


def key_read(pem: str) -> PrivateKey:
    """Read a private key that somebody brings along. Raises KeyUnfit."""
    try:
        found = load_pem_private_key(pem.strip().encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as wrong:
        words = gettext_noop(
            "This is no private key without a password. Paste the whole file, from BEGIN to END."
        )
        raise KeyUnfit(words) from wrong
    if not isinstance(found, RSAPrivateKey | Ed25519PrivateKey):
        raise KeyUnfit(gettext_noop("Mail is signed with RSA and Ed25519 only; this is another kind of key."))
    if isinstance(found, RSAPrivateKey) and not RSA_BITS <= found.key_size <= RSA_MOST:
        words = gettext_noop("The key has %(bits)s bits; large mailboxes want at least 2048, at most 4096.")
        raise KeyUnfit(words, bits=found.key_size)
    return found


def packed(key: PrivateKey) -> str:
    """Return a private key as text, to be sealed at once."""
    return b64encode(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())).decode()


def unpacked(text: str) -> PrivateKey:
    """Return the private key that was packed."""
    found = load_der_private_key(b64decode(text), password=None)
    assert isinstance(found, RSAPrivateKey | Ed25519PrivateKey)  # noqa: S101 - it was packed here
    return found


def public_of(key: PrivateKey) -> PublicKey:
    """Return the public half, of Ed25519 as bare octets (RFC 8463, section 4)."""
    public = key.public_key()
    if isinstance(public, RSAPublicKey):
        raw = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return PublicKey(RSA, b64encode(raw).decode())
    return PublicKey(ED25519, b64encode(public.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode())


def rsa_bits(encoded: str) -> int:
    """Return the size of a public RSA key in DNS; 0 for what is none."""
    try:
        found = load_der_public_key(b64decode(encoded, validate=True))
    except (ValueError, UnsupportedAlgorithm):
        return 0
    return found.key_size if isinstance(found, RSAPublicKey) else 0


def strings_of(value: str) -> list[str]:
    """Return the value of a TXT record in strings as long as DNS takes them."""
    return [value[start : start + STRING_MOST] for start in range(0, len(value), STRING_MOST)]


def zone_line(name: str, value: str) -> str:
    """Return a TXT record as it stands in the file of a zone."""
    return f"{name}. IN TXT " + " ".join(f'"{each}"' for each in strings_of(value))


def selector_made(kind: str, on: date) -> str:
    """Return a selector that says when its key was made."""
    return f"z{on:%Y%m%d}{'e' if kind == ED25519 else 'r'}"
