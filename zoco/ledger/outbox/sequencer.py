"""The sequencer: gives committed rows their position and writes them to the spool.

On PostgreSQL rows become visible in another order than their ids, so nobody may read "id > last";
a position is given only to what is committed, and always above every earlier one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from django.db import connections, transaction
from django.db.models import F, Min, QuerySet

from zoco.ledger.models import OutboxHead, OutboxRow
from zoco.ledger.outbox.rows import database
from zoco.ledger.spool import SpoolWriter

BATCH = 2_000


def tick(spool_writer: SpoolWriter, *, batches: int = 50) -> int:
    """Place and spool what was committed; returns how many facts went to the spool.

    At least once: killed between append and mark, it appends again; the store dedups by id.
    Does nothing while another process is at it. Raises SpoolRefused, and then the rows wait.
    """
    spooled = 0
    for _ in range(batches):
        placed = place()
        written = _spool(spool_writer)
        spooled += written
        if max(placed, written) < BATCH:
            break
    return spooled


def place() -> int:
    """Give positions to committed rows that have none; returns to how many."""
    with _alone() as head:
        if head is None:
            return 0
        unplaced = _rows().filter(position=None)
        batch = list(unplaced.order_by("id").values_list("id", flat=True)[:BATCH])
        if not batch:
            return 0
        # These ids, not the span of them: a row committed since then may lie in the span while an
        # earlier one of the same person, committed since then too, lies before it.
        shift = head.position + 1 - batch[0]
        placed = unplaced.filter(id__in=batch).update(position=F("id") + shift)
        head.position = batch[-1] + shift
        head.save(update_fields=["position"])
        return placed


def spooled_before() -> int:
    """Return the position below which every row is in the spool."""
    first = _rows().filter(spooled_at=None, position__isnull=False).aggregate(first=Min("position"))["first"]
    return int(first) if first is not None else head_position() + 1


def head_position() -> int:
    """Return the last position given."""
    return OutboxHead.objects.using(database()).filter(pk=1).values_list("position", flat=True).first() or 0


def _spool(spool_writer: SpoolWriter) -> int:
    """Append placed rows in their order, then mark them.

    SQLite has one lock for all writers, and it is not held while the disk is waited for: two
    sequencers would append twice there, which the store bears.
    """
    if not connections[database()].features.has_select_for_update:
        return _append(spool_writer)
    with _alone() as head:
        return 0 if head is None else _append(spool_writer)


def _append(spool_writer: SpoolWriter) -> int:
    waiting = _rows().filter(spooled_at=None, position__isnull=False)
    batch = list(waiting.order_by("position").values_list("position", "fact")[:BATCH])
    if not batch:
        return 0
    spool_writer.append_lines("".join(f"{line}\n" for _, line in batch).encode())
    first, last = batch[0][0], batch[-1][0]
    waiting.filter(position__gte=first, position__lte=last).update(spooled_at=datetime.now(UTC))
    return len(batch)


@contextmanager
def _alone() -> Iterator[OutboxHead | None]:
    """Open a transaction that holds the sequencer's lock; None when another process has it."""
    alias = database()
    heads = OutboxHead.objects.using(alias)
    heads.get_or_create(pk=1)
    with transaction.atomic(using=alias):
        if connections[alias].features.has_select_for_update_skip_locked:
            yield heads.select_for_update(skip_locked=True).filter(pk=1).first()
        else:
            # The first statement writes: on SQLite that takes the lock before anything is read.
            heads.filter(pk=1).update(position=F("position"))
            yield heads.get(pk=1)


def _rows() -> QuerySet[OutboxRow]:
    return OutboxRow.objects.using(database())
