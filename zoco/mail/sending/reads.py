"""How far a sending is, why some of its letters did not leave, and what came of those that did."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min

from zoco.channels.bulk.models import Batch
from zoco.channels.bulk.reads import batch_because, batch_counts, batch_pace
from zoco.channels.claiming import LEASE
from zoco.channels.models import Message
from zoco.channels.rates.reads import batches_held
from zoco.mail.counting.figures import LetterFigures, letter_figures
from zoco.mail.counting.scope import Scope
from zoco.mail.sending.models import Sending

FAILURES_MOST = 5
STILL = timedelta(minutes=1)
"""Of whom nothing was heard for so long, while messages are leased, that process is taken to be gone."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a sending is. `unbegun` are people whose leg has no messages yet, `gone` who was erased since.

    All of `total` is in exactly one of the counts.
    """

    total: int
    unbegun: int
    waiting: int
    sent: int
    refused: int
    failed: int
    uncertain: int
    gone: int
    because: tuple[tuple[str, str, int], ...]
    """(state, cause, how many) of what waits or was refused."""
    failures: tuple[tuple[str, int], ...]
    """What mail servers said of what failed, the most frequent first."""
    per_minute: float
    ends_at: datetime | None
    held: Batch | None
    """The batch that a rate holds."""
    trouble: str
    """Why a batch waits by itself, in the words of whoever said it."""
    next_at: datetime | None
    """When the next of those may go that wait for their hour or their turn."""

    @property
    def ended(self) -> int:
        """How many nothing may become of any more."""
        return self.sent + self.refused + self.failed + self.uncertain + self.gone


def batches_of(sending: Sending) -> list[Batch]:
    """Return the batches that were made so far."""
    legs = sending.legs.exclude(batch=None).select_related("batch").defer("people", "editions")
    return [each.batch for each in legs if each.batch is not None]


def progress_of(sending: Sending, *, now: datetime) -> Progress:
    """Count where all messages of a sending are."""
    batches = batches_of(sending)
    filled = [each for each in batches if each.filled_at is not None]
    counts = [batch_counts(each) for each in filled]
    legs = sending.legs.exclude(batch__filled_at__isnull=False).values_list("size", flat=True)
    unbegun = sum(legs) if sending.state != Sending.State.DRAFT else 0
    because: Counter[tuple[str, str]] = Counter()
    for each in filled:
        because.update(batch_because(each))
    pace = [batch_pace(each, now=now) for each in filled if each.state == Batch.State.RUNNING]
    rate = sum(each.per_minute for each in pace)
    left = sum(each.remaining for each in pace)
    added = {name: sum(getattr(each, name) for each in counts) for name in _COUNTED}
    there = sum(each.total - each.gone for each in counts)
    return Progress(
        total=sending.total,
        unbegun=unbegun,
        **added,
        gone=max(sending.total - unbegun - there, 0),
        because=tuple((state, cause, n) for (state, cause), n in because.most_common()),
        failures=_failures(filled),
        per_minute=rate,
        ends_at=max(now + timedelta(minutes=left / rate), _not_before(filled, now))
        if rate and left
        else None,
        held=batches_held(batches, now=now),
        trouble=next((each.trouble for each in batches if each.trouble), ""),
        next_at=_next_at(filled, now),
    )


_COUNTED = ("waiting", "sent", "refused", "failed", "uncertain")


def _not_before(batches: Sequence[Batch], now: datetime) -> datetime:
    """Return until when some of it stays for certain: its hour, or the lease of a process that is gone."""
    rows = Message.objects.filter(batch__in=batches)
    latest: datetime | None = rows.filter(state=Message.State.WAITS).aggregate(at=Max("next_at"))["at"]
    leased = rows.filter(state__in=(Message.State.CLAIMED, Message.State.HANDED))
    left_behind = leased.filter(next_at__lt=now - STILL + LEASE)
    if left_behind.exists() and not rows.filter(done_at__gt=now - STILL).exists():
        latest = max(latest or now, leased.aggregate(at=Max("next_at"))["at"])
    return latest or now


def _next_at(batches: Sequence[Batch], now: datetime) -> datetime | None:
    waiting = Message.objects.filter(batch__in=batches, state=Message.State.WAITS)
    first: datetime | None = waiting.filter(next_at__gt=now).aggregate(first=Min("next_at"))["first"]
    return first


def _failures(batches: Sequence[Batch]) -> tuple[tuple[str, int], ...]:
    failed = Message.objects.filter(batch__in=batches, state=Message.State.FAILED).order_by()
    rows = failed.values_list("reason").annotate(n=Count("pk")).order_by("-n", "reason")
    return tuple((reason, n) for reason, n in rows[:FAILURES_MOST])


def scope_of(*batches: Batch) -> Scope:
    """Return what figures of batches are about."""
    return Scope(tuple(each.pk for each in batches), Message.objects.filter(batch__in=batches))


def report_of(sending: Sending) -> LetterFigures:
    """Return what came of a sending, over all of its legs; shares are of what was delivered."""
    return letter_figures(scope_of(*batches_of(sending)))
