"""Tokens that say who somebody is, signed with the key of a site: `login.42.1790000000.<signature>`.

The signature is HMAC-SHA256 (RFC 2104) of what stands before its dot, in lower-case hexadecimal; the key is
used as its bytes, not as its text. So any language can make one. A token can be used by whoever has it
until it expires: make it short-lived, and put it only where its person reads it.
"""

import hmac
import re
from typing import Literal, NamedTuple

Use = Literal["login", "form", "click"]
SECONDS_MOST: dict[str, int] = {"login": 86_400, "form": 86_400, "click": 400 * 86_400}
"""How far ahead a token of each use may expire."""
TOKEN_LONGEST = 128
_TOKEN = re.compile(r"(login|form|click)\.([1-9]\d{0,18})\.([1-9]\d{0,11})\.([0-9a-f]{64})")


class TokenWrong(ValueError):
    """A token does not hold; the message says why."""


class Signed(NamedTuple):
    """What a token says, once it is known to hold."""

    use: str
    person: int


def sign(*, use: Use, person: int, expires: int, key: bytes) -> str:
    """Return a token for a person; `expires` in seconds since 1970."""
    said = f"{use}.{person:d}.{expires:d}"
    return f"{said}.{_signature(said, key)}"


def opened(token: str, *, key: bytes, now: int, uses: tuple[str, ...]) -> Signed:
    """Return what a token says; `now` in seconds since 1970. Raises TokenWrong."""
    found = _TOKEN.fullmatch(token) if len(token) <= TOKEN_LONGEST else None
    if found is None:
        raise TokenWrong("It has not the form use.person.expires.signature.")
    use, person, expires, signature = found.groups()
    if not key or not hmac.compare_digest(signature, _signature(token.rpartition(".")[0], key)):
        raise TokenWrong("It is not signed with the key of this site.")
    if use not in uses:
        raise TokenWrong(f"A token for {use} is of no use here.")
    if int(person) >= 1 << 63:
        raise TokenWrong("The number of the person is too large.")
    if int(expires) <= now:
        raise TokenWrong("It has expired.")
    if int(expires) > now + SECONDS_MOST[use]:
        raise TokenWrong(f"It would hold for more than {SECONDS_MOST[use]} seconds.")
    return Signed(use, int(person))


def _signature(said: str, key: bytes) -> str:
    return hmac.digest(key, said.encode(), "sha256").hex()
