"""Block lists as they are published, and as they are asked: worked out once. No Django.

Addresses are looked up by the lengths of prefixes that occur, so that a thousand ranges cost what ten do.
"""

import ipaddress
import socket
from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b

import msgspec

from zoco.sites.sources.own import matches

_MAPPED = bytes(10) + b"\xff\xff"
Prefixes = tuple[tuple[int, int, frozenset[int]], ...]


class LeftOut(msgspec.Struct, frozen=True):
    """What a site does not count: addresses and ranges (CIDR), countries, pages and hosts (patterns).

    What comes from the addresses of `staff` is counted, as own staff.
    """

    addresses: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    staff: tuple[str, ...] = ()


NOBODY = LeftOut()
# Where the lines of each kind are published.
FIELDS = {
    "address": "addresses",
    "country": "countries",
    "page": "pages",
    "host": "hosts",
    "staff": "staff",
}


class Guard:
    """Block lists, ready to be asked. Countries are of ISO 3166-1, addresses in their plain form."""

    __slots__ = ("_addresses", "_hosts", "_pages", "_staff", "countries")

    def __init__(self, left_out: LeftOut) -> None:
        self._addresses = _prefixes(left_out.addresses)
        self._staff = _prefixes(left_out.staff)
        self._pages = left_out.pages
        self._hosts = left_out.hosts
        self.countries = frozenset(left_out.countries)

    def is_address(self, address: str) -> bool:
        """Say whether an address is blocked."""
        return bool(self._addresses) and _is_among(address, self._addresses)

    def is_staff(self, address: str) -> bool:
        """Say whether an address is of the site's own people."""
        return bool(self._staff) and _is_among(address, self._staff)

    def is_page(self, path: str) -> bool:
        """Say whether a page is blocked, by its path as it is written down."""
        return any(matches(pattern, path) for pattern in self._pages)

    def is_host(self, host: str) -> bool:
        """Say whether a host of the site is blocked."""
        return any(matches(pattern, host) for pattern in self._hosts)


# The lists that were asked last: whoever reads a log asks the same ones for each line.
_latest: list[tuple[LeftOut, Guard | None]] = [(NOBODY, None)]


def guard_of(left_out: LeftOut) -> Guard | None:
    """Return the lists ready to be asked, None where there is nothing in them."""
    asked, guard = _latest[0]
    if asked is not left_out:
        guard = _guard(left_out)
        _latest[0] = (left_out, guard)
    return guard


@lru_cache(maxsize=64)
def _guard(left_out: LeftOut) -> Guard | None:
    return None if left_out == NOBODY else Guard(left_out)


def staff_mark(key_name: str, renewals: int = 0) -> str:
    """Return what the browsers of a site's own people send: another word after each renewal.

    Who knows it was given it; it opens nothing.
    """
    said = f"{key_name}/{renewals}" if renewals else key_name
    return blake2b(said.encode(), person=b"zoco-own-staff", digest_size=12).hexdigest()


def _prefixes(networks: Iterable[str]) -> Prefixes:
    found: dict[tuple[int, int], set[int]] = {}
    for text in networks:
        net = ipaddress.ip_network(text, strict=False)
        found.setdefault((net.version, int(net.netmask)), set()).add(int(net.network_address))
    return tuple((version, mask, frozenset(heads)) for (version, mask), heads in found.items())


def _is_among(address: str, prefixes: Sequence[tuple[int, int, frozenset[int]]]) -> bool:
    number = _number(address)
    if number is None:
        return False
    version, bits = number
    return any(each == version and bits & mask in heads for each, mask, heads in prefixes)


def _number(address: str) -> tuple[int, int] | None:
    """Return version and number of an address, None for what is none; IPv4 inside IPv6 is IPv4."""
    try:
        if ":" not in address:
            return 4, int.from_bytes(socket.inet_pton(socket.AF_INET, address), "big")
        raw = socket.inet_pton(socket.AF_INET6, address.partition("%")[0].strip("[]"))
    except (OSError, ValueError):
        return None
    is_mapped = raw.startswith(_MAPPED)
    return (4, int.from_bytes(raw[12:], "big")) if is_mapped else (6, int.from_bytes(raw, "big"))
