"""What a complaint or a wish to leave that came by mail proves, in words: of which letter, and where to."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zoco.channels.contract import Told
from zoco.consent.proofs import PROOFS, Proof, ProofWords
from zoco.mail.inbox.following import BY_MAIL
from zoco.mail.inbox.letters import letters_named
from zoco.mail.inbox.models import Arrival

REPORTS = {
    "A feedback report (RFC 5965).": gettext_lazy("A feedback report (RFC 5965)."),
    "A report of junk mail by Microsoft.": gettext_lazy("A report of junk mail by Microsoft."),
    "A notice of Amazon SES.": gettext_lazy("A notice of Amazon SES."),
}
"""What reports are, by why a mail was taken for a complaint."""


def by_mail(proofs: Sequence[Proof], moment: Callable[[datetime], str]) -> list[str]:
    """Say what each means."""
    marks = {each.get("mail", "") for each in proofs}
    rows = Arrival.objects.filter(digest__in=marks).select_related("mailbox", "message")
    arrivals = {each.digest: each for each in rows}
    named = letters_named(each.message for each in arrivals.values())
    return [_said(each, arrivals.get(each.get("mail", "")), named, moment) for each in proofs]


def _said(
    proof: Proof, arrival: Arrival | None, named: Mapping[int, str], moment: Callable[[datetime], str]
) -> str:
    is_complaint = proof.get("told") == Told.COMPLAINED.value
    if arrival is None:
        if is_complaint:
            return _("Complained about a letter: a report came to a mailbox that is there no more.")
        return _("Wrote that nothing more is wanted, to a mailbox that is there no more.")
    letter = named.get(arrival.message_id or 0) or "–"
    places = {"letter": letter, "mailbox": arrival.mailbox.name, "at": moment(arrival.at)}
    if not is_complaint:
        return (
            _("Wrote after “%(letter)s” that nothing more is wanted; it came to %(mailbox)s at %(at)s.")
            % places
        )
    words = _("Complained about the letter “%(letter)s”: a report came to %(mailbox)s at %(at)s.") % places
    return " ".join(filter(None, (words, str(REPORTS.get(arrival.why, "")))))


PROOFS.add(ProofWords(BY_MAIL, by_mail))
