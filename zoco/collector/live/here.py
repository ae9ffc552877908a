"""What a collector knows here and now: sites by host name, and which proxies to believe."""

import ipaddress
import socket
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from zoco.collector.memo import Memo
from zoco.kit.hosts import plain_host
from zoco.sites import published
from zoco.sites.published import Published, PublishedSite

LOOK_SECONDS = 1.0
HOPS_MOST = 20
_MAPPED = bytes(10) + b"\xff\xff"


class Network(NamedTuple):
    """A network as numbers."""

    version: int
    address: int
    mask: int


class Here:
    """The published sites of this machine, read again when the worker has published anew."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._looked_at = float("-inf")
        self._stamp: tuple[int, int] = (0, 0)
        self.sites: tuple[PublishedSite, ...] = ()
        self._by_host: dict[str, PublishedSite] = {}
        self.words: frozenset[str] = frozenset()
        """Under which the tracker is served as well: /WORD.js, /WORD, /WORD.gif."""
        self.addresses: frozenset[bytes] = frozenset()
        """Where facts go to under these words."""
        self._salts: dict[tuple[int, date], bytes] = {}
        self._proxies: tuple[Network, ...] = ()
        self._vouched: Memo[str, bool] = Memo(lambda _: False, 1)

    def look(self) -> None:
        """Read the file again if it changed; at most once a second. Raises SitesUnpublished."""
        now = time.monotonic()
        if now - self._looked_at < LOOK_SECONDS:
            return
        try:
            told = self._path.stat()
        except FileNotFoundError:
            raise published.SitesUnpublished(f"{self._path} is not there; start `zoco up`.") from None
        stamp = (told.st_ino, told.st_mtime_ns)
        if stamp != self._stamp:
            self._take(published.read(self._path))
            self._stamp = stamp
        self._looked_at = now

    def site_of(self, host: str) -> PublishedSite | None:
        """Return the site that has this host name, with or without www and port."""
        return self._by_host.get(host) or self._by_host.get(plain_host(host).removeprefix("www."))

    def salt_of(self, site: PublishedSite, day: date) -> bytes:
        """Return the salt of a site's local day, b"" when it is not there (any more)."""
        return self._salts.get((site.id, day), b"")

    def client(self, peer: str, forwarded: Sequence[str]) -> str:
        """Return the client's address: the peer, or the last hop that no trusted proxy is.

        `forwarded` are the values of X-Forwarded-For in the order in which they came. What stands left of
        the first address that nobody vouches for is anybody's word and not read.
        """
        if not self._proxies or not forwarded or not self._vouched[peer]:
            return peer
        client = peer
        if len(forwarded) == 1 and "," not in forwarded[0]:
            address = _without_port(forwarded[0].strip())
            return address if _number(address) is not None else peer
        hops = [hop.strip() for value in forwarded for hop in value.split(",")][-HOPS_MOST:]
        while hops:
            address = _without_port(hops.pop())
            number = _number(address)
            if number is None:
                return client
            client = address
            if hops and not _is_in(number, self._proxies):
                return client
        return client

    def _take(self, found: Published) -> None:
        self.sites = found.sites
        self._by_host = {
            plain_host(name).removeprefix("www."): site
            for site in reversed(found.sites)
            for name in site.hostnames
        }
        self.words = frozenset(word for site in found.sites for word in site.trackers)
        self.addresses = frozenset(f"/{word}".encode() for word in self.words)
        self._salts = {
            (site.id, date.fromisoformat(day)): bytes.fromhex(salt)
            for site in found.sites
            for day, salt in site.salts.items()
        }
        self._proxies = tuple(_network(text) for text in found.trusted_proxies)
        self._vouched = Memo(lambda peer: _is_in(_number(peer), self._proxies), 1_024)


def _network(text: str) -> Network:
    parsed = ipaddress.ip_network(text, strict=False)
    return Network(parsed.version, int(parsed.network_address), int(parsed.netmask))


# What the standard library calls private, as numbers: ten times quicker to ask.
_LOCAL = tuple(
    _network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.168.0.0/16", "::/127", "fc00::/7", "fe80::/10",
    )
)  # fmt: skip


_LOCAL_FIRST = frozenset({"0", "10", "100", "127", "169", "172", "192"})


def _number(address: str) -> tuple[int, int] | None:
    """Return version and number of an address; IPv4 inside IPv6 is IPv4; None for what is no address."""
    try:
        if ":" not in address:
            return 4, int.from_bytes(socket.inet_pton(socket.AF_INET, address), "big")
        raw = socket.inet_pton(socket.AF_INET6, address.partition("%")[0])
    except (OSError, ValueError):
        return None
    return (
        (4, int.from_bytes(raw[12:], "big")) if raw.startswith(_MAPPED) else (6, int.from_bytes(raw, "big"))
    )


def _is_in(number: tuple[int, int] | None, networks: Sequence[Network]) -> bool:
    if number is None:
        return False
    version, address = number
    return any(net.version == version and address & net.mask == net.address for net in networks)


def _without_port(hop: str) -> str:
    if ":" not in hop and not hop.startswith("["):
        return hop
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop


def is_local(address: str) -> bool:
    """Say whether an address is of the machine's own or of a local network: no visitor comes from there."""
    # Nearly every address is told by its first number alone.
    if ":" not in address and address.partition(".")[0] not in _LOCAL_FIRST:
        return False
    return _is_in(_number(address), _LOCAL)
