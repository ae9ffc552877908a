"""When the letters of a test's arms have left: only from then on can somebody read them, and the hours count.

Those whom a cap or a break of their own holds are not waited for: that takes days.
"""

import math
from datetime import datetime, timedelta

from django.db.models import F

from zoco.channels.models import OPEN, Message
from zoco.consent.answers import Because
from zoco.mail.sending.models import REST, Leg, Sending

NEARLY_ALL = 0.9
"""The share of its letters with which an arm has left; the last may wait for the morning of another zone."""
HELD_LONG = (Because.CAP, Because.PAUSED)


def leg_left(leg: Leg, *, now: datetime) -> datetime:
    """Return when nearly all letters of an arm had left, or may have at the earliest; not before it began."""
    begins = leg.begins_at or now
    if leg.batch is None or leg.batch.filled_at is None:
        return max(begins, now)
    rows = Message.objects.filter(batch=leg.batch)
    rows = rows.exclude(state=Message.State.WAITS, because__in=HELD_LONG)
    needed = math.ceil(rows.count() * NEARLY_ALL)
    if not needed:
        return begins
    ended = rows.exclude(state__in=OPEN).order_by(F("done_at").asc(nulls_first=True))
    had = ended.values_list("done_at", flat=True)[needed - 1 : needed]
    if found := list(had):
        return max(found[0] or begins, begins)
    left = needed - ended.count()
    waiting = rows.filter(state__in=OPEN).order_by(F("next_at").asc(nulls_first=True))
    comes = waiting.values_list("next_at", flat=True)[max(left, 1) - 1 : max(left, 1)]
    return max(begins, now, *(each for each in comes if each))


def trial_due(sending: Sending, *, now: datetime) -> datetime:
    """Return when a test may be decided at the earliest, as far as it is known now."""
    legs = sending.legs.exclude(arm=REST).select_related("batch").defer("people", "editions")
    last = max((leg_left(each, now=now) for each in legs), default=now)
    due = last + timedelta(hours=sending.test_hours)
    return max(due, sending.decides_at or due)
