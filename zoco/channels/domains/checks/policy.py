"""SPF as receivers read it (RFC 7208): who may send, at most ten look-ups, at most two that lead nowhere."""

import re
from dataclasses import dataclass, field
from ipaddress import ip_network

from zoco.channels.domains.resolving import Address, Dns, NoSuchName

LOOKUPS_MOST = 10
"""RFC 7208, section 4.6.4."""
VOIDS_MOST = 2
HOSTS_MOST = 10
_TERM = re.compile(
    r"(?P<sign>[+?~-]?)(?P<name>all|include|a|mx|ptr|ip4|ip6|exists)"
    r"(?P<arg>:[^/\s]+)?(?P<bits>/\d{1,3})?(?P<bits6>//\d{1,3})?",
    re.IGNORECASE,
)
_MODIFIER = re.compile(r"(?P<name>[a-z][a-z0-9_.-]*)=(?P<value>\S*)", re.IGNORECASE)
_RESULTS = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral", "": "pass"}


class PolicyBroken(ValueError):
    """Receivers take the record for broken (permerror); the message is a term or a name."""


class TooMany(PolicyBroken):
    """It makes receivers ask more than they do."""


def records_of(dns: Dns, domain: str) -> list[str]:
    """Return the SPF records of a domain; there must be one. Raises NotAnswered."""
    try:
        texts = dns.texts(domain)
    except NoSuchName:
        return []
    return [each for each in texts if each.lower() == "v=spf1" or each.lower().startswith("v=spf1 ")]


@dataclass(slots=True)
class Policy:
    """Reads a record, and counts what it makes receivers ask."""

    dns: Dns
    lookups: int = 0
    voids: int = 0
    has_macros: bool = False
    _inside: list[str] = field(default_factory=list)

    def result(self, domain: str, record: str, address: Address) -> str:
        """Return what the record says of an address. Raises PolicyBroken, NotAnswered."""
        terms = [each for each in record.split()[1:] if each]
        following = ""
        parsed = []
        for term in terms:
            if found := _TERM.fullmatch(term):
                parsed.append(found)
            elif modifier := _MODIFIER.fullmatch(term):
                following = modifier["value"] if modifier["name"].lower() == "redirect" else following
            else:
                raise PolicyBroken(term)
        for each in parsed:
            if self._matches(domain, each.groupdict(default=""), address):
                return _RESULTS[each["sign"]]
        if following and not any(each["name"].lower() == "all" for each in parsed):
            return self._of_another(following, address)
        return "neutral"

    def all_sign(self, record: str) -> str:
        """Return what stands before `all`; "redirect" where another record says it, "" where nothing does."""
        for term in record.lower().split()[1:]:
            if term.lstrip("+?~-") == "all":
                return term[:-3] or "+"
        return "redirect" if "redirect=" in record.lower() else ""

    def _matches(self, domain: str, term: dict[str, str], address: Address) -> bool:
        name, target = term["name"].lower(), term["arg"][1:] or domain
        if name in {"ip4", "ip6"}:
            return self._in_network(term, address)
        if name == "all":
            return True
        self._count()
        if "%" in target:
            self.has_macros = True
            return False
        if name == "include":
            return self._of_another(target, address) == "pass"
        if name in {"a", "mx"}:
            hosts = [target] if name == "a" else self._exchangers(target)
            return any(_within(each, term, address) for host in hosts for each in self._addresses(host))
        return name == "exists" and bool(self._addresses(target))

    def _in_network(self, term: dict[str, str], address: Address) -> bool:
        try:
            network = ip_network(term["arg"][1:] + term["bits"], strict=False)
        except ValueError as error:
            raise PolicyBroken(f"{term['name']}{term['arg']}") from error
        return network.version == address.version and address in network

    def _of_another(self, domain: str, address: Address) -> str:
        found = records_of(self.dns, domain)
        if len(found) != 1 or domain in self._inside:
            raise PolicyBroken(domain)
        self._inside.append(domain)
        try:
            return self.result(domain, found[0], address)
        finally:
            self._inside.pop()

    def _count(self) -> None:
        self.lookups += 1
        if self.lookups > LOOKUPS_MOST:
            raise TooMany(str(self.lookups))

    def _void(self) -> None:
        self.voids += 1
        if self.voids > VOIDS_MOST:
            raise TooMany(str(self.voids))

    def _addresses(self, host: str) -> list[Address]:
        try:
            found = self.dns.addresses(host)
        except NoSuchName:
            found = []
        if not found:
            self._void()
        return found

    def _exchangers(self, domain: str) -> list[str]:
        try:
            found = self.dns.exchangers(domain)[: HOSTS_MOST + 1]
        except NoSuchName:
            found = []
        if len(found) > HOSTS_MOST:
            raise TooMany(domain)
        if not found:
            self._void()
        return [each for each in found if each]


def _within(found: Address, term: dict[str, str], address: Address) -> bool:
    if found.version != address.version:
        return False
    bits = (term["bits"][1:] or "32") if address.version == 4 else (term["bits6"][2:] or "128")
    try:
        return address in ip_network(f"{found}/{bits}", strict=False)
    except ValueError as error:
        raise PolicyBroken(f"{term['name']}{term['arg']}{term['bits']}") from error
