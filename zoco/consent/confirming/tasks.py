"""Background work of confirmations. Each task may run twice."""

import logging

from django.utils import timezone
from django_tasks import task

from zoco.consent.confirming.services import confirmation_send

log = logging.getLogger(__name__)


@task()
def confirmation_post(key: int, number: int) -> None:
    """Send the letter that asks."""
    why = confirmation_send(key=key, number=number, at=timezone.now())
    if why:
        log.warning("A letter that asks for a confirmation cannot leave. confirmation=%s: %s", key, why)
