"""How long rows of the outbox stay, and how somebody is erased from them."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from uuid import UUID

from django.db.models import Q

from zoco.ledger.models import OutboxRow
from zoco.ledger.outbox.rows import database
from zoco.ledger.outbox.sequencer import spooled_before
from zoco.ledger.outbox.subscribers import slowest_position, subscribers_load
from zoco.ledger.spool import SpoolFolder

# As long as the drain accepts live facts: until then the same fact may come through the spool again,
# and only its row here tells that subscribers know it.
KEPT = timedelta(hours=72)
BATCH = 500


def rows_prune(*, spool: Path, now: datetime) -> int:
    """Delete rows that are spooled, drained, old and behind every subscriber; returns how many."""
    subscribers_load()
    before = now - KEPT
    undrained_since = oldest_segment_at(spool)
    if undrained_since is not None:
        before = min(before, undrained_since)
    passed = min(slowest_position(), spooled_before() - 1)
    rows = OutboxRow.objects.using(database())
    deleted, _ = rows.filter(position__lte=passed, spooled_at__lt=before).delete()
    return deleted


def rows_erase(
    *, persons: Iterable[int] = (), visitors: Iterable[int] = (), site: int = 0, until: datetime
) -> int:
    """Delete what was recorded of these until then, told to subscribers or not; returns how many.

    `site` 0 means all sites. The spool and the store have their own `erase`.
    """
    named: list[Q] = [Q(person__in=batch) for batch in _batches(key for key in persons if key)]
    for batch in _batches(key for key in visitors if key):
        known = "|".join(map(str, batch))
        named += [Q(visitor__in=batch), Q(fact__regex=f'"known":({known})[,}}]')]
    rows = OutboxRow.objects.using(database()).filter(created_at__lte=until)
    rows = rows.filter(site=site) if site else rows
    return sum(rows.filter(each).delete()[0] for each in named)


def rows_of_site_erase(*, site: int, until: datetime) -> int:
    """Delete all that a site recorded until then, told to subscribers or not; returns how many."""
    rows = OutboxRow.objects.using(database()).filter(site=site, created_at__lte=until)
    return rows.delete()[0]


def oldest_segment_at(spool: Path) -> datetime | None:
    """Return when the oldest segment in the folder was begun; None when all is drained."""
    folder = SpoolFolder(spool)
    begun = [_begun_at(path) for path in (*folder.closed(), *folder.unfinished())]
    return min(begun, default=None)


def _begun_at(path: Path) -> datetime:
    """Read the time in the UUIDv7 of a segment's name; a strange name counts as ancient."""
    try:
        millis = UUID(path.name.split(".")[1]).int >> 80
        return datetime.fromtimestamp(millis / 1000, UTC)
    except (IndexError, ValueError, OverflowError):
        return datetime(1970, 1, 1, tzinfo=UTC)


def _batches(keys: Iterable[int]) -> Iterator[list[int]]:
    left = iter(keys)
    while batch := list(islice(left, BATCH)):
        yield batch
