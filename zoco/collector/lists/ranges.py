"""Where crawlers come from: whoever bears the name and comes from elsewhere only says so."""

import socket
from functools import cache
from pathlib import Path

from zoco.collector.lists.confirmed import KNOWN, Patience, is_named
from zoco.kit.lists import rows

# Names of one operator that share their addresses.
_GOOGLE = (
    "Googlebot", "Googlebot-Image", "Googlebot-News", "Googlebot-Video", "Googlebot-Mobile", "APIs-Google",
    "Storebot-Google", "Google-InspectionTool", "GoogleOther", "AdsBot-Google", "Mediapartners-Google",
)  # fmt: skip
# Crawlers move: the list says nothing of what came before this moment (1 January 2026), in UTC microseconds.
SINCE = 1_767_225_600_000_000
FORGED = ", from an address not its own"


@cache
def _networks() -> dict[str, tuple[tuple[int, int, int], ...]]:
    """Return name → (version, network, mask) of each."""
    import ipaddress

    found: dict[str, list[tuple[int, int, int]]] = {}
    for name, text in rows(Path(__file__).with_name("ranges.tsv"), 2):
        net = ipaddress.ip_network(text)
        found.setdefault(name, []).append((net.version, int(net.network_address), int(net.netmask)))
    google = found.pop("Google")
    return {name: tuple(nets) for name, nets in (found | dict.fromkeys(_GOOGLE, google)).items()}


def is_checked(name: str) -> bool:
    """Say whether it is known where this crawler comes from."""
    return name in _networks() or is_named(name)


def is_own(name: str, address: str, patience: Patience | None = None) -> bool:
    """Say whether an address is of the crawler's own; True where it is not known or is no address.

    By the list, or where it is not on it by its names, if they are looked up; who has patience waits.
    """
    number = _number(address)
    if number is None or _is_listed(name, number):
        return True
    found = KNOWN.is_own(name, address.partition("%")[0], patience) if is_named(name) else None
    return name not in _networks() if found is None else found


def _is_listed(name: str, number: tuple[int, int]) -> bool:
    version, bits = number
    return any(net[0] == version and bits & net[2] == net[1] for net in _networks().get(name, ()))


def _number(address: str) -> tuple[int, int] | None:
    try:
        if ":" not in address:
            return 4, int.from_bytes(socket.inet_pton(socket.AF_INET, address), "big")
        return 6, int.from_bytes(socket.inet_pton(socket.AF_INET6, address.partition("%")[0]), "big")
    except (OSError, ValueError):
        return None
