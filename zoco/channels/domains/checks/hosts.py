"""The servers: names of their addresses (PTR), encryption, and whether answers can come back (MX)."""

from collections.abc import Iterator

from django.utils.translation import gettext_noop as _

from zoco.channels.domains.checks.looked import Looked, MailServer
from zoco.channels.domains.findings import Check, Finding, Level, Record
from zoco.channels.domains.resolving import Address, Dns, NoSuchName


def ptr(look: Looked) -> list[Finding]:
    """Look at the names of the own servers, there and back. Raises NotAnswered."""
    findings = []
    for host, addresses in look.addresses().items():
        if not addresses:
            words = _("The mail server %(host)s has no address in DNS.")
            findings.append(_found(Check.PTR, Level.BAD, words, host=host))
        findings += [_named(look.dns, host, each) for each in addresses]
    return findings


def _named(dns: Dns, host: str, address: Address) -> Finding:
    at = address.reverse_pointer
    is_name = host != str(address)
    try:
        names = dns.pointers(address)
    except NoSuchName:
        names = []
    places = {"address": str(address), "names": ", ".join(names), "host": host}
    wanted = Record(at, "PTR", host if is_name else "mail.…")
    if not names:
        words = _("The address %(address)s has no name (PTR). Whoever rents it to you sets it.")
        return _found(Check.PTR, Level.BAD, words, wanted, **places)
    if not any(address in _addresses(dns, each) for each in names):
        words = _("The name of %(address)s (%(names)s) does not lead back to it.")
        kind = "A" if address.version == 4 else "AAAA"
        return _found(Check.PTR, Level.BAD, words, Record(names[0], kind, str(address)), **places)
    if is_name and host.lower().rstrip(".") not in names:
        words = _("%(address)s is called %(names)s, not %(host)s; let the server say that name in its HELO.")
        return _found(Check.PTR, Level.WARNING, words, wanted, **places)
    return _found(Check.PTR, Level.GOOD, _("%(address)s is called %(names)s, and that leads back."), **places)


def mx(look: Looked) -> list[Finding]:
    """Look whether answers and bounces can come back. Raises NotAnswered."""
    places = {"domain": look.domain}
    try:
        servers = look.dns.exchangers(look.domain)
    except NoSuchName:
        words = _("There is no domain %(domain)s in DNS.")
        return [_found(Check.MX, Level.BAD, words, **places)]
    if servers == [""]:
        words = _("%(domain)s says that it takes no mail (MX .), so answers and bounces are lost.")
        return [_found(Check.MX, Level.BAD, words, **places)]
    if not servers:
        has_any = bool(_addresses(look.dns, look.domain))
        words = _("%(domain)s names no server that takes mail (MX).")
        wanted = Record(look.domain, "MX", f"10 mail.{look.domain}")
        return [_found(Check.MX, Level.WARNING if has_any else Level.BAD, words, wanted, **places)]
    if dead := [each for each in servers if not _addresses(look.dns, each)]:
        level = Level.BAD if len(dead) == len(servers) else Level.WARNING
        words = _("%(host)s, which takes mail for this domain, has no address in DNS.")
        return [_found(Check.MX, level, words, Record(dead[0], "A", "…"), host=dead[0])]
    return [_found(Check.MX, Level.GOOD, _("Answers come to %(host)s."), host=servers[0])]


def tls(look: Looked) -> list[Finding]:
    """Look whether the servers of the accounts encrypt, with a certificate of their name."""
    return [found for server in look.servers for found in _encrypted(server)]


def _encrypted(server: MailServer) -> Iterator[Finding]:
    from zoco.channels.mailing.greeting import Greeted, greeted

    places = {"account": server.account, "host": server.settings["host"]}
    answer, said = greeted(server.settings)
    match answer:
        case Greeted.ENCRYPTED:
            yield _found(
                Check.TLS, Level.GOOD, _("%(host)s encrypts, with a certificate of its name."), **places
            )
        case Greeted.BESIDE:
            words = _("%(host)s stands beside this server; between them nothing is encrypted.")
            yield _found(Check.TLS, Level.GOOD, words, **places)
        case Greeted.PLAIN:
            words = _("%(host)s does not encrypt (account %(account)s). Choose STARTTLS or TLS there.")
            yield _found(Check.TLS, Level.BAD, words, **places)
        case Greeted.UNTRUSTED:
            words = _("The certificate of %(host)s does not hold: %(why)s")
            yield _found(Check.TLS, Level.BAD, words, why=said, **places)
        case Greeted.AWAY:
            words = _("%(host)s was not reached: %(why)s")
            yield _found(Check.TLS, Level.UNKNOWN, words, why=said, **places)


def _addresses(dns: Dns, host: str) -> list[Address]:
    try:
        return dns.addresses(host)
    except NoSuchName:
        return []


def _found(
    check: Check, level: Level, words: str, record: Record | None = None, /, **places: str | int
) -> Finding:
    return Finding(check, level, words, places, record)
