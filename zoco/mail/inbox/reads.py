"""What pages show of mailboxes: what was read by kind, the last answers, and what people replied."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from zoco.mail.inbox.models import Arrival, Mailbox, Reply

WITHIN = timedelta(days=30)
"""Of which time kinds are counted."""
WORDS_SHOWN = 80


def kinds_read(mailbox: Mailbox, *, now: datetime) -> list[tuple[str, int, int]]:
    """Return each kind of mail with how many came lately, and of how many nothing followed."""
    rows = Arrival.objects.filter(mailbox=mailbox, at__gt=now - WITHIN).values_list("kind").order_by("kind")
    nothing = Count("pk", filter=Q(effect="nothing"))
    return [(kind, n, idle) for kind, n, idle in rows.annotate(n=Count("pk"), idle=nothing)]


def arrivals_of(mailbox: Mailbox, kind: str = "") -> QuerySet[Arrival]:
    """Return what came in, the newest first."""
    found = Arrival.objects.filter(mailbox=mailbox).select_related("person", "message").order_by("-pk")
    return found.filter(kind=kind) if kind else found


@dataclass(frozen=True, slots=True)
class Replies:
    """A page of replies, the newest first."""

    rows: list[Reply]
    has_newer: bool
    has_older: bool


def replies_page(*, person: int = 0, before: int = 0, after: int = 0, size: int) -> Replies:
    """Return replies of everybody or of one person: those before or after one, else the newest."""
    rows = Reply.objects.select_related("person", "arrival__message")
    rows = rows.filter(person=person) if person else rows
    if after:
        some = list(rows.filter(pk__gt=after).order_by("pk")[: size + 1])
        return Replies(some[:size][::-1], has_newer=len(some) > size, has_older=True)
    rows = rows.filter(pk__lt=before) if before else rows
    some = list(rows.order_by("-pk")[: size + 1])
    return Replies(some[:size], has_newer=bool(before), has_older=len(some) > size)


def replies_said(person: int, moments: Collection[datetime]) -> dict[datetime, list[tuple[str, str]]]:
    """Return the first words of what a person replied at some moments, and where the whole of it is."""
    found: dict[datetime, list[tuple[str, str]]] = {}
    for each in Reply.objects.filter(person=person, at__in=moments).order_by("pk"):
        url = reverse("zoco_replies") + f"?person={person}&before={each.pk + 1}"
        words = Truncator(each.text or each.subject).chars(WORDS_SHOWN).strip()
        found.setdefault(each.at, []).append((words or _("Read the reply"), url))
    return found
