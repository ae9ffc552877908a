"""The kinds of block lists: what each is called, what it means, and how a line of it is written."""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from zoco.kit.hosts import host_named, plain_host
from zoco.ledger.pictures.countries import country_code, country_name

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

STARS_MOST = 8
_HOST_PATTERN = re.compile(r"[a-z0-9*._-]{1,253}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_MAPPED = 96
"""Bits before an address of version 4 that is written as one of version 6."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind. `plain` brings a line into the form in which it is compared; it raises ValidationError."""

    choice: "StrOrPromise"
    title: "StrOrPromise"
    meaning: "StrOrPromise"
    plain: Callable[[str], str]


def _wrong(words: object, text: str) -> ValidationError:
    return ValidationError({"value": ValidationError(words, params={"text": text[:80]})})  # type: ignore[arg-type]


def _network(text: str) -> str:
    try:
        net = ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise _wrong(
            _("%(text)s is no address and no range. Write it as 192.0.2.7, 192.0.2.0/24 or 2001:db8::/48."),
            text,
        ) from None
    mapped = net.network_address.ipv4_mapped if isinstance(net, ipaddress.IPv6Network) else None
    if mapped is not None and net.prefixlen >= _MAPPED:
        net = ipaddress.ip_network((mapped, net.prefixlen - _MAPPED), strict=False)
    if not net.prefixlen:
        raise _wrong(_("%(text)s would be everybody. Write a smaller range."), text)
    return str(net.network_address) if net.num_addresses == 1 else str(net)


def _country(text: str) -> str:
    code = country_code(text)
    if not _COUNTRY.fullmatch(code) or country_name(code) == code:
        raise _wrong(_("%(text)s is no country. Write its name, or its two letters such as ES."), text)
    return code


def _page(text: str) -> str:
    _scheme, slashes, rest = text.partition("://")
    path = f"/{rest.partition('/')[2]}" if slashes else text
    path = path.partition("?")[0].partition("#")[0]
    if not path.startswith(("/", "*")):
        raise _wrong(_("%(text)s is no page. Write the path: /internal/* or /thanks."), text)
    return _pattern(path, text)


def _host(text: str) -> str:
    name = text.lower().rstrip(".") if "*" in text else plain_host(host_named(text))
    if not _HOST_PATTERN.fullmatch(name):
        raise _wrong(_("%(text)s is no host name. Write it as test.shop.example or *.test.example."), text)
    return _pattern(name, text)


def _pattern(pattern: str, text: str) -> str:
    if "*" in pattern and not pattern.replace("*", "").strip("/."):
        raise _wrong(_("%(text)s would be everything. Write more than *."), text)
    if pattern.count("*") > STARS_MOST:
        raise _wrong(_("%(text)s has more than 8 *."), text)
    return pattern


# In the order in which they are shown; "lists.FIELDS" says where each is published.
KINDS = {
    "address": Kind(
        _("Address or range: not counted"),
        _("Addresses"),
        _("Nothing is counted from these addresses and ranges."),
        _network,
    ),
    "country": Kind(
        _("Country: not counted"), _("Countries"), _("Nothing is counted from these countries."), _country
    ),
    "page": Kind(
        _("Page: not counted"), _("Pages"), _("Nothing is counted that happens on these pages."), _page
    ),
    "host": Kind(
        _("Host name: not counted"),
        _("Host names"),
        _("Nothing is counted on these host names of the site."),
        _host,
    ),
    "staff": Kind(
        _("Address or range: own staff"),
        _("Own staff"),
        _(
            "Visits from these addresses are counted as own staff, unless a bot makes them: reports "
            "leave them out, and show them when you ask for them under “Who counts”."
        ),
        _network,
    ),
}
