"""Seeded damage to bytes, for fuzz tests: flips, cuts, repeats, insertions of what breaks parsers."""

from collections.abc import Sequence
from random import Random

AWKWARD: Sequence[bytes] = (
    *(b"\x00", b"\n", b"\r", b"\t", b'"', b"\\", b"{", b"}", b"[", b"]", b"%", b"\xff", b"\xc3", b"\xf0\x9f"),
    *(b"null", b"true", b"-1", b"1e999", b"99999999999999999999", b"0x10", b"NaN", b".5"),
    *(b"\xe2\x80\xae", b"\xef\xbb\xbf", b"%00", b"../", b"\\u0000", b"\\ud800", b" " * 300),
)


def mutated(line: bytes, rnd: Random) -> bytes:
    """Return the line after one to three random changes; the same seed gives the same bytes."""
    damaged = bytearray(line)
    for _ in range(rnd.randint(1, 3)):
        at = rnd.randrange(len(damaged) + 1)
        match rnd.randrange(6):
            case 0 if at < len(damaged):
                damaged[at] ^= 1 << rnd.randrange(8)
            case 1:
                del damaged[at : at + rnd.randint(1, 20)]
            case 2:
                damaged[at:at] = damaged[at : at + rnd.randint(1, 40)]
            case 3:
                damaged[at:at] = rnd.choice(AWKWARD)
            case 4:
                del damaged[at:]
            case _:
                damaged[at : at + 1] = bytes([rnd.randrange(256)])
    return bytes(damaged)
