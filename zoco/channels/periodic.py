"""Periodic work of channels: what waited, what a crash left, secrets that an older key sealed, domains."""

import threading

from django.utils import timezone

from zoco.channels import due, services
from zoco.channels.bulk.running import bulk_run
from zoco.channels.domains.looking import domains_due, domains_gather
from zoco.channels.domains.services import keys_expire, keys_reseal
from zoco.channels.hearing import proofs_forget
from zoco.channels.keeping.conf import MESSAGES_DAYS
from zoco.channels.keeping.retaining import messages_forget
from zoco.channels.rates.waking import Waker
from zoco.kit.periodic import PERIODIC, STEADY, Periodic, Steady, keep_time

DUE_SECONDS = 20
WAKE_SECONDS = 10


def send(stop: threading.Event) -> None:
    """Send what is due, again and again: a slow server holds no other work up."""
    keep_time([Periodic("channels.due", DUE_SECONDS, _due)], stop)


def wake(stop: threading.Event) -> None:
    """Have what waits asked about again when rules or people change."""
    waker = Waker()
    keep_time([Periodic("channels.wake", WAKE_SECONDS, lambda: _wake(waker))], stop)


def _due() -> None:
    due.due_send(now=timezone.now())


def _wake(waker: Waker) -> None:
    waker.look(now=timezone.now())


def reseal() -> None:
    """Seal secrets with the key that is in force."""
    services.accounts_reseal()
    keys_reseal()


def forget() -> None:
    """Forget messages that are over and counted by nobody."""
    messages_forget(now=timezone.now(), days=MESSAGES_DAYS())


def look() -> None:
    """Have the domains that accounts send from looked at, and forget keys and proofs that are over."""
    from zoco.channels.domains.tasks import domain_renew

    domains_gather()
    keys_expire(now=timezone.now())
    proofs_forget(now=timezone.now())
    for key in domains_due(timezone.now()):
        domain_renew.enqueue(domain=key)


STEADY.add(Steady("channels.due", send))
STEADY.add(Steady("channels.bulk", bulk_run))
STEADY.add(Steady("channels.wake", wake))
PERIODIC.add(Periodic("channels.secrets", 3_600, reseal))
PERIODIC.add(Periodic("channels.domains", 300, look))
PERIODIC.add(Periodic("channels.forget", 86_400, forget))
