"""What checks look at: a domain with its servers, accounts and keys, and DNS."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from zoco.channels.domains.models import DkimKey
from zoco.channels.domains.resolving import Address, Dns, NoSuchName


@dataclass(frozen=True, slots=True)
class MailServer:
    """A server that an account hands mail to."""

    account: str
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Looked:
    """`signs_as` is the domain that signs for this one; `providers` are keys of adapters by API."""

    domain: str
    dns: Dns
    hosts: tuple[str, ...] = ()
    selectors: tuple[str, ...] = ()
    servers: tuple[MailServer, ...] = ()
    providers: tuple[str, ...] = ()
    signs_as: str = ""
    keys: tuple[DkimKey, ...] = ()
    seen: list[int] = field(default_factory=list)
    """Keys whose record was seen."""

    def addresses(self) -> dict[str, list[Address]]:
        """Return the addresses of the own servers; none for a name that is not there. Raises NotAnswered."""
        found: dict[str, list[Address]] = {}
        for host in self.hosts:
            try:
                found[host] = self.dns.addresses(host)
            except NoSuchName:
                found[host] = []
        return found
