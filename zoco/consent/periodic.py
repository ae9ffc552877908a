"""Periodic work of permission: questions that ended are forgotten, challenges, and what no cap counts."""

from django.utils import timezone

from zoco.consent.confirming.services import confirmations_prune
from zoco.consent.models import Spent
from zoco.consent.pruning import reservations_prune
from zoco.kit.periodic import PERIODIC, Periodic


def prune() -> None:
    """Forget what has ended."""
    now = timezone.now()
    confirmations_prune(now=now)
    reservations_prune(now=now)
    Spent.objects.filter(until__lt=now).delete()


def strangers_look() -> None:
    """Have those forgotten who never confirmed, where there are any."""
    from zoco.consent.confirming.forgetting import maybe_strangers
    from zoco.consent.confirming.tasks import strangers_go

    if maybe_strangers(now=timezone.now()):
        strangers_go.enqueue()


PERIODIC.add(Periodic("consent.prune", 3_600, prune))
PERIODIC.add(Periodic("consent.strangers", 86_400, strangers_look))
