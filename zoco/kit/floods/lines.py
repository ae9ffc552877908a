"""Lines of the network: whose address one is, and how often a line asks for something."""

import ipaddress

from zoco.kit.floods.pacing import Pace


def network(address: str) -> str:
    """Return whose address it is: of IPv6 the first 64 bits, since one line has all the others."""
    return _parted(address, 32, 64)


def provider(address: str) -> str:
    """Return from whom the line has it: of IPv6 the first 32 bits, which a provider gets, of IPv4 16."""
    return _parted(address, 16, 32)


def line_wait(pace: Pace, address: str, what: str, limit: int) -> int:
    """Count what the line of an address asks for; return how many seconds it waits, 0 if it may go on."""
    return pace.wait(f"{what} {network(address)}", limit, within=f"{what} {provider(address)}")


def _parted(address: str, of_4: int, of_6: int) -> str:
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if ip.version == 6 and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    part = ipaddress.ip_network((ip, of_4 if ip.version == 4 else of_6), strict=False)
    return str(part.network_address if part.num_addresses == 1 else part)
