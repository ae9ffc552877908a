"""Ids: time-ordered for live facts, reproducible for imported ones, 63-bit keys for visitors."""

import os
import secrets
import threading
import time
from collections import OrderedDict
from hashlib import blake2b

_MASK63 = (1 << 63) - 1
_MASK62 = (1 << 62) - 1
_COUNT_BITS, _CHANCE_BITS, _KEPT = 22, 52, 1_024
"""Ids of a millisecond count on from within the first half of 2²². Reports order by their first 76 bits."""


def uuid_text(number: int) -> str:
    """Write a 128-bit number in the canonical form of a UUID."""
    digits = f"{number:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


class _Growing:
    """A count at the head of ids' chance: one more within a millisecond (RFC 9562, section 6.2, method 1).

    It knows how far the `_KEPT` milliseconds came that were asked for last; any other begins anew anywhere.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Begin anew, as a forked process has to: it would go on as its parent does."""
        self._lock, self._counts = threading.Lock(), OrderedDict[int, int]()

    def next(self, millis: int) -> int:
        """Return 74 bits, a count and then chance."""
        with self._lock:
            before = self._counts.pop(millis, None)
            count = secrets.randbits(_COUNT_BITS - 1) if before is None else (before + 1) % (1 << _COUNT_BITS)
            self._counts[millis] = count
            if len(self._counts) > _KEPT:
                self._counts.popitem(last=False)
        return count << _CHANCE_BITS | secrets.randbits(_CHANCE_BITS)


_growing = _Growing()
os.register_at_fork(after_in_child=_growing.clear)


def uuid7(at_micros: int | None = None) -> str:
    """Return a UUIDv7 (RFC 9562, section 5.7) whose time part is `at_micros` or now.

    Those that a process makes one after the other for the same millisecond grow: facts of one moment are
    ordered by their ids. So it is as long as fewer than 1,024 other milliseconds come between two of them.
    """
    millis = (time.time_ns() // 1_000_000) if at_micros is None else at_micros // 1000
    chance = _growing.next(millis)
    number = (millis & 0xFFFFFFFFFFFF) << 80 | chance >> 62 << 64 | chance & _MASK62
    return uuid_text(_stamped(number, version=7))


def uuid8(*parts: bytes | int) -> str:
    """Return the UUIDv8 (RFC 9562, section 5.8) that these parts always give.

    Parts are length-prefixed before hashing, so ("ab", "c") and ("a", "bc") differ.
    """
    return uuid_text(_stamped(int.from_bytes(_digest(parts, 16), "big"), version=8))


def hash63(*parts: bytes | int, key: bytes = b"") -> int:
    """Return a positive 63-bit number, never 0, keyed blake2b over length-prefixed parts."""
    return hash63_framed(b"".join(map(framed, parts)), key)


def framed(part: bytes | int) -> bytes:
    """Return a part as it is hashed, with its length before it."""
    raw = part if isinstance(part, bytes) else b"%d" % part
    return b"%d:%b" % (len(raw), raw)


def hash63_framed(whole: bytes, key: bytes = b"") -> int:
    """Return `hash63` of parts that are framed and joined already."""
    return (int.from_bytes(blake2b(whole, digest_size=8, key=key).digest(), "big") & _MASK63) or 1


def known_number(who: str, key: bytes) -> int:
    """Return the number of a browser that consented, by the id in its cookie and its site's key."""
    return hash63_framed(framed(who.encode()), key)


def _digest(parts: tuple[bytes | int, ...], size: int) -> bytes:
    return blake2b(b"".join(map(framed, parts)), digest_size=size).digest()


def _stamped(number: int, version: int) -> int:
    number = number & ~(0xF << 76) | version << 76
    return number & ~(0x3 << 62) | 0x2 << 62
