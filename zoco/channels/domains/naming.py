"""Names of domains: of an address, of what a domain lies in, and of the one who registered it."""

from functools import lru_cache

from zoco.kit.hosts import plain_host, registrable


def domain_of(address: str) -> str:
    """Return the domain of an address in small letters and ASCII; "" for what has none."""
    return _plain(address.rpartition("@")[2])


@lru_cache(maxsize=4_096)
def _plain(domain: str) -> str:
    return plain_host(domain.strip("> "))


def parents_of(domain: str) -> list[str]:
    """Return the domains that a domain lies in, the nearest first, up to the one that was registered."""
    top, found = registrable(domain), []
    while domain != top and "." in domain:
        domain = domain.partition(".")[2]
        found.append(domain)
    return found
