"""What is shown of suppressed addresses: each reason with what decided it, and whether it may be lifted."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zoco.consent.models import Suppression, SuppressionEvent
from zoco.consent.suppressing import OWN_WILL, Place, hash_of, own_will
from zoco.ledger.pictures import moments

By = SuppressionEvent.By
MEANINGS = {
    "user_unknown": gettext_lazy("Nobody is there at this address."),
    "moved": gettext_lazy("The mailbox has moved for good."),
    "domain_gone": gettext_lazy("The domain is not there any more."),
}
"""What rules say that make an address dead, by their reason."""
WHO = {
    By.SERVER: gettext_lazy("A server answered a letter."),
    By.PERSON: gettext_lazy("The person wanted it."),
    By.COMPLAINT: gettext_lazy("The person complained, says the mailbox provider."),
    By.IMPORT: gettext_lazy("It stood so in a file that was imported."),
    By.STAFF: gettext_lazy("A colleague did it."),
}


def held(places: Sequence[Place]) -> dict[Place, list[dict[str, Any]]]:
    """Return for each address the reasons that hold or were lifted; without any it is left out."""
    marks = {hash_of(each): each for each in places}
    rows = list(Suppression.objects.filter(hash__in=marks).order_by("at", "pk"))
    events: dict[tuple[str, str], list[SuppressionEvent]] = {}
    for event in SuppressionEvent.objects.filter(hash__in=marks).select_related("user").order_by("pk"):
        events.setdefault((event.hash, event.why), []).append(event)
    found: dict[Place, list[dict[str, Any]]] = {}
    for row in rows:
        told = events.pop((row.hash, row.why), [])
        found.setdefault(marks[row.hash], []).append(_holds(row, told))
    for (mark, why), told in events.items():
        line = {"why": why, "label": Suppression.Why(why).label, "is_over": True, "past": _past(told)}
        found.setdefault(marks[mark], []).append(line)
    return found


def _holds(row: Suppression, told: Sequence[SuppressionEvent]) -> dict[str, Any]:
    made = next((each for each in reversed(told) if not each.is_lift), None)
    return {
        "why": row.why,
        "label": row.get_why_display(),
        "at": moments.said(row.at),
        "is_own": row.why in OWN_WILL,
        "own": own_will(row.why) if row.why in OWN_WILL else "",
        "decided": _decided(made) if made else [],
        "past": _past([each for each in told if each is not made]),
    }


def _decided(event: SuppressionEvent) -> list[tuple[str, str]]:
    """Return what decided, as pairs of what it is and what it was."""
    who = str(WHO[By(event.by)])
    if event.user:
        who = f"{who} ({event.user.get_username()})"
    rule = f"{event.rule} ({event.reason})" if event.rule and event.reason else event.rule
    rows = [
        (_("Decided by"), who),
        (_("What it means"), str(MEANINGS.get(event.reason, ""))),
        (_("Rule"), rule),
        (_("Where it is written"), event.source),
        (_("Code of the server"), event.code),
        (_("Words of the server"), event.said),
        (_("Letter"), event.subject),
        (_("The letter left on"), moments.said(event.sent_at)),
        (_("Reason"), event.note),
    ]
    return [(label, value) for label, value in rows if value]


def _past(told: Sequence[SuppressionEvent]) -> list[str]:
    """Return what was done before, a sentence each."""
    sentences = []
    for each in told:
        words = _("%(moment)s: lifted.") if each.is_lift else _("%(moment)s: suppressed.")
        who = each.user.get_username() if each.user else str(WHO[By(each.by)])
        parts = [words % {"moment": moments.said(each.at)}, who, each.note]
        sentences.append(" ".join(filter(None, parts)))
    return sentences
