"""DMARC (RFC 7489): there is a policy, reports come somewhere, and what signs is aligned with From."""

from django.utils.translation import gettext_noop as _

from zoco.channels.domains.checks.dkim import tags_of
from zoco.channels.domains.checks.looked import Looked
from zoco.channels.domains.findings import Check, Finding, Level, Record
from zoco.channels.domains.naming import domain_of
from zoco.channels.domains.resolving import NoSuchName
from zoco.kit.hosts import registrable

POLICIES = {"none", "quarantine", "reject"}


def dmarc(look: Looked) -> list[Finding]:
    """Look at the policy of a domain, or of the one that was registered. Raises NotAnswered."""
    top = registrable(look.domain)
    at, found = look.domain, _records(look, look.domain)
    if not found and top != look.domain:
        at, found = top, _records(look, top)
    reports = f"rua=mailto:dmarc@{top}"
    wanted = Record(f"_dmarc.{top}", "TXT", f"v=DMARC1; p=none; {reports}")
    if not found:
        words = _("There is no DMARC record; Google and Yahoo want one of whoever writes to many.")
        return [_found(Level.BAD, words, wanted)]
    if len(found) > 1:
        words = _("There are %(number)s DMARC records; receivers take several for none. Keep one.")
        return [_found(Level.BAD, words, Record(f"_dmarc.{at}", "TXT", found[0]), number=len(found))]
    tags = {name.lower(): value.lower() for name, value in tags_of(found[0]).items()}
    policy = tags.get("p", "")
    if policy not in POLICIES:
        words = _("The DMARC record has no policy that receivers know (p=none, quarantine or reject).")
        return [_found(Level.BAD, words, wanted)]
    findings = [*_alignment(look, tags, at), *_reports(look, tags, at, found[0], reports)]
    if not findings:
        in_force = tags.get("sp", policy) if at != look.domain else policy
        words = _("There is one DMARC record with the policy %(policy)s.")
        findings.append(_found(Level.GOOD, words, policy=in_force))
    return findings


def _records(look: Looked, domain: str) -> list[str]:
    try:
        texts = look.dns.texts(f"_dmarc.{domain}")
    except NoSuchName:
        return []
    return [each for each in texts if each.replace(" ", "").lower().startswith("v=dmarc1")]


def _alignment(look: Looked, tags: dict[str, str], at: str) -> list[Finding]:
    """Return what keeps our signature from counting; letters' envelope address is of the same domain."""
    if tags.get("adkim") == "s" and look.keys and look.signs_as != look.domain:
        words = _(
            "DMARC wants that the very domain signs (adkim=s), but %(signer)s does. Make a key for this "
            "domain, or take adkim=s out."
        )
        return [_found(Level.BAD, words, signer=look.signs_as)]
    return []


def _reports(look: Looked, tags: dict[str, str], at: str, record: str, reports: str) -> list[Finding]:
    """Return what keeps reports from coming."""
    if not tags.get("rua"):
        words = _("The DMARC record says nowhere to send reports to (rua).")
        wanted = Record(f"_dmarc.{at}", "TXT", f"{record.rstrip('; ')}; {reports}")
        return [_found(Level.WARNING, words, wanted)]
    for each in tags["rua"].split(","):
        other = domain_of(each.partition("!")[0])
        if other and registrable(other) != registrable(at) and not _takes(look, at, other):
            words = _("%(other)s does not say that it takes reports of this domain, so none are sent there.")
            wanted = Record(f"{at}._report._dmarc.{other}", "TXT", "v=DMARC1")
            return [_found(Level.WARNING, words, wanted, other=other)]
    return []


def _takes(look: Looked, at: str, other: str) -> bool:
    """Return whether a domain takes reports of another (RFC 7489, section 7.1)."""
    try:
        return any("v=DMARC1" in each for each in look.dns.texts(f"{at}._report._dmarc.{other}"))
    except NoSuchName:
        return False


def _found(level: Level, words: str, record: Record | None = None, **places: str | int) -> Finding:
    return Finding(Check.DMARC, level, words, places, record)
