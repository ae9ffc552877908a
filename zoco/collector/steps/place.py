"""Where they are: by the operator's own file, or else the country of the registry. No address is kept."""

import ipaddress
import socket

from iptocc import country_code

from zoco.collector.event import Event
from zoco.collector.steps.places import NOWHERE, Place, Places

PLACES_FILE = Places()


def plain_address(address: str) -> str:
    """Return the address in its one canonical form, or "" for what is no address.

    An IPv4 address inside IPv6 (::ffff:192.0.2.1) is the IPv4 address; zones (%eth0) are dropped.
    """
    try:
        socket.inet_pton(socket.AF_INET, address)
    except (OSError, ValueError):
        return _other_address(address)
    return address


def _other_address(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0].strip("[]"))
    except ValueError:
        return ""
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return str(mapped or parsed)


def country_of(address: str) -> str:
    """Return the ISO 3166-1 code of the country, or "" for private and unknown addresses."""
    return place_of(address).country


def place_of(address: str) -> Place:
    """Return country, region and city of an address as a request or a log says it."""
    plain = plain_address(address)
    return place_of_plain(plain) if plain else NOWHERE


def place_of_plain(plain: str) -> Place:
    """Return the place of an address in its one canonical form."""
    found = PLACES_FILE.find(plain)
    return found if found is not None and found.country else Place(country_code(plain) or "")


def step(event: Event) -> Event:
    """Set country, region and city."""
    fact = event.fact
    fact.country, fact.region, fact.city = place_of(event.address)
    return event
