"""Questions to DNS. That a name is not there, that it was not answered in time, and that servers failed are
three things; only the first says something of the domain.
"""

import time
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

from django.utils.translation import gettext_noop
from dns import exception, message, name, nameserver, rcode, resolver, reversename

from zoco.kit import conf
from zoco.kit.said import Said

NAMESERVERS: conf.Setting[list[str]] = conf.declare(
    "NAMESERVERS",
    [],
    conf.names,
    "Name servers that are asked about sending domains, such as 9.9.9.9 or 127.0.0.1:5353; without it "
    "those of this machine.",
)
QUESTION_SECONDS = 4.0
LOOK_SECONDS = 20.0
"""Of all questions of one look together: a page waits for it."""
DNS_PORT = 53
Address = IPv4Address | IPv6Address


class NoSuchName(LookupError):
    """There is no such name in DNS."""


class NotAnswered(Said, RuntimeError):
    """Nobody knows: the servers did not answer in time, or said that they cannot."""


@dataclass(slots=True)
class Dns:
    """Asks each question once, and no longer than a look may take."""

    seconds: float = LOOK_SECONDS
    _known: dict[tuple[str, str], list[Any] | Exception] = field(default_factory=dict)
    _end: float = 0.0

    def __post_init__(self) -> None:
        self._end = time.monotonic() + self.seconds

    def texts(self, at: str) -> list[str]:
        """Return the TXT records of a name, each put together. Raises NoSuchName, NotAnswered."""
        return [b"".join(each.strings).decode("utf-8", "replace") for each in self._asked(at, "TXT")]

    def addresses(self, at: str) -> list[Address]:
        """Return the addresses of a name, or the one that it is. Raises NoSuchName, NotAnswered."""
        try:
            return [ip_address(at)]
        except ValueError:
            pass
        found: list[Any] = []
        absent = 0
        for kind in ("A", "AAAA"):
            try:
                found += self._asked(at, kind)
            except NoSuchName:  # some servers say so where only this kind is missing
                absent += 1
        if absent == 2:
            raise NoSuchName(at)
        return [ip_address(each.address) for each in found]

    def pointers(self, address: Address) -> list[str]:
        """Return the names that an address is said to have. Raises NoSuchName, NotAnswered."""
        asked = self._asked(reversename.from_address(str(address)).to_text(), "PTR")
        return sorted(_bare(each.target) for each in asked)

    def exchangers(self, at: str) -> list[str]:
        """Return the servers that take mail for a domain, the first ones first; "" is: none, on purpose."""
        found = sorted(self._asked(at, "MX"), key=lambda each: (each.preference, each.exchange))
        return [_bare(each.exchange) for each in found]

    def _asked(self, at: str, kind: str) -> list[Any]:
        key = (at.lower().rstrip("."), kind)
        if key not in self._known:
            try:
                self._known[key] = self._ask(at, kind)
            except (NoSuchName, NotAnswered) as error:
                self._known[key] = error
        found = self._known[key]
        if isinstance(found, Exception):
            raise found
        return found

    def _ask(self, at: str, kind: str) -> list[Any]:
        left = min(QUESTION_SECONDS, self._end - time.monotonic())
        late = NotAnswered(gettext_noop("The name servers did not answer in time for %(name)s."), name=at)
        if left <= 0:
            raise late
        try:
            answer = _resolver().resolve(
                at.rstrip(".") + ".", kind, lifetime=left, raise_on_no_answer=False, search=False
            )
        except resolver.NXDOMAIN as error:
            raise NoSuchName(at) from error
        except resolver.LifetimeTimeout as error:
            raise late from error
        except (name.EmptyLabel, name.LabelTooLong, name.NameTooLong, name.BadEscape, UnicodeError) as error:
            raise NoSuchName(at) from error
        except (exception.DNSException, OSError) as error:
            words = gettext_noop("The name servers failed for %(name)s (%(why)s).")
            raise NotAnswered(words, name=at, why=_why(error)) from error
        return list(answer.rrset or ())


def _resolver() -> resolver.Resolver:
    given = NAMESERVERS()
    if not given:
        made = resolver.get_default_resolver()
        made.timeout = QUESTION_SECONDS / 2
        return made
    made = resolver.Resolver(configure=False)
    made.nameservers = [_server(each) for each in given]
    made.timeout = QUESTION_SECONDS / 2
    return made


def _server(text: str) -> nameserver.Nameserver:
    """Read 9.9.9.9, 127.0.0.1:5353, 2620:fe::fe or [::1]:5353."""
    host, colon, port = text.rpartition(":")
    if not colon or (":" in host and not host.startswith("[")):
        host, port = text, ""
    return nameserver.Do53Nameserver(str(ip_address(host.strip("[]"))), int(port or DNS_PORT))


def _why(error: Exception) -> str:
    """Return the code with which servers failed, such as SERVFAIL."""
    for answered in getattr(error, "kwargs", {}).get("errors", ()):
        if isinstance(answered[-1], message.Message):
            return str(rcode.to_text(answered[-1].rcode()))
    return type(error).__name__


def _bare(target: name.Name) -> str:
    return target.to_text(omit_final_dot=True).lower().removesuffix(".")
