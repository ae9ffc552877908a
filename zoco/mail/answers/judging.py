"""From what servers said to a reason: the words first, then the codes, then the words around."""

from typing import NamedTuple

from zoco.mail.answers.kinds import DEAD, Reason
from zoco.mail.answers.rules.statuses import EXCHANGE, IANA, MICROSOFT, REPLIES, RFC5321, STATUSES
from zoco.mail.answers.rules.table import Rule, Table, load, simplified
from zoco.mail.answers.smtp import status_in
from zoco.mail.answers.stages import Stage, stage_of

SAID_MOST = 2000
"""Characters of what a server said that are looked at."""
ALL = Table(rule for name in ("providers", "languages", "general", "late") for rule in load(name))
_PUBLISHED = frozenset(load("providers"))
_WEAK = Table(load("weak"))


class Verdict(NamedTuple):
    """Why, whether the address is dead, and what decided."""

    reason: Reason
    is_hard: bool
    rule: str
    source: str


_STAGE_SOURCE = "https://www.rfc-editor.org/rfc/rfc5321#section-3.3"
_OTHERWISE = {
    **dict.fromkeys(("1.7", "1.8"), Reason.SENDER_REFUSED),
    **dict.fromkeys(("7.0", "7.1", "7.2", "7.20", "7.21", "7.22", "7.23", "7.25", "7.26"), Reason.REFUSED),
}
"""Statuses of the sender or a permission: with them words such as "user unknown" are no proof."""


def judged(
    *, diagnostic: str, around: str, status: str, reply: str, subject: str = "", is_final: bool = True
) -> Verdict:
    """Return why a recipient failed.

    `diagnostic` is what the refusing server said, `around` the sentences for people that stand beside it.
    """
    rule = (
        by_words(diagnostic)
        or _by_status(status)
        or by_words(around)
        or _WEAK.first(simplified(f"{diagnostic} {around}"[:SAID_MOST]))
        or _by_reply(reply)
        or by_words(subject)
        or _by_class(status, reply)
    )
    if rule is None:
        return Verdict(Reason.UNKNOWN, False, "", "")
    if rule.reason in DEAD:
        rule = _doubted(rule, status_in(diagnostic), f"{diagnostic}\n{around}") or rule
    is_temporary = (reply or status).startswith("4")
    return Verdict(
        rule.reason, is_final and not is_temporary and rule.reason in DEAD, rule.pattern, rule.source
    )


def _doubted(rule: Rule, status: str, said: str) -> Rule | None:
    """Return what stands against a dead address: another status, or the moment at which it was refused.

    The status counts only where the refusing server said it; reporting servers fill in what they like.
    A server that takes a recipient and refuses after the text knows the mailbox: carriers and filters answer
    "user unknown" so that nobody learns of a block. What is refused at MAIL FROM is the sender.
    """
    rest = status.partition(".")[2]
    if rest in _OTHERWISE and rule not in _PUBLISHED:
        return Rule(f"{rule.pattern} ({status})", _OTHERWISE[rest], IANA)
    match stage_of(said):
        case Stage.DATA if rule.reason is not Reason.DOMAIN_GONE:
            return Rule(f"{rule.pattern} (after DATA)", Reason.REFUSED, _STAGE_SOURCE)
        case Stage.MAIL:
            return Rule(f"{rule.pattern} (after MAIL FROM)", Reason.SENDER_REFUSED, _STAGE_SOURCE)
        case _:
            return None


def by_words(said: str) -> Rule | None:
    """Return the rule that fits some words; None if none does."""
    return ALL.first(simplified(said[:SAID_MOST])) if said else None


def _by_status(status: str) -> Rule | None:
    kind, _dot, rest = status.partition(".")
    reason = STATUSES.get(rest) or MICROSOFT.get(rest)
    if reason is None or reason is Reason.UNKNOWN or kind == "2":
        return None
    return Rule(
        status,
        Reason.TEMPORARY if kind == "4" and reason in DEAD else reason,
        IANA if rest in STATUSES else EXCHANGE,
    )


def _by_reply(reply: str) -> Rule | None:
    reason = REPLIES.get(reply)
    return Rule(reply, reason, RFC5321) if reason else None


def _by_class(status: str, reply: str) -> Rule | None:
    code = status or reply
    return Rule(f"{code[0]}xx", Reason.TEMPORARY, RFC5321) if code.startswith("4") else None
