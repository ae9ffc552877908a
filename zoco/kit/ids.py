"""Ids: time-ordered for live facts, reproducible for imported ones, 63-bit keys for visitors."""

import secrets
import time
from hashlib import blake2b

_MASK63 = (1 << 63) - 1


def uuid_text(number: int) -> str:
    """Write a 128-bit number in the canonical form of a UUID."""
    digits = f"{number:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def uuid7(at_micros: int | None = None) -> str:
    """Return a UUIDv7 (RFC 9562, section 5.7) whose time part is `at_micros` or now."""
    millis = (time.time_ns() // 1_000_000) if at_micros is None else at_micros // 1000
    tail = int.from_bytes(secrets.token_bytes(10), "big")
    number = (millis & 0xFFFFFFFFFFFF) << 80 | tail
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
