"""One token a message, of 40 characters: whose it is, of which batch and day, and a code that nobody forges.

It lets nobody in: whoever has it can count as its reader. The code is the first 8 octets of HMAC-SHA256
(RFC 2104, truncated as its section 5 allows) under a key that is worked out from SECRET_KEY; tokens of keys
in SECRET_KEY_FALLBACKS hold as well.

The message's id is encrypted: links are handed on, and a complaint or bounce that comes by mail is believed
because it names that id. It is one block of AES-256 (FIPS 197), under a key of its own; the same message has
the same token.
"""

import binascii
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple
from uuid import UUID

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import ECB
from django.conf import settings

LENGTH = 40
CODE = 8
_BEGAN = date(2020, 1, 1)
_INFO = {
    "count": b"zoco.mail.counting: tokens of messages, version 2",
    "online": b"zoco.mail.counting: tokens of letters in the browser, version 2",
}
_HIDDEN = b"zoco.mail.counting: ids of messages within tokens"
Use = Literal["count", "online"]
"""Links and image, or the letter in the browser. Links are handed on; so they open no letter."""


class TokenWrong(ValueError):
    """A token is not one of ours."""


class Meant(NamedTuple):
    """What a token says, once it is known to hold."""

    message: UUID
    batch: int
    made_on: date

    def is_over(self, *, at: datetime, days: int) -> bool:
        """Return whether it is older than this many days."""
        return at.astimezone(UTC).date() > self.made_on + timedelta(days=days)


class Tokens(NamedTuple):
    """The tokens of one message."""

    counted: str
    online: str


def tokens_made(*, messages: Sequence[UUID], batch: int, at: datetime) -> list[Tokens]:
    """Return the tokens of messages, in their order. `batch` is 0 for none, at most 4,294,967,295."""
    days = (at.astimezone(UTC).date() - _BEGAN).days
    rest = batch.to_bytes(4) + days.to_bytes(2)
    counted, online = (_key(settings.SECRET_KEY, use) for use in ("count", "online"))
    hidden = _cipher(settings.SECRET_KEY).encryptor().update(b"".join(each.bytes for each in messages))
    said = [hidden[start : start + 16] + rest for start in range(0, len(hidden), 16)]
    return [Tokens(_written(each, counted), _written(each, online)) for each in said]


def token_made(*, message: UUID, batch: int, at: datetime, use: Use = "count") -> str:
    """Return one token of a message."""
    tokens = tokens_made(messages=[message], batch=batch, at=at)[0]
    return tokens.counted if use == "count" else tokens.online


def token_read(token: str, *, use: Use = "count") -> Meant:
    """Return what a token says. Raises TokenWrong for one that was forged, cut, or made for another use."""
    try:
        held = urlsafe_b64decode(token.encode("ascii")) if len(token) == LENGTH else b""
    except (binascii.Error, UnicodeEncodeError):
        held = b""
    said, code = held[:-CODE], held[-CODE:]
    # Letters that the alphabet lacks are passed over when it is read.
    is_whole = len(held) == LENGTH * 3 // 4 and urlsafe_b64encode(held).decode() == token
    secret = _secret(said, code, use) if is_whole else ""
    if not secret:
        raise TokenWrong("The token is not one of ours.")
    return Meant(
        UUID(bytes=_cipher(secret).decryptor().update(said[:16])),
        int.from_bytes(said[16:20]),
        _BEGAN + timedelta(days=int.from_bytes(said[20:])),
    )


def _secret(said: bytes, code: bytes, use: Use) -> str:
    """Return the secret under which a code holds, "" if under none."""
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return next((each for each in secrets if hmac.compare_digest(code, _code(said, _key(each, use)))), "")


def _written(said: bytes, key: bytes) -> str:
    return urlsafe_b64encode(said + _code(said, key)).decode()


def _code(said: bytes, key: bytes) -> bytes:
    return hmac.digest(key, said, "sha256")[:CODE]


@lru_cache(maxsize=8)
def _key(secret: str, use: Use) -> bytes:
    return hmac.digest(secret.encode(), _INFO[use], "sha256")


@lru_cache(maxsize=4)
def _cipher(secret: str) -> Cipher[ECB]:
    """Return what hides ids. Each is one whole block and different: a mode has nothing to add."""
    return Cipher(AES256(hmac.digest(secret.encode(), _HIDDEN, "sha256")), ECB())  # noqa: S305
