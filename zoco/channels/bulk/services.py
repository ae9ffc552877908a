"""Writes of batches: made, filled, started, paused, gone on with, stopped, and called finished.

Not guaranteed: that a message which is being handed over while a batch is paused or stopped does not leave.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop

from zoco.channels import facts
from zoco.channels.bulk.models import Batch
from zoco.channels.models import OPEN, Account, Message
from zoco.consent.services import release_many
from zoco.kit.ids import uuid8
from zoco.kit.rows import rows_write
from zoco.kit.said import Said

CHUNK = 500
STOPPED = "stopped"
"""Why a message of a batch that was stopped did not leave."""
RETRY = timedelta(minutes=1)
"""After so long a batch whose account failed is tried again."""
State = Batch.State


class BatchWrong(Said, ValueError):
    """A batch cannot go where it was sent; the message says why."""


def batch_create(
    *,
    maker: str,
    account: Account,
    purpose: str,
    at: datetime,
    topic: str = "",
    campaign: str = "",
    about_kind: str = "",
    about: str = "",
) -> Batch:
    """Make an empty batch."""
    return Batch.objects.create(
        maker=maker,
        account=account,
        purpose=purpose,
        topic=topic,
        campaign=campaign,
        about_kind=about_kind,
        about=about,
        created_at=at,
    )


def batch_fill(*, batch: Batch, people: Iterable[int], now: datetime) -> int:
    """Give each of these a message, and fix how many there are; returns that number.

    Killed in the middle it is called again with the same people: nobody gets a second one. Raises BatchWrong.
    """
    left = iter(people)
    while chunk := list(islice(left, CHUNK)):
        with transaction.atomic():
            _locked(batch, State.FILLING)
            Message.objects.bulk_create([_message(batch, each, now) for each in chunk], ignore_conflicts=True)
    with transaction.atomic():
        _locked(batch, State.FILLING)
        batch.total, batch.filled_at = Message.objects.filter(batch=batch).count(), now
        batch.save(update_fields=["total", "filled_at"])
    return batch.total


def batch_start(*, batch: Batch, at: datetime) -> None:
    """Let a filled batch leave. Raises BatchWrong."""
    if batch.filled_at is None:
        raise BatchWrong(gettext_noop("Not all messages of the batch are there yet; fill it first."))
    _turned(batch, State.RUNNING, State.FILLING, started_at=at)


def batch_pause(*, batch: Batch, reason: str = "", retry_at: datetime | None = None) -> None:
    """Hold a batch; until `retry_at` if it is to go on by itself. Raises BatchWrong."""
    _turned(batch, State.PAUSED, State.RUNNING, reason=reason[:300], retry_at=retry_at)


def batch_resume(*, batch: Batch) -> None:
    """Let a paused batch go on. Raises BatchWrong."""
    _turned(batch, State.RUNNING, State.PAUSED, reason="", retry_at=None)


@transaction.atomic
def batch_stop(*, batch: Batch, at: datetime) -> int:
    """End a batch: what was not handed over is refused, what was concludes; returns how many were refused.

    Raises BatchWrong.
    """
    _turned(batch, State.STOPPED, State.FILLING, State.RUNNING, State.PAUSED, ended_at=at)
    waiting = Message.objects.filter(batch=batch, state__in=(Message.State.WAITS, Message.State.CLAIMED))
    stopped = 0
    while rows := list(waiting.select_for_update().order_by("pk")[:CHUNK]):
        for each in rows:
            each.state, each.because, each.next_at, each.done_at = Message.State.REFUSED, STOPPED, None, at
        rows_write(rows, ["state", "because", "next_at", "done_at"])
        release_many(keys=[each.key for each in rows])
        facts.tell([(facts.REFUSED, each) for each in rows], at)
        stopped += len(rows)
    return stopped


def batch_finish(*, batch: Batch, at: datetime) -> bool:
    """Call a batch finished if nothing may become of any of its messages any more; says whether it is."""
    if Message.objects.filter(batch=batch, state__in=OPEN).exists():
        return False
    return bool(
        Batch.objects.filter(pk=batch.pk, state=State.RUNNING).update(state=State.FINISHED, ended_at=at)
    )


def batches_retry(*, now: datetime) -> int:
    """Let batches go on whose account failed some time ago; returns how many."""
    return Batch.objects.filter(state=State.PAUSED, retry_at__lte=now).update(
        state=State.RUNNING, reason="", retry_at=None
    )


def _message(batch: Batch, person: int, now: datetime) -> Message:
    key = f"b{batch.pk}:{person}"
    return Message(
        uid=UUID(uuid8(b"message", key.encode())),
        key=key,
        batch=batch,
        account_id=batch.account_id,
        adapter=batch.account.adapter,
        person_id=person,
        purpose=batch.purpose,
        topic=batch.topic,
        campaign=batch.campaign,
        about_kind=batch.about_kind,
        about=batch.about,
        created_at=now,
        next_at=now,
    )


def _locked(batch: Batch, *states: str) -> None:
    held = Batch.objects.select_for_update().get(pk=batch.pk)
    if held.state not in states:
        words = gettext_noop("This cannot be done with the batch as it is now; look at its state.")
        raise BatchWrong(words)


@transaction.atomic
def _turned(batch: Batch, to: str, *states: str, **fields: object) -> None:
    _locked(batch, *states)
    batch.state = to
    for name, value in fields.items():
        setattr(batch, name, value)
    batch.save(update_fields=["state", *fields])
