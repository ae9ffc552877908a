"""What pages say of sendings: progress, causes, figures with their bounds, arms of a test."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from zoco.channels.domains.complaints import Complaints, complaints_said
from zoco.channels.screens.pages import OTHERWISE
from zoco.consent.answers import SAID, Because
from zoco.ledger.pictures import formats
from zoco.ledger.pictures.bars import bar
from zoco.ledger.pictures.labels import language_name
from zoco.mail.counting.figures import LetterFigures, share
from zoco.mail.counting.settling import SETTLED_AFTER
from zoco.mail.sending.checks import Problem, Weight
from zoco.mail.sending.models import Leg, Sending
from zoco.mail.sending.reads import Progress
from zoco.mail.sending.reports.rows import FEW_PLACES, cell

STATES = {
    "waits": gettext_lazy("waits"),
    "refused": gettext_lazy("not allowed"),
}


P_LEAST = 0.001
GRADES = {Weight.STOPS: "bad", Weight.OWNER: "bad", Weight.NOTE: "warn"}


def problems_said(problems: Iterable[Problem]) -> list[tuple[str, str, str]]:
    """Return what speaks against a start: its grade, words, and the page where it is mended."""
    return [
        (GRADES[each.weight], each.words, reverse(str(each.mend[0]), args=each.mend[1:]) if each.mend else "")
        for each in problems
    ]


def counts_said(progress: Progress) -> list[tuple[str, str]]:
    """Return how many messages are where; together they are all of them."""
    rows = [
        (pgettext("messages", "Sent"), progress.sent),
        (pgettext("messages", "Wait"), progress.waiting + progress.unbegun),
        (pgettext("messages", "Held back"), progress.refused),
        (pgettext("messages", "Failed"), progress.failed),
        (pgettext("messages", "Not known whether they arrived"), progress.uncertain),
        (pgettext("messages", "People who are gone"), progress.gone),
    ]
    return [(label, formats.count(n)) for label, n in rows if n or label in {rows[0][0], rows[1][0]}]


def because_said(progress: Progress) -> list[tuple[str, str, str]]:
    """Return why messages wait, were held back or failed, in words."""
    found = []
    for state, cause, n in progress.because:
        why = SAID[Because(cause)] if cause in set(Because) else OTHERWISE.get(cause, cause)
        found.append((str(STATES.get(state, state)), str(why), formats.count(n)))
    failed = pgettext("message", "failed")
    return found + [(failed, reason or "–", formats.count(n)) for reason, n in progress.failures]


def held_said(progress: Progress) -> str:
    """Return which rate holds it, in words."""
    held = progress.held
    return str(OTHERWISE.get(held.held_because, "")) if held is not None else ""


def report_said(found: LetterFigures) -> dict[str, Any]:
    """Return the figures of a report."""
    bounced = share(found.sent - found.delivered.count, found.sent)
    rows = [
        (_("Delivered"), found.delivered, 1),
        (_("Opened by people"), found.opened, 1),
        (_("Followed a link"), found.clicked, 1),
        (_("Unsubscribed"), found.unsubscribed, FEW_PLACES),
        (_("Came back"), bounced, 1),
        (_("Complained"), found.complained, FEW_PLACES),
    ]
    return {
        "rows": [
            (label, cell(each, places=places) | {"bar": bar(each.count, found.sent)})
            for label, each, places in rows
        ],
        "machines_opened": formats.count(found.opened_by_machines_only),
        "machines_clicked": formats.count(found.clicked_by_machines_only),
        "unsettled": found.unsettled,
        "settled_after": SETTLED_AFTER,
        "complaints": complaints_said(Complaints(found.complained.count, found.complained.of)),
        "links": [
            (
                language_name(each.language),
                each.address,
                formats.count(each.people),
                formats.count(each.clicks),
            )
            for each in found.links
        ],
    }


def arm_said(leg: Leg, sending: Sending) -> dict[str, Any]:
    """Return what an arm of a test is."""
    parts = []
    if leg.letter_id != sending.letter_id:
        parts.append(leg.letter.name)
    parts += [f"{language_name(code)}: “{said}”" for code, said in sorted(leg.subjects.items())]
    if leg.after_minutes:
        hours = leg.after_minutes // 60
        parts.append(ngettext("%(hours)s hour later", "%(hours)s hours later", hours) % {"hours": hours})
    return {
        "arm": leg.arm.upper(),
        "said": ", ".join(parts) or _("the letter as it is"),
        "size": formats.count(leg.size),
        "is_winner": sending.verdict == Sending.Verdict.WON and leg.arm == sending.winner,
    }


def verdict_said(sending: Sending) -> str:
    """Return how a test ended; a tie is said to be one."""
    arm = {"arm": sending.winner.upper()}
    match sending.verdict:
        case Sending.Verdict.WON:
            p = sending.decision.get("p", 0)
            words = _("%(arm)s is better, and everybody else gets it (p = %(p)s, Fisher's exact test).")
            if p < P_LEAST:
                words = _("%(arm)s is better, and everybody else gets it (p < %(p)s, Fisher's exact test).")
            return words % {**arm, "p": formats.decimal(max(p, P_LEAST), 3)}
        case Sending.Verdict.TIE:
            words = _("A tie: the difference is not sure. Everybody else gets %(arm)s, which has not won.")
            return words % arm
    return ""
