"""What a single request says of who asks: signs, in words. The address itself goes no further than here.

Who judges programs by their user agents stands above us and is given by `provide`, as is whose address it is.
"""

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.http import HttpRequest

from zoco.kit.lists import rows
from zoco.sites.crawlers.bots import BOTS

HEAD = "head"
NO_LANGUAGE = "no language"
PROGRAM, GATEWAY, PRIVACY, IMAGE = "program: ", "gateway: ", "privacy: ", "image: "
# What fetches images for readers says no more than this (Apple's Mail Privacy Protection).
_APPLE = "Mozilla/5.0"
_IMAGES = {"googleimageproxy": "Google", "yahoomailproxy": "Yahoo"}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: his address, and the name of the program if it is no browser."""

    address: str
    program: str


def _plain_caller(request: HttpRequest) -> Caller:
    said = request.headers.get("User-Agent", "").lower().strip()
    known = next((bot.name for token, bot in BOTS if token in said), "") if said else "no user agent"
    return Caller(str(request.META.get("REMOTE_ADDR", "")), known)


_callers: list[Callable[[HttpRequest], Caller]] = [_plain_caller]


def provide(caller: Callable[[HttpRequest], Caller]) -> None:
    """Register who says who asks; called once, by the project."""
    _callers[:] = [caller]


def signs_of(request: HttpRequest) -> tuple[str, ...]:
    """Return the signs of a request, the strongest first."""
    caller = _callers[0](request)
    said = request.headers.get("User-Agent", "").strip()
    images = next((name for token, name in _IMAGES.items() if token in said.lower()), "")
    what, whose = network_of(caller.address)
    found = [
        HEAD if request.method == "HEAD" else "",
        GATEWAY + whose if what == "gateway" else "",
        PRIVACY + "Apple" if said == _APPLE else PRIVACY + whose if what == "privacy" else "",
        IMAGE + (images or whose) if images or what == "image" else "",
        PROGRAM + caller.program[:60] if caller.program and not images and said != _APPLE else "",
        "" if request.headers.get("Accept-Language") else NO_LANGUAGE,
    ]
    return tuple(sign for sign in found if sign)


def network_of(address: str) -> tuple[str, str]:
    """Return (what, whose) of the network of an address; two empty words for all others."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "", ""
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return next(((what, whose) for network, what, whose in _networks() if ip in network), ("", ""))


@cache
def _networks() -> tuple[tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, str, str], ...]:
    listed = rows(Path(__file__).with_name("networks.tsv"), 3)
    return tuple((ipaddress.ip_network(network), what, whose) for network, what, whose in listed)
