"""Host names: the domain that somebody registered, and whether one is the site's own."""

from functools import cache, lru_cache
from typing import TYPE_CHECKING

from zoco.kit.hosts import plain_host as plain_host

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList


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
