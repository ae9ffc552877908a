"""Secrets of accounts, sealed with AES-256-GCM. The key is worked out from SECRET_KEY and kept nowhere.

A seal is bound to its account: copied into another row it does not open. What older keys sealed opens as
long as they stand in SECRET_KEY_FALLBACKS; `services.accounts_reseal` seals it anew with the one in force.
"""

import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext_noop

from zoco.channels.contract import Hidden
from zoco.kit.said import Said

FORM = "1"
NONCE = 12
MARK = 8
_INFO = b"zoco.channels: secrets of accounts, version 1"


class SealBroken(Said, ValueError):
    """Sealed secrets cannot be opened; the message says what to do."""


def seal(values: Mapping[str, str], *, account: str) -> str:
    """Return values sealed for an account; nothing for none."""
    if not values:
        return ""
    key = _key(settings.SECRET_KEY)
    nonce = secrets.token_bytes(NONCE)
    plain = json.dumps(dict(values), sort_keys=True).encode()
    closed = AESGCM(key).encrypt(nonce, plain, account.encode())
    return f"{FORM}.{_mark(key)}.{urlsafe_b64encode(nonce + closed).decode()}"


def opened(sealed: str, *, account: str) -> Hidden:
    """Return what was sealed for an account. Raises SealBroken."""
    if not sealed:
        return Hidden()
    form, _dot, rest = sealed.partition(".")
    mark, _dot, closed = rest.partition(".")
    for given in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        key = _key(given)
        if form == FORM and mark == _mark(key):
            return _opened(key, closed, account)
    words = gettext_noop(
        "The secrets of this account were sealed with another SECRET_KEY. Name that one in "
        "SECRET_KEY_FALLBACKS, or enter the secrets again."
    )
    raise SealBroken(words)


def is_current(sealed: str) -> bool:
    """Return whether it is sealed with the key that is in force."""
    return not sealed or sealed.startswith(f"{FORM}.{_mark(_key(settings.SECRET_KEY))}.")


def _opened(key: bytes, closed: str, account: str) -> Hidden:
    try:
        raw = urlsafe_b64decode(closed)
        return Hidden(json.loads(AESGCM(key).decrypt(raw[:NONCE], raw[NONCE:], account.encode())))
    except (InvalidTag, ValueError) as broken:
        words = gettext_noop("The secrets of this account were changed in the database; enter them again.")
        raise SealBroken(words) from broken


@lru_cache(maxsize=8)
def _key(given: str | bytes) -> bytes:
    raw = given if isinstance(given, bytes) else given.encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=_INFO).derive(raw)


@lru_cache(maxsize=8)
def _mark(key: bytes) -> str:
    """Return a mark by which a key is known; nothing of the key can be worked out from it."""
    return HKDF(algorithm=SHA256(), length=MARK // 2, salt=None, info=b"mark").derive(key).hex()
