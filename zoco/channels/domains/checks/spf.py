"""SPF: one record, within ten look-ups, that lets our own servers send and nobody else."""

from ipaddress import ip_address

from django.utils.translation import gettext_noop as _

from zoco.channels.domains.checks.looked import Looked
from zoco.channels.domains.checks.policy import Policy, PolicyBroken, TooMany, records_of
from zoco.channels.domains.findings import Check, Finding, Level, Record
from zoco.channels.domains.resolving import Address

NOBODY = ip_address("192.0.2.255")
"""An address of nobody (RFC 5737): what it is asked about is asked to the end."""
INCLUDES = {
    "brevo": "spf.brevo.com",
    "mailgun": "mailgun.org",
    "postmark": "spf.mtasv.net",
    "sendgrid": "sendgrid.net",
    "ses": "amazonses.com",
}
"""What providers have their customers include, by key of the adapter."""


def spf(look: Looked) -> list[Finding]:
    """Look at the SPF record of a domain. Raises NotAnswered."""
    found = records_of(look.dns, look.domain)
    servers = [each for addresses in look.addresses().values() for each in addresses]
    if not found:
        # Mail by a provider's API bears an envelope address of the provider's own.
        level = Level.BAD if look.servers or look.hosts else Level.WARNING
        words = _("There is no SPF record: nothing says which servers may send for this domain.")
        return [_found(level, words, record=_record(look, _wanted(look, servers)))]
    if len(found) > 1:
        words = _("There are %(number)s SPF records; receivers take several for none. Keep one.")
        return [_found(Level.BAD, words, record=_record(look, _joined(found)), number=len(found))]
    try:
        return _read(look, found[0], servers)
    except TooMany:
        words = _("The SPF record makes receivers ask more than 10 times, so they take it for broken.")
        return [_found(Level.BAD, words)]
    except PolicyBroken as broken:
        words = _("Receivers cannot read the SPF record: see %(term)s.")
        return [_found(Level.BAD, words, term=str(broken))]


def _read(look: Looked, record: str, servers: list[Address]) -> list[Finding]:
    whole = Policy(look.dns)
    whole.result(look.domain, record, NOBODY)
    findings = []
    missing = [each for each in servers if Policy(look.dns).result(look.domain, record, each) != "pass"]
    if missing and not whole.has_macros:
        wanted = _record(look, _with(record, missing))
        words = _("The SPF record does not let %(addresses)s send for this domain.")
        findings.append(_found(Level.BAD, words, record=wanted, addresses=", ".join(map(str, missing))))
    sign = whole.all_sign(record)
    if sign == "+":
        words = _("The SPF record lets everybody send for this domain (+all).")
        findings.append(_found(Level.WARNING, words, record=_record(look, _ended(record))))
    elif sign in {"?", ""}:
        words = _("The SPF record does not say that others may not send; end it with ~all.")
        findings.append(_found(Level.WARNING, words, record=_record(look, _ended(record))))
    if not findings:
        words = _("There is one SPF record; receivers ask %(lookups)s times of 10 allowed.")
        findings.append(_found(Level.GOOD, words, lookups=whole.lookups))
    return findings


def _wanted(look: Looked, servers: list[Address]) -> str:
    terms = [_mechanism(each) for each in servers]
    terms += [f"include:{INCLUDES[each]}" for each in look.providers if each in INCLUDES]
    return " ".join(["v=spf1", *(terms or ["mx"]), "~all"])


def _with(record: str, missing: list[Address]) -> str:
    first, *rest = record.split()
    return " ".join([first, *map(_mechanism, missing), *rest])


def _ended(record: str) -> str:
    kept = [each for each in record.split() if each.lower().lstrip("+?~-") != "all"]
    return " ".join([*kept, "~all"])


def _joined(records: list[str]) -> str:
    terms = dict.fromkeys(term for record in records for term in record.split()[1:])
    return _ended(" ".join(["v=spf1", *terms]))


def _mechanism(address: Address) -> str:
    return f"ip{address.version}:{address}"


def _record(look: Looked, value: str) -> Record:
    return Record(look.domain, "TXT", value)


def _found(level: Level, words: str, record: Record | None = None, **places: str | int) -> Finding:
    return Finding(Check.SPF, level, words, places, record)
