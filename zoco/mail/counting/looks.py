"""What was seen is kept: signs, never an address of the network. So much a message, then no more."""

import logging
import time
from collections import OrderedDict
from datetime import datetime
from threading import Lock
from uuid import UUID

from django.db import DatabaseError, transaction

from zoco.mail.counting.models import Look
from zoco.mail.counting.tokens import Meant

log = logging.getLogger(__name__)

LOOKS_MOST = 60
"""Looks at one message that a process keeps in WINDOW_SECONDS; more tell nothing more."""
WINDOW_SECONDS = 600
MESSAGES_MOST = 20_000
_counted: OrderedDict[UUID, tuple[float, int]] = OrderedDict()
_lock = Lock()


def look_keep(
    *,
    meant: Meant,
    kind: Look.Kind,
    signs: tuple[str, ...],
    at: datetime,
    language: str = "",
    number: int = 0,
) -> bool:
    """Keep a look; False where it is not: too many of one message, or the database does not answer.

    Whoever follows a link is led on all the same.
    """
    if not _has_room(meant.message):
        return False
    try:
        with transaction.atomic():
            Look.objects.create(
                message_id=meant.message,
                batch=meant.batch,
                kind=kind,
                language=language,
                number=number,
                at=at,
                signs="\n".join(signs)[:200],
            )
    except DatabaseError:
        log.warning("Look at a letter not kept. message=%s kind=%s", meant.message, kind, exc_info=True)
        return False
    return True


def _has_room(message: UUID) -> bool:
    now = time.monotonic()
    with _lock:
        since, count = _counted.pop(message, (now, 0))
        if now - since > WINDOW_SECONDS:
            since, count = now, 0
        _counted[message] = since, count + 1
        if len(_counted) > MESSAGES_MOST:
            _counted.popitem(last=False)
    return count < LOOKS_MOST
