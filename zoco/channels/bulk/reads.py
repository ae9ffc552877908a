"""Reads of batches: how many of its messages are where, counted by rows, and how quickly they leave."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count

from zoco.channels.bulk.models import Batch
from zoco.channels.models import OPEN, Message

State = Message.State
WINDOW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Counts:
    """Messages of a batch by state. `held` are those that wait or were not allowed, by reason."""

    total: int
    by_state: dict[str, int] = field(default_factory=dict)
    held: dict[str, int] = field(default_factory=dict)

    @property
    def waiting(self) -> int:
        """Of how many something may still become."""
        return sum(self.by_state.get(state, 0) for state in OPEN)

    @property
    def sent(self) -> int:
        """How many were taken by their server."""
        return self.by_state.get(State.SENT, 0)

    @property
    def refused(self) -> int:
        """How many were not allowed to leave."""
        return self.by_state.get(State.REFUSED, 0)

    @property
    def failed(self) -> int:
        """How many nobody took."""
        return self.by_state.get(State.FAILED, 0)

    @property
    def uncertain(self) -> int:
        """Of how many nobody knows whether they arrived."""
        return self.by_state.get(State.UNCERTAIN, 0)

    @property
    def gone(self) -> int:
        """Of how many the people were erased meanwhile: their rows went with them."""
        return max(self.total - sum(self.by_state.values()), 0)

    @property
    def ended(self) -> int:
        """Of how many the fate is known, or known never to be."""
        return self.total - self.waiting


@dataclass(frozen=True, slots=True)
class Pace:
    """How quickly a batch leaves: ended in a minute of the last five, left, and when it may be over."""

    per_minute: float
    remaining: int
    ends_at: datetime | None


def batch_counts(batch: Batch) -> Counts:
    """Count the messages of a batch; as long as it is being filled, those that are there."""
    rows = Message.objects.filter(batch=batch).order_by()
    by_state = dict(rows.values_list("state").annotate(Count("pk")))
    held = rows.filter(state__in=(State.WAITS, State.REFUSED)).exclude(because="")
    total = Batch.objects.values_list("total", flat=True).get(pk=batch.pk) or sum(by_state.values())
    return Counts(total, by_state, dict(held.values_list("because").annotate(Count("pk"))))


def batch_because(batch: Batch) -> dict[tuple[str, str], int]:
    """Count what was held back or refused, by state and cause."""
    rows = Message.objects.filter(batch=batch, state__in=(State.WAITS, State.REFUSED)).exclude(because="")
    found = rows.order_by("state", "because").values_list("state", "because").annotate(n=Count("pk"))
    return {(state, because): n for state, because, n in found}


def batch_pace(batch: Batch, *, now: datetime) -> Pace:
    """Tell how quickly it goes; without anything ended lately nobody knows when it will be over."""
    remaining = batch_counts(batch).waiting
    since = max(batch.started_at or now, now - WINDOW)
    ended = Message.objects.filter(batch=batch, done_at__gt=since).count()
    rate = ended / (max((now - since).total_seconds(), 1.0) / 60)
    return Pace(rate, remaining, now + timedelta(minutes=remaining / rate) if rate else None)
