"""Background work of confirmations. Each task may run twice."""

import logging

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from zoco.consent.confirming.forgetting import MOST, strangers_forget
from zoco.consent.confirming.posting import NO_ACCOUNT
from zoco.consent.confirming.services import confirmation_send
from zoco.consent.confirming.waiting import pause_of, waiting_count

log = logging.getLogger(__name__)


@task()
def confirmation_post(key: int, number: int, tries: int = 0) -> None:
    """Send the letter that asks; where no account sends e-mail, try again as long as the question holds."""
    now = timezone.now()
    why = confirmation_send(key=key, number=number, at=now)
    if why == NO_ACCOUNT:
        with transaction.atomic():
            if not tries:
                waiting_count(key=key, at=now)
            later = confirmation_post.using(run_after=now + pause_of(tries))
            later.enqueue(key=key, number=number, tries=tries + 1)
    if why:
        log.warning("A letter that asks for a confirmation cannot leave. confirmation=%s: %s", key, why)


@task()
def strangers_go() -> None:
    """Forget those who never confirmed."""
    from zoco.ledger.store.opening import store

    if strangers_forget(store=store(), now=timezone.now()) >= MOST:
        strangers_go.enqueue()  # there may be more of them than come in a day
