"""Periodic work of permission: what was never confirmed is forgotten, and challenges that ended."""

from django.utils import timezone

from zoco.consent.confirming.services import confirmations_prune
from zoco.consent.models import Spent
from zoco.kit.periodic import PERIODIC, Periodic


def prune() -> None:
    """Forget what has ended."""
    now = timezone.now()
    confirmations_prune(now=now)
    Spent.objects.filter(until__lt=now).delete()


PERIODIC.add(Periodic("consent.prune", 3_600, prune))
