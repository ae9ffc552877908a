"""Batches are sent in each worker, a few at once, each in a thread of its own: one never holds up another."""

import logging
import threading
from datetime import datetime
from typing import Any

from django.db import close_old_connections, connections
from django.db.models import Q
from django.utils import timezone

from zoco.channels.adapters.email import LINES, LINES_MOST
from zoco.channels.bulk.models import Batch
from zoco.channels.bulk.sending import TROUBLE, batch_send
from zoco.channels.bulk.services import batch_end, batch_trouble, rest_refuse
from zoco.channels.models import Message

log = logging.getLogger(__name__)
LOOK_SECONDS = 1.0
AT_ONCE = 4


def bulk_run(stop: threading.Event) -> None:
    """Send batches until the stop."""
    under_way: dict[int, threading.Thread] = {}
    while not stop.is_set():
        close_old_connections()
        under_way = {pk: thread for pk, thread in under_way.items() if thread.is_alive()}
        for batch in batches_due(now=timezone.now(), without=list(under_way))[: AT_ONCE - len(under_way)]:
            thread = threading.Thread(
                target=_apart, args=(batch, stop), name=f"batch {batch.pk}", daemon=True
            )
            under_way[batch.pk] = thread
            thread.start()
        stop.wait(LOOK_SECONDS)
    for thread in under_way.values():
        thread.join()


def batches_due(*, now: datetime, without: list[int]) -> list[Batch]:
    """Return batches of which something is to be sent, refused or ended now, the oldest first."""
    running = Q(state=Batch.State.RUNNING) & (Q(trouble_until__isnull=True) | Q(trouble_until__lte=now))
    running &= Q(held_until__isnull=True) | Q(held_until__lte=now)
    found = Batch.objects.filter(running | Q(state=Batch.State.STOPPED), ended_at__isnull=True)
    due: list[Batch] = []
    for batch in found.exclude(pk__in=without).select_related("account").order_by("pk"):
        rows = Message.objects.filter(batch=batch, state=Message.State.WAITS)
        is_stopped = batch.state == Batch.State.STOPPED
        if rows.exists() if is_stopped else rows.filter(next_at__lte=now).exists():
            due.append(batch)
        else:
            batch_end(batch=batch, now=now)
    return due


def lines_of(options: dict[str, Any]) -> int:
    """Return how many connections an account may have at once."""
    lines = options.get("lines") or LINES
    return min(max(int(lines), 1), LINES_MOST)


def batch_go_on(*, batch: Batch, stop: threading.Event) -> None:
    """Send what is due of a batch, or refuse what is left of a stopped one; what fails is said and waits."""
    try:
        if batch.state == Batch.State.STOPPED:
            while not stop.is_set() and rest_refuse(batch=batch, now=timezone.now()):
                pass
            batch_end(batch=batch, now=timezone.now())
        else:
            lines = lines_of(batch.account.options if batch.account else {})
            batch_send(batch=batch, lines=lines, is_over=stop.is_set)
    except Exception as error:
        log.exception("A batch could not go on; it is tried again. batch=%s", batch.pk)
        batch_trouble(batch=batch, why=f"{type(error).__name__}: {error}", until=timezone.now() + TROUBLE)


def _apart(batch: Batch, stop: threading.Event) -> None:
    try:
        batch_go_on(batch=batch, stop=stop)
    finally:
        connections.close_all()
