"""One line of a site's block lists, or an address of its own people."""

import ipaddress
import re

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from zoco.kit.hosts import host_named, plain_host
from zoco.ledger.pictures.countries import country_code, country_name
from zoco.ledger.within import WithinManager

ENTRIES_MOST = 1_000
STARS_MOST = 8
_HOST_PATTERN = re.compile(r"[a-z0-9*._-]{1,253}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_MAPPED = 96
"""Bits before an address of version 4 that is written as one of version 6."""


class Exclusion(models.Model):
    """What a site does not count; of addresses of staff: whom it counts as its own people."""

    class Kind(models.TextChoices):
        """What is compared."""

        ADDRESS = "address", _("Address or range: not counted")
        COUNTRY = "country", _("Country: not counted")
        PAGE = "page", _("Page: not counted")
        HOST = "host", _("Host name: not counted")
        STAFF = "staff", _("Address or range: own staff")

    site = models.ForeignKey(
        "zoco_sites.Site", models.CASCADE, related_name="exclusions", verbose_name=_("site")
    )
    kind = models.CharField(_("kind"), max_length=7, choices=Kind.choices)
    value = models.CharField(
        _("which"),
        max_length=253,
        help_text=_(
            "An address or a range: 192.0.2.7, 192.0.2.0/24, 2001:db8::/48. A country: its name or two "
            "letters. A page: /internal/*, a host name: *.test.example; * stands for any text."
        ),
    )
    note = models.CharField(_("note"), max_length=200, blank=True, help_text=_("Why, for your colleagues."))

    objects = WithinManager()

    class Meta:
        verbose_name = _("entry of a block list")
        verbose_name_plural = _("entries of block lists")
        ordering = ["site", "kind", "value"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "kind", "value"],
                name="zoco_sites_blocked_once",
                violation_error_message=_("This is on the list already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"

    @property
    def shown(self) -> str:
        """Return the value as a person reads it."""
        if self.kind == self.Kind.COUNTRY:
            return f"{country_name(self.value)} ({self.value})"
        return self.value

    def clean(self) -> None:
        """Bring the value into the form in which it is compared. Raises ValidationError."""
        if self.kind not in _PLAIN:
            return  # the field says so
        self.value = _PLAIN[self.kind](self.value.strip())
        others = Exclusion.objects.filter(site=self.site_id, kind=self.kind).exclude(pk=self.pk)
        if others.count() >= ENTRIES_MOST:
            said = _("A list has %(most)s lines at most. Block a range or a pattern instead of each one.")
            raise ValidationError(said, params={"most": ENTRIES_MOST})


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


_PLAIN = {
    "address": _network,
    "staff": _network,
    "country": _country,
    "page": _page,
    "host": _host,
}
