"""Periodic work of mail: journeys, sendings, mailboxes, verdicts on openings and clicks, and their end."""

import threading
from functools import partial

from django.utils import timezone

from zoco.kit.periodic import PERIODIC, STEADY, Periodic, Steady, keep_time
from zoco.mail.counting.conf import ARRIVALS_DAYS, LINK_DAYS, LOOKS_DAYS
from zoco.mail.counting.kept import TURN_SECONDS, tallies_keep
from zoco.mail.counting.settling import looks_forget, looks_settle
from zoco.mail.editing.printing import copies_forget
from zoco.mail.inbox.keeping import arrivals_forget
from zoco.mail.inbox.models import Mailbox
from zoco.mail.inbox.reading import mailbox_read
from zoco.mail.journeys import dates, running
from zoco.mail.sending import following

FETCH_SECONDS, MOVE_SECONDS, SEND_SECONDS = 60, 5, 5


def move(stop: threading.Event) -> None:
    """Do the steps that are due, again and again: letters to a slow server hold no other work up."""
    keep_time([Periodic("mail.journeys", MOVE_SECONDS, partial(_move, stop))], stop)


def _move(stop: threading.Event) -> None:
    running.due_run(now=timezone.now(), clock=timezone.now, stop=stop)


def look() -> None:
    """Let people in whose day it is."""
    dates.dates_look(now=timezone.now())


def send(stop: threading.Event) -> None:
    """Let sendings begin, be decided and end, again and again: a million rows hold no other work up."""
    keep_time([Periodic("mail.sendings", SEND_SECONDS, _send)], stop)


def _send() -> None:
    following.sendings_follow(now=timezone.now())


def fetch(stop: threading.Event) -> None:
    """Read each mailbox, again and again: a slow server holds no other work up."""
    keep_time([Periodic("mail.inbox", FETCH_SECONDS, _fetch)], stop)


def _fetch() -> None:
    for mailbox in Mailbox.objects.filter(is_on=True).order_by("pk"):
        mailbox_read(mailbox=mailbox, now=timezone.now())


def settle() -> None:
    """Settle who opened letters and followed links."""
    looks_settle(now=timezone.now())


def tally() -> None:
    """Add up what came of sendings that are over, where something is new."""
    tallies_keep(now=timezone.now())


def forget() -> None:
    """Delete single looks, what programs gave for letters, and which mails came, whose time is over."""
    looks_forget(now=timezone.now(), days=LOOKS_DAYS())
    copies_forget(now=timezone.now(), days=LINK_DAYS())
    arrivals_forget(now=timezone.now(), days=ARRIVALS_DAYS())


PERIODIC.add(Periodic("mail.journeys.dates", 300, look))
PERIODIC.add(Periodic("mail.looks", 60, settle))
PERIODIC.add(Periodic("mail.tallies", TURN_SECONDS, tally))
PERIODIC.add(Periodic("mail.looks_forget", 86_400, forget))
STEADY.add(Steady("mail.inbox", fetch))
STEADY.add(Steady("mail.journeys", move))
STEADY.add(Steady("mail.sendings", send))
