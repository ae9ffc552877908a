"""Mails that came in are remembered for a while.

A bounce that only was marked as read stays known: where its server numbers all mails anew, they are read
again, and it would count twice.
"""

from datetime import datetime, timedelta

from django.db.models import Q

from zoco.mail.inbox.models import Arrival, Mailbox

AT_ONCE = 500
STAY = (Arrival.Kind.COMPLAINT, Arrival.Kind.UNSUBSCRIBE, Arrival.Kind.REPLY)
"""Kinds that prove what somebody wanted, or hold what he wrote: they go with him."""


def arrivals_forget(*, now: datetime, days: int) -> int:
    """Delete what came so many days ago and was put away, in pieces; returns how many. 0 days keeps all."""
    if days <= 0:
        return 0
    is_safe = ~Q(kind=Arrival.Kind.BOUNCE) | Q(mailbox__afterwards=Mailbox.Afterwards.MOVE)
    old = Arrival.objects.filter(is_safe, at__lt=now - timedelta(days=days), is_put_away=True, reply=None)
    old, gone = old.exclude(kind__in=STAY).order_by("at"), 0
    while some := list(old.values_list("pk", flat=True)[:AT_ONCE]):
        gone += Arrival.objects.filter(pk__in=some).delete()[0]
    return gone
