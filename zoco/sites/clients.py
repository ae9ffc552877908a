"""Who asks: the address behind trusted proxies."""

import ipaddress

from django.http import HttpRequest

from zoco.sites.conf import TRUSTED_PROXIES


def client_address(request: HttpRequest) -> str:
    """Return the address that asked; X-Forwarded-For counts only through trusted proxies."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    for hop in reversed(request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        if not _trusted(address) or not hop.strip():
            break
        address = hop.strip()
    return address


def _trusted(address: str) -> bool:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(ip in ipaddress.ip_network(network, strict=False) for network in TRUSTED_PROXIES())
