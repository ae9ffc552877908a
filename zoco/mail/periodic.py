"""Periodic work of mail: journeys are moved on, and looked whose day it is."""

from django.utils import timezone

from zoco.kit.periodic import PERIODIC, Periodic
from zoco.mail.journeys import dates, running


def move() -> None:
    """Do the steps that are due."""
    running.due_run(now=timezone.now())


def look() -> None:
    """Let people in whose day it is."""
    dates.dates_look(now=timezone.now())


PERIODIC.add(Periodic("mail.journeys", 5, move))
PERIODIC.add(Periodic("mail.journeys.dates", 300, look))
