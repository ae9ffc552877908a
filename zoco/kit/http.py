"""Outgoing HTTP to addresses that somebody typed: the one door, by which no server inside can be reached.

The name is resolved once, every address checked, and the connection made to the checked address: a name that
answers differently the second time (DNS rebinding) gains nothing. Redirects go through the same checks.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import SplitResult, urljoin, urlsplit

from zoco.kit import conf

PRIVATE_NETWORKS: conf.Setting[list[str]] = conf.declare(
    "PRIVATE_NETWORKS",
    [],
    conf.names,
    "Networks of your own that web hooks and mail accounts may reach, such as 10.0.5.0/24 or 127.0.0.1; "
    "without it public ones only.",
)
TIMEOUT_SECONDS = 10.0
BYTES_MOST = 1 << 20
REDIRECTS_MOST = 5
_REDIRECTS = {301, 302, 303, 307, 308}
# Headers that are for one host alone.
_OWN = {"authorization", "cookie"}
# Where translators put addresses of version 4 into ones of version 6: RFC 6052, RFC 8215, RFC 2765, RFC 4291.
_TRANSLATED = tuple(
    ipaddress.ip_network(text) for text in ("64:ff9b::/96", "64:ff9b:1::/48", "::ffff:0:0:0/96", "::/96")
)
# All that is given out to be reached from everywhere; the rest is of old, of one place or of nobody.
_GLOBAL = ipaddress.ip_network("2000::/3")
_EXAMPLES = ipaddress.ip_network("3fff::/20")
# Where two clouds tell their machines secrets, under addresses that pass for public ones.
_OF_CLOUDS = tuple(ipaddress.ip_network(text) for text in ("168.63.129.16/32", "192.0.0.0/24"))
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class AddressRefused(ValueError):
    """An address may not be fetched; the message says why and what to do."""


class FetchFailed(RuntimeError):
    """Nobody answered, or not in time, or too much."""


@dataclass(frozen=True, slots=True)
class Response:
    """What came back. `url` is that of the last redirect; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    is_inside: bool = False
    """It came from a network of the operator's own."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a fetch may take in all, with its redirects, and how much it may bring."""

    seconds: float = TIMEOUT_SECONDS
    size: int = BYTES_MOST
    redirects: int = REDIRECTS_MOST


@dataclass(frozen=True, slots=True)
class _Target:
    parts: SplitResult
    host: str
    port: int
    addresses: tuple[str, ...] = field(default=())

    @property
    def is_secure(self) -> bool:
        return self.parts.scheme == "https"


def address_check(url: str) -> None:
    """Refuse what cannot be fetched, without resolving its name. Raises AddressRefused."""
    target = _target(url)
    try:
        literal = ipaddress.ip_address(target.host)
    except ValueError:
        return
    _check(literal)


def fetch(
    url: str,
    *,
    method: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    limits: Limits | None = None,
    may_private: bool = True,
) -> Response:
    """Fetch an address. Raises AddressRefused, FetchFailed; an answer of any status is returned.

    Redirects of a request with a body are not followed: what was signed for one address is not handed on.
    A server outside never leads into a network of the operator's own; `may_private` says no to it from the
    beginning, for addresses that nobody of ours named.
    """
    limits = limits or Limits()
    deadline = time.monotonic() + limits.seconds
    sent = {"User-Agent": "Zoco", "Accept-Encoding": "identity", **(headers or {})}
    for _ in range(limits.redirects + 1):
        address_check(url)
        target = _resolved(_target(url), may_private=may_private)
        may_private = may_private and not any(_is_public(_inside(each)) for each in _numbers(target))
        response = _once(target, url, method, body, sent, limits.size, deadline)
        where = response.headers.get("location", "")
        if response.status not in _REDIRECTS or not where or body is not None:
            return replace(response, is_inside=may_private)
        following = urljoin(url, where)
        if target.is_secure and urlsplit(following).scheme != "https":
            raise AddressRefused(f"{target.host} leads on to an address without https.")
        if urlsplit(following).netloc != target.parts.netloc:
            sent = {name: value for name, value in sent.items() if name.lower() not in _OWN}
        url = following
    raise FetchFailed(f"{url} leads on more than {limits.redirects} times.")


def addresses_of(host: str, port: int) -> tuple[str, ...]:
    """Return the addresses of a host that somebody typed, all of them checked, for other protocols.

    Connect to these and not to the name, which may answer differently the next time. Raises AddressRefused,
    FetchFailed.
    """
    bare = f"[{host}]" if ":" in host else host
    return _resolved(_target(f"https://{bare}:{port}/"), may_private=True).addresses


