"""What a collector knows here and now: sites by host name, and which proxies to believe."""

import ipaddress
import time
from collections.abc import Sequence
from pathlib import Path

from zoco.collector.hosts import plain_host
from zoco.sites import published
from zoco.sites.published import Published, PublishedSite

LOOK_SECONDS = 1.0
HOPS_MOST = 20
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Here:
    """The published sites of this machine, read again when the worker has published anew."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._looked_at = float("-inf")
        self._stamp: tuple[int, int] = (0, 0)
        self.sites: tuple[PublishedSite, ...] = ()
        self._by_host: dict[str, PublishedSite] = {}
        self._proxies: tuple[Network, ...] = ()

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

    def client(self, peer: str, forwarded: Sequence[str]) -> str:
        """Return the client's address: the peer, or the last hop that no trusted proxy is.

        `forwarded` are the values of X-Forwarded-For in the order in which they came. What stands left of
        the first address that nobody vouches for is anybody's word and not read.
        """
        if not self._proxies or not forwarded or not self._is_trusted(peer):
            return peer
        client = peer
        hops = [hop.strip() for value in forwarded for hop in value.split(",")]
        for hop in reversed(hops[-HOPS_MOST:]):
            address = _without_port(hop)
            if not _parsed(address):
                return client
            client = address
            if not self._is_trusted(address):
                return client
        return client

    def _take(self, found: Published) -> None:
        self.sites = found.sites
        self._by_host = {
            plain_host(name).removeprefix("www."): site
            for site in reversed(found.sites)
            for name in site.hostnames
        }
        self._proxies = tuple(ipaddress.ip_network(text, strict=False) for text in found.trusted_proxies)

    def _is_trusted(self, address: str) -> bool:
        parsed = _parsed(address)
        return parsed is not None and any(
            parsed.version == network.version and parsed in network for network in self._proxies
        )


def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    return (parsed.ipv4_mapped or parsed) if isinstance(parsed, ipaddress.IPv6Address) else parsed


def _without_port(hop: str) -> str:
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop


def is_private(address: str) -> bool:
    """Say whether an address is of a machine's own or a local network: no visitor comes from there."""
    parsed = _parsed(address)
    return parsed is not None and parsed.is_private
