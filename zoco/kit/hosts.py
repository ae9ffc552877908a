"""Host names in the one form in which they are written down and compared."""

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

_PORT = re.compile(r":\d*$")
_HOST = re.compile(r"[\w.-]{1,253}|\[[0-9a-f:.]+\]")
# A part is not empty, does not begin or end with a hyphen; the last is more than digits (RFC 1123, RFC 3696).
_NO_NAME = re.compile(r"(?:^|\.)-|-(?:\.|$)|\.\.|^\.|(?:^|\.)\d+$")
_IPV4 = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")


def plain_host(host: str) -> str:
    """Return a host in lower case and ASCII, without port, final dot or user; "" for what is no host."""
    name = _PORT.sub("", host.strip().lower().rpartition("@")[2]).rstrip(".")
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError:
            return ""
    return name if _HOST.fullmatch(name) else ""


def host_named(text: str) -> str:
    """Return the host of what a person wrote: a name, or the address of a page; "" for neither."""
    _, slashes, rest = text.strip().partition("://")
    host = plain_host((rest if slashes else text).partition("/")[0])
    return "" if _NO_NAME.search(host) and not _IPV4.fullmatch(host) else host


@cache
def _suffixes() -> "PublicSuffixList":
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()


@lru_cache(maxsize=8192)
def registrable(host: str) -> str:
    """Return the domain that somebody registered: shop.example.co.uk → example.co.uk.

    By the Public Suffix List. A host that has none (localhost, an address) is its own domain.
    """
    if not host or host[-1].isdigit() or host[-1] == "]":
        return host
    domain: str | None = _suffixes().privatesuffix(host)
    return domain or host


def is_own(host: str, hostnames: tuple[str, ...]) -> bool:
    """Say whether a host is one of the site's, with or without www."""
    bare = host.removeprefix("www.")
    return any(bare == name.lower().removeprefix("www.") for name in hostnames)