def _target(url: str) -> _Target:
    """Read an address. Raises AddressRefused."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise AddressRefused(f"The address cannot be read: {error}.") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise AddressRefused("An address begins with https:// or http:// and names a host.")
    if parts.username is not None or parts.password is not None:
        raise AddressRefused("An address with a name or password in it is not fetched; leave them out.")
    if any(ord(letter) <= 32 or ord(letter) == 127 for letter in url):
        raise AddressRefused("An address has no spaces or control characters; write them as %20.")
    try:
        host = parts.hostname.encode("idna").decode() if not parts.hostname.isascii() else parts.hostname
    except UnicodeError:
        raise AddressRefused(f"{parts.hostname} is no name of a host.") from None
    return _Target(parts, host, port or (443 if parts.scheme == "https" else 80))


def _resolved(target: _Target, *, may_private: bool) -> _Target:
    """Return the target with its addresses, all of them checked. Raises AddressRefused, FetchFailed."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchFailed(f"{target.host} has no address: {error}.") from error
    addresses = tuple(dict.fromkeys(str(each[4][0]) for each in found))
    resolved = _Target(target.parts, target.host, target.port, addresses)
    for number in _numbers(resolved):
        _check(number, may_private=may_private)
    return resolved


def _numbers(target: _Target) -> list[Address]:
    return [ipaddress.ip_address(each.partition("%")[0]) for each in target.addresses]


def _check(address: Address, *, may_private: bool = True) -> None:
    """Refuse an address that is not public and in no network that is allowed. Raises AddressRefused."""
    inside = _inside(address)
    for network in PRIVATE_NETWORKS() if may_private else ():
        allowed = ipaddress.ip_network(network, strict=False)
        if inside.version == allowed.version and inside in allowed:
            return
    if not _is_public(inside):
        raise AddressRefused(
            f"{address} is no public address. If it is a server of your own, name its network in "
            "ZOCO_PRIVATE_NETWORKS."
        )


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and (address not in _GLOBAL or address in _EXAMPLES):
        return False
    return address.is_global and not address.is_multicast and not any(address in each for each in _OF_CLOUDS)


def _inside(address: Address) -> Address:
    """Return the address of version 4 that one of version 6 stands for, or itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if int(address) > 1 and any(address in network for network in _TRANSLATED):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else address)


def _once(
    target: _Target,
    url: str,
    method: str,
    body: bytes | None,
    headers: Mapping[str, str],
    size: int,
    deadline: float,
) -> Response:
    connection = _Pinned(target, deadline)
    # Whoever sends a byte a second would hold on past any time-out of a single read.
    ending = threading.Timer(max(deadline - time.monotonic(), 0.0), connection.end)
    ending.daemon = True
    ending.start()
    path = target.parts.path or "/"
    query = f"?{target.parts.query}" if target.parts.query else ""
    try:
        connection.request(method, path + query, body=body, headers=dict(headers))
        answer = connection.getresponse()
        found = answer.read(size + 1)
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        if time.monotonic() >= deadline:
            raise FetchFailed(f"{target.host} did not answer in time.") from error
        raise FetchFailed(f"{target.host} did not answer: {type(error).__name__} {error}.") from error
    finally:
        ending.cancel()
        connection.close()
    if time.monotonic() >= deadline:
        raise FetchFailed(f"{target.host} did not answer in time.")
    if len(found) > size:
        raise FetchFailed(f"{target.host} answered with more than {size} bytes.")
    told: dict[str, str] = {}
    for name, value in answer.getheaders():
        # Said twice means both (RFC 9110, section 5.3).
        told[name.lower()] = f"{told[name.lower()]}, {value}" if name.lower() in told else value
    return Response(answer.status, told, found, url)


class _Pinned(http.client.HTTPConnection):
    """A connection to the addresses that were checked, whatever the name says by now."""

    def __init__(self, target: _Target, deadline: float) -> None:
        super().__init__(target.host, target.port)
        self._target = target
        self._deadline = deadline
        # http.client lets go of its own once the headers are read.
        self._held: socket.socket | None = None
        if target.is_secure:
            self.default_port = 443

    def connect(self) -> None:
        """Connect to the first address that answers."""
        problem: OSError = TimeoutError("no time left")
        for address in self._target.addresses:
            left = self._deadline - time.monotonic()
            if left <= 0:
                break
            try:
                plain = socket.create_connection((address, self._target.port), timeout=left)
            except OSError as error:
                problem = error
                continue
            self.sock = self._held = plain
            if self._target.is_secure:
                context = ssl.create_default_context()
                self.sock = self._held = context.wrap_socket(plain, server_hostname=self._target.host)
            return
        raise problem

    def end(self) -> None:
        """Break off, from another thread."""
        if self._held is not None:
            try:
                self._held.shutdown(socket.SHUT_RDWR)
            except OSError:
                return
