"""Whether a campaign may start from an address, by what the last look at its domain found.

What Google and Yahoo demand of whoever writes to many is bad where it is missing: SPF, DKIM, DMARC in line
with From, a name of the server's address, encryption. An owner may start all the same, with a reason.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from zoco.channels.domains.findings import NEEDED, Finding, Level, finding_read
from zoco.channels.domains.models import SendingDomain
from zoco.channels.domains.naming import domain_of
from zoco.kit import noting

if TYPE_CHECKING:
    from django.contrib.auth.models import User

EXCUSED = timedelta(days=30)
"""How long a reason to send all the same holds."""
COMPLAINTS_WANTED, COMPLAINTS_MOST = 0.001, 0.003
"""Complaints a delivered letter: stay below the first, never reach the second, says Google.

Email sender guidelines, https://support.google.com/a/answer/81126; Yahoo names the second as well,
https://senders.yahooinc.com/best-practices/.
"""
FEEDBACK_PART_MOST = 60


class NoReason(ValueError):
    """Somebody would send all the same and does not say why."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`problems` are sentences in the language of the moment; `excuse` is why it may start all the same."""

    may_start: bool
    problems: tuple[str, ...]
    checked_at: datetime | None
    excuse: str = ""


def domain_verdict(from_address: str, *, now: datetime) -> Verdict:
    """Return whether a campaign may start from an address: one query, nothing is asked of DNS."""
    name = domain_of(from_address)
    domain = SendingDomain.objects.filter(name=name).first()
    if domain is None:
        said = _("Nobody has looked at %(domain)s yet; add it under Sending domains.") % {"domain": name}
        return Verdict(False, (said,), None)
    return verdict_of(domain, now=now)


def verdict_of(domain: SendingDomain, *, now: datetime) -> Verdict:
    """Return whether a campaign may start from a domain."""
    if domain.checked_at is None:
        said = _("%(domain)s was not looked at yet; it takes some minutes.") % {"domain": domain.name}
        problems: tuple[str, ...] = (said,)
    else:
        problems = tuple(each.said for each in problems_of([finding_read(each) for each in domain.findings]))
    excuse = domain.excuse if is_excused(domain, now) else ""
    return Verdict(not problems or bool(excuse), problems, domain.checked_at, excuse if problems else "")


def problems_of(findings: list[Finding]) -> list[Finding]:
    """Return what keeps campaigns from starting: what is bad, and what nobody answered that must be seen."""
    return [each for each in findings if _holds_up(each, findings)]


def is_excused(domain: SendingDomain, now: datetime) -> bool:
    """Return whether an owner lets campaigns start all the same."""
    return domain.excused_at is not None and domain.excused_at > now - EXCUSED


@transaction.atomic
def domain_excuse(*, domain: SendingDomain, reason: str, by: "User | None", at: datetime) -> None:
    """Let campaigns start from a domain all the same for some days. Raises NoReason."""
    reason = " ".join(reason.split())
    if not reason:
        raise NoReason(_("Say why campaigns may start all the same."))
    domain.excuse, domain.excused_at, domain.excused_by = reason[:300], at, by
    domain.save(update_fields=["excuse", "excused_at", "excused_by"])
    _note(domain, [None, domain.excuse], by)


@transaction.atomic
def domain_unexcuse(*, domain: SendingDomain, by: "User | None") -> None:
    """Hold campaigns from a domain back again as long as it is bad."""
    was = domain.excuse
    domain.excuse, domain.excused_at, domain.excused_by = "", None, None
    domain.save(update_fields=["excuse", "excused_at", "excused_by"])
    _note(domain, [was, None], by)


def feedback_id(*, campaign: str, customer: str, mailtype: str, sender: str) -> str:
    """Return a Feedback-ID, by which Google counts complaints: three parts, and the sender last.

    https://support.google.com/a/answer/6254652: the sender is 5 to 15 letters and the same in all mail.
    """
    parts = (campaign, customer, mailtype)
    named = "".join(each for each in sender.lower() if each.isascii() and each.isalnum())[:15]
    return ":".join([*(_part(each) for each in parts), named.ljust(5, "0")])


def _part(text: str) -> str:
    kept = "".join(each if each.isascii() and (each.isalnum() or each in "-_.") else "-" for each in text)
    return kept[:FEEDBACK_PART_MOST]


def _holds_up(finding: Finding, findings: list[Finding]) -> bool:
    if finding.level == Level.BAD:
        return True
    is_seen = any(each.check == finding.check and each.level != Level.UNKNOWN for each in findings)
    return finding.level == Level.UNKNOWN and finding.check in NEEDED and not is_seen


def _note(domain: SendingDomain, change: list[str | None], by: "User | None") -> None:
    noting.note(
        action="changed",
        kind="zoco_channels.sendingdomain",
        name=domain.name,
        details={"excuse": change},
        by=by,
    )
