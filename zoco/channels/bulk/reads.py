"""Reads of batches: how many messages are where, how quickly they leave, why some did not."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from zoco.channels.bulk.models import Batch
from zoco.channels.models import Message

WINDOW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Counts:
    """Messages of a batch by what became of them. `gone` are those whose people were erased since."""

    total: int
    waiting: int
    sent: int
    refused: int
    failed: int
    uncertain: int
    gone: int

    @property
    def ended(self) -> int:
        """How many nothing may become of any more."""
        return self.sent + self.refused + self.failed + self.uncertain + self.gone


@dataclass(frozen=True, slots=True)
class Pace:
    """How quickly a batch leaves: sent in a minute of the last five, left, and when it may be over."""

    per_minute: float
    remaining: int
    ends_at: datetime | None


def batch_counts(batch: Batch) -> Counts:
    """Count the rows of a batch."""
    states = Message.objects.filter(batch=batch).order_by().values_list("state").annotate(n=Count("pk"))
    found = dict(states.values_list("state", "n"))
    there = sum(found.values())
    ended = {name: found.pop(name, 0) for name in ("sent", "refused", "failed", "uncertain")}
    total = batch.total if batch.filled_at else there
    return Counts(total, sum(found.values()), gone=max(total - there, 0), **ended)


def batch_because(batch: Batch) -> dict[tuple[str, str], int]:
    """Count what was held back or refused, by state and cause."""
    rows = Message.objects.filter(batch=batch, state__in=("waits", "refused")).exclude(because="")
    found = rows.order_by("state", "because").values_list("state", "because").annotate(n=Count("pk"))
    return {(state, because): n for state, because, n in found}


def batch_pace(batch: Batch, *, now: datetime) -> Pace:
    """Tell how quickly it goes; without anything sent lately nobody knows when it ends."""
    remaining = batch_counts(batch).waiting
    since = max(batch.started_at or now, now - WINDOW)
    ended = Message.objects.filter(batch=batch, done_at__gt=since).count()
    minutes = max((now - since).total_seconds(), 1.0) / 60
    rate = ended / minutes
    ends_at = now + timedelta(minutes=remaining / rate) if rate else None
    return Pace(rate, remaining, ends_at)
