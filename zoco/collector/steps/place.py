"""Where they are: the country that a registry assigned the address to. The address is not kept."""

import ipaddress
import socket

from iptocc import country_code

from zoco.collector.event import Event


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
    plain = plain_address(address)
    return (country_code(plain) or "") if plain else ""


def step(event: Event) -> Event:
    """Set the country."""
    event.fact.country = country_of(event.address)
    return event
