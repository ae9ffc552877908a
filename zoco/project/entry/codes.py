"""Codes by time (RFC 6238: HMAC-SHA-1, six digits, 30 seconds) and recovery codes."""

import hmac
import secrets
from base64 import b32encode
from datetime import datetime
from hashlib import blake2b
from urllib.parse import quote, urlencode

from django.conf import settings

STEP_SECONDS = 30
DIGITS = 6
# A clock may be half a minute off, either way.
TOLERANCE = 1
RECOVERY_CODES = 10
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def seed_new() -> str:
    """Return a random seed."""
    return secrets.token_hex(32)


def secret_of(seed: str) -> bytes:
    """Return the secret that belongs to a seed in this installation."""
    key = settings.SECRET_KEY.encode()[:64]
    return blake2b(bytes.fromhex(seed), key=key, person=b"zoco.second-step", digest_size=20).digest()


def code_at(secret: bytes, step: int) -> str:
    """Return the code of a time step (RFC 4226, section 5.3)."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def step_of(seed: str, typed: str, *, at: datetime) -> int | None:
    """Return the time step whose code was typed, or None if it is none of about now."""
    now, secret = int(at.timestamp()) // STEP_SECONDS, secret_of(seed)
    found = None
    for step in range(now - TOLERANCE, now + TOLERANCE + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), typed.encode()):
            found = step
    return found


def secret_typed(seed: str) -> str:
    """Return the secret as a person types it into an authenticator."""
    text = b32encode(secret_of(seed)).decode()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def uri(seed: str, account: str, issuer: str) -> str:
    """Return what the picture to scan says (the Key URI Format)."""
    given = {"secret": b32encode(secret_of(seed)).decode(), "issuer": issuer}
    return f"otpauth://totp/{quote(issuer)}:{quote(account)}?{urlencode(given, quote_via=quote)}"


def recovery_code() -> str:
    """Return a code of about 79 bits: four groups of four."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))


def recovery_digest(user_id: int, typed: str) -> str:
    """Return what is kept of a recovery code; capitals, spaces and hyphens do not matter."""
    plain = "".join(letter for letter in typed.lower() if letter in LETTERS)
    return blake2b(f"{user_id}\0{plain}".encode(), digest_size=32).hexdigest()
