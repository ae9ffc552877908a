"""Periodic work of trials: end those whose last day is over, and keep figures fresh."""

from django.utils import timezone

from zoco.kit.periodic import PERIODIC, Periodic
from zoco.ledger import sitebook
from zoco.trials import services
from zoco.trials.analysis import runs
from zoco.trials.asked.services import QUESTIONS


def look() -> None:
    """Finish what is over; ask for figures that are old, and for the next day's shares of bandits."""
    services.trials_finish(at=timezone.now())
    runs.look(now=timezone.now())
    runs.share_all(now=timezone.now())
    with sitebook.everything():
        QUESTIONS.look()


PERIODIC.add(Periodic("trials.look", 300, look))
