"""The address that a letter's bounces come back to: it says which letter to whom, and is signed (VERP).

`b-<32 letters>@bounces.example.org`, or `news+<32 letters>@example.org` where the server parts addresses at a
plus. The letters are base32: the day, a number, and ten bytes of HMAC-SHA256 (RFC 2104) of both, so that an
address that somebody thought up or cut is refused. Servers may change the case; the local part has at most
64 letters (RFC 5321, section 4.5.3.1.1).
"""

import base64
import hmac
import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

HOLDS_DAYS = 120
"""Servers give up after five days; complaints and answers come weeks later."""
LOCAL_MOST = 64
NUMBER_MOST = (1 << 63) - 1
_FIRST = date(2020, 1, 1)
_TOKEN_LETTERS = 32
_LOCAL = re.compile(rf"(?:b-|.{{1,31}}\+)([a-z2-7]{{{_TOKEN_LETTERS}}})")


class AddressWrong(ValueError):
    """An address is none that letters were sent from; the message says why."""


class Returned(NamedTuple):
    """What an address says, once it is known to hold."""

    number: int
    sent_on: date


def address(*, number: int, sent_on: date, key: bytes, domain: str, before_plus: str = "") -> str:
    """Return the address for one letter to one person; `number` is the number of that sending."""
    if not 0 <= number <= NUMBER_MOST:
        raise AddressWrong(f"The number {number} is not between 0 and {NUMBER_MOST}.")
    days = (sent_on - _FIRST).days
    if not 0 <= days < 1 << 16:
        raise AddressWrong(
            f"The day {sent_on} is not between {_FIRST} and {_FIRST + timedelta(days=65_535)}."
        )
    said = days.to_bytes(2, "big") + number.to_bytes(8, "big")
    token = base64.b32encode(said + _signature(said, key)).decode().lower()
    local = f"{before_plus}+{token}" if before_plus else f"b-{token}"
    if len(local) > LOCAL_MOST or not _LOCAL.fullmatch(local):
        raise AddressWrong(f"What stands before the plus, {before_plus!r}, may have 31 letters and no space.")
    return f"{local}@{domain}"


def opened(address: str, *, key: bytes, today: date) -> Returned:
    """Return what an address says. Raises AddressWrong."""
    found = _LOCAL.fullmatch(address.rpartition("@")[0].lower())
    if found is None:
        raise AddressWrong("It has not the form of an address for bounces.")
    raw = base64.b32decode(found[1].upper())
    said, signature = raw[:10], raw[10:]
    if not key or not hmac.compare_digest(signature, _signature(said, key)):
        raise AddressWrong("It is not signed with the key of this installation.")
    sent_on = _FIRST + timedelta(days=int.from_bytes(said[:2], "big"))
    if not sent_on - timedelta(days=1) <= today <= sent_on + timedelta(days=HOLDS_DAYS):
        raise AddressWrong(f"It held for {HOLDS_DAYS} days from {sent_on}.")
    return Returned(int.from_bytes(said[2:], "big"), sent_on)


def first_opened(addresses: Iterable[str], *, key: bytes, today: date) -> Returned | None:
    """Return what the first of some addresses says that holds; None if none does."""
    for each in addresses:
        try:
            return opened(each, key=key, today=today)
        except AddressWrong:
            continue
    return None


def _signature(said: bytes, key: bytes) -> bytes:
    return hmac.digest(key, b"zoco.verp." + said, "sha256")[:10]
