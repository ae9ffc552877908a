"""The pump: tells subscribers of facts, in order, each at its own pace.

A subscriber's position is committed with what it did. One that fails waits, longer each time, with
its error in the table; the others go on.
"""

import importlib
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from importlib.util import find_spec

from django.apps import apps
from django.db import Error, connections, transaction
from django.db.models import F, QuerySet

from zoco.ledger.models import OutboxRow, SubscriberPosition
from zoco.ledger.outbox.registry import SUBSCRIBERS, Subscriber
from zoco.ledger.outbox.rows import database
from zoco.ledger.outbox.sequencer import head_position
from zoco.ledger.schema import decoder

log = logging.getLogger(__name__)

BATCH = 200
WAIT_SECONDS_MOST = 3_600


class SubscriberRunning(RuntimeError):
    """There is nothing to skip: the subscriber does not fail."""


@cache
def subscribers_load() -> None:
    """Import `subscribers` and `facts` of each installed app, so that they subscribe; once."""
    for config in apps.get_app_configs():
        for module in ("subscribers", "facts"):
            if find_spec(f"{config.name}.{module}") is not None:
                importlib.import_module(f"{config.name}.{module}")


def pump(*, now: datetime, rounds: int = 50) -> int:
    """Tell every subscriber of what is new; returns how many facts were handled."""
    handled = 0
    for subscriber in SUBSCRIBERS:
        for _ in range(rounds):
            try:
                told = subscriber_tell(subscriber=subscriber, now=now)
            except Error:
                log.exception("Subscriber could not be told. subscriber=%s", subscriber.key)
                break
            handled += told
            if told < BATCH:
                break
    return handled


def subscriber_tell(*, subscriber: Subscriber, now: datetime) -> int:
    """Tell one subscriber of its next facts; returns how many it handled.

    Does nothing while it waits after a failure, or while another process tells it.
    """
    alias, head = database(), head_position()
    seen = _positions().filter(key=subscriber.key).values_list("position", "retry_at").first()
    if seen is None:
        _positions().get_or_create(key=subscriber.key)
    elif seen[0] >= head or _waits(seen[1], now):
        return 0
    with transaction.atomic(using=alias):
        progress = _locked(subscriber.key)
        if progress is None:
            return 0
        rows = _next_rows(subscriber, progress.position, head)
        handled, error = _handle(subscriber, progress, rows, alias)
        if error is not None:
            _held_up(progress, rows[handled], error, now)
        else:
            progress.position = progress.position if len(rows) == BATCH else max(head, progress.position)
            progress.failures, progress.retry_at = 0, None
            progress.last_error, progress.failed_position = "", 0
        progress.save()
    return handled


def subscriber_skip(*, key: str) -> int:
    """Pass over the fact at which a subscriber fails; returns its position.

    The person who decides this sees the error first. Raises SubscriberRunning.
    """
    with transaction.atomic(using=database()):
        progress = _positions().select_for_update().get(key=key)
        if not progress.failures:
            raise SubscriberRunning(f"{key} does not fail; there is nothing to skip.")
        skipped = progress.position = progress.failed_position
        progress.failures, progress.retry_at = 0, None
        progress.last_error, progress.failed_position = "", 0
        progress.save()
        return skipped


def slowest_position() -> int:
    """Return the position that every registered subscriber has left behind."""
    reached = dict(_positions().values_list("key", "position"))
    return min((reached.get(known.key, 0) for known in SUBSCRIBERS), default=head_position())


def _handle(
    subscriber: Subscriber, progress: SubscriberPosition, rows: Sequence[OutboxRow], alias: str
) -> tuple[int, Exception | None]:
    for index, row in enumerate(rows):
        try:
            with transaction.atomic(using=alias):
                subscriber.handle(decoder.decode(row.fact))
        except Exception as error:
            log.warning(
                "Subscriber failed. subscriber=%s fact=%s", subscriber.key, row.fact_id, exc_info=True
            )
            return index, error
        progress.position = row.position or 0
    return len(rows), None


def _waits(until: datetime | None, now: datetime) -> bool:
    """Say whether it is too early; a time that no wait reaches is of a clock set back since then."""
    return until is not None and now < until <= now + timedelta(seconds=WAIT_SECONDS_MOST)


def _held_up(progress: SubscriberPosition, row: OutboxRow, error: Exception, now: datetime) -> None:
    again = progress.failed_position == row.position
    progress.failures = progress.failures + 1 if again else 1
    wait = min(2**progress.failures, WAIT_SECONDS_MOST) if progress.failures < 20 else WAIT_SECONDS_MOST
    progress.retry_at = now + timedelta(seconds=wait)
    progress.last_error = f"{type(error).__name__}: {error}"[:2_000]
    progress.failed_position = row.position or 0


def _next_rows(subscriber: Subscriber, after: int, until: int) -> list[OutboxRow]:
    rows = OutboxRow.objects.using(database()).filter(
        name__in=subscriber.names, position__gt=after, position__lte=until
    )
    return list(rows.order_by("position")[:BATCH])


def _locked(key: str) -> SubscriberPosition | None:
    positions = _positions().filter(key=key)
    if connections[database()].features.has_select_for_update_skip_locked:
        return positions.select_for_update(skip_locked=True).first()
    positions.update(failures=F("failures"))
    return positions.first()


def _positions() -> QuerySet[SubscriberPosition]:
    return SubscriberPosition.objects.using(database())
