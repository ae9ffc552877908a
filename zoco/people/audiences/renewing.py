"""Audiences by rules are counted again and again by the worker; nobody sets up a clock for it."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from zoco.people.audiences import keeping
from zoco.people.audiences.models import Audience, AudienceChange

AGAIN = timedelta(minutes=30)
"""After so long a count of which nothing was heard is begun again."""
AT_ONCE = 50


def look() -> None:
    """Begin the counts that are due, each once, whoever else looks at the same time."""
    due_begin(now=timezone.now())


def due_begin(*, now: datetime) -> int:
    """Begin them; returns how many."""
    from zoco.people.audiences.tasks import audience_renew

    begun = 0
    due = Audience.objects.filter(kind=Audience.Kind.LIVE, due_at__lte=now).order_by("due_at", "pk")
    for key, due_at in due.values_list("pk", "due_at")[:AT_ONCE]:
        with transaction.atomic():
            if Audience.objects.filter(pk=key, due_at=due_at).update(due_at=now + AGAIN):
                audience_renew.enqueue(audience=key)
                begun += 1
    return begun


def tidy() -> None:
    """Tell what was left untold, and forget what is old."""
    from zoco.people.audiences.tasks import audience_tell

    late = AudienceChange.objects.filter(is_told=False, at__lt=timezone.now() - AGAIN)
    for key in late.order_by("audience").values_list("audience", flat=True).distinct():
        audience_tell.enqueue(audience=key)
    keeping.old_forget(now=timezone.now())
