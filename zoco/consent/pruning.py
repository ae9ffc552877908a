"""Reservations are forgotten once no cap counts them: one is kept for every message that ever left."""

from datetime import datetime, timedelta

from django.db.models import Max

from zoco.consent.models import Contact, Reservation, Rule

LONGEST_DAYS = 366
"""So far back a rule may count; a wish may be of more."""
SPARE = timedelta(days=30)
"""A clock may have gone wrong, and a rule may be changed."""
AT_ONCE = 2_000


def reservations_prune(*, now: datetime) -> int:
    """Delete what is older than any cap looks back, piece by piece; returns how many. May run twice at once.

    They are looked at in the order in which they were made, up to the first piece in which none is old.
    """
    held = (model.objects.aggregate(days=Max("days"))["days"] for model in (Rule, Contact))
    before = now - timedelta(days=max(LONGEST_DAYS, *(days or 0 for days in held))) - SPARE
    rows, last, gone = Reservation.objects.order_by("pk").values_list("pk", "at"), 0, 0
    while some := list(rows.filter(pk__gt=last)[:AT_ONCE]):
        old = [pk for pk, at in some if at < before]
        if not old:
            break
        last = some[-1][0]
        # One that was given back may count anew by now: its moment is looked at again.
        gone += Reservation.objects.filter(pk__in=old, at__lt=before).delete()[0]
    return gone
