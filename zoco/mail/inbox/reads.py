"""What pages show of mailboxes: what was read by kind, and the last answers."""

from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from zoco.mail.inbox.models import Arrival, Mailbox

WITHIN = timedelta(days=30)
"""Of which time kinds are counted."""


def kinds_read(mailbox: Mailbox, *, now: datetime) -> list[tuple[str, int, int]]:
    """Return each kind of mail with how many came lately, and of how many nothing followed."""
    rows = Arrival.objects.filter(mailbox=mailbox, at__gt=now - WITHIN).values_list("kind").order_by("kind")
    nothing = Count("pk", filter=Q(effect="nothing"))
    return [(kind, n, idle) for kind, n, idle in rows.annotate(n=Count("pk"), idle=nothing)]


def arrivals_of(mailbox: Mailbox, kind: str = "") -> QuerySet[Arrival]:
    """Return what came in, the newest first."""
    found = Arrival.objects.filter(mailbox=mailbox).select_related("person", "message").order_by("-pk")
    return found.filter(kind=kind) if kind else found
