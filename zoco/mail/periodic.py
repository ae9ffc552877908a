"""Periodic work of mail: journeys are moved on, it is looked whose day it is, mailboxes are read."""

from django.utils import timezone

from zoco.kit.periodic import PERIODIC, Periodic
from zoco.mail.inbox.models import Mailbox
from zoco.mail.inbox.reading import mailbox_read
from zoco.mail.journeys import dates, running


def move() -> None:
    """Do the steps that are due."""
    running.due_run(now=timezone.now())


def look() -> None:
    """Let people in whose day it is."""
    dates.dates_look(now=timezone.now())


def fetch() -> None:
    """Read each mailbox."""
    for mailbox in Mailbox.objects.filter(is_on=True).order_by("pk"):
        mailbox_read(mailbox=mailbox, now=timezone.now())


PERIODIC.add(Periodic("mail.journeys", 5, move))
PERIODIC.add(Periodic("mail.journeys.dates", 300, look))
PERIODIC.add(Periodic("mail.inbox", 60, fetch))
