"""What came of batches that are over, kept beside them: a page adds up rows instead of messages.

A kept row holds as long as its mark: how many messages, looks and tellings there are of each kind, and the
last of them, which indexes alone answer. Pages never write; the worker does, a few minutes behind.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from django.db.models import Count, Max

from zoco.channels.models import Batch, Message, Told
from zoco.mail.counting.models import Look, TallyKept
from zoco.mail.counting.tallies import DOMAINS_KEPT, NONE, OTHERS, Counts, Tally, added, batches_counted

FORM = "2"
"""How rows are written; another one lets all be counted anew."""
AT_ONCE = 50
OVER = (Batch.State.FINISHED, Batch.State.STOPPED)
KEEP_DAYS = 400


def tallies_kept(batches: Collection[int]) -> dict[int, Tally]:
    """Return what is kept of batches and holds. Four queries."""
    rows = dict(_rows(batches))
    if not rows:
        return {}
    marks = batch_marks(rows)
    return {batch: _read(batch, counted) for batch, (mark, counted) in rows.items() if mark == marks[batch]}


def tallies_keep(*, now: datetime) -> int:
    """Add up what is over and not kept as it is now; returns how many batches. May run twice at once."""
    since = now - timedelta(days=KEEP_DAYS)
    over = Batch.objects.filter(state__in=OVER, created_at__gte=since).order_by("-pk")
    batches = list(over.values_list("pk", flat=True))
    written = 0
    for start in range(0, len(batches), AT_ONCE):
        some = batches[start : start + AT_ONCE]
        # Before counting: what comes meanwhile makes the row one that does not hold.
        marks = batch_marks(some)
        known = dict(TallyKept.objects.filter(batch__in=some).values_list("batch", "mark"))
        stale = [batch for batch in some if known.get(batch) != marks[batch]]
        counted = batches_counted(stale)
        rows = [
            TallyKept(batch_id=batch, mark=marks[batch], counted=_written(counted.get(batch, Tally())))
            for batch in stale
        ]
        TallyKept.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["batch"], update_fields=["mark", "counted"]
        )
        written += len(rows)
    return written


def batch_marks(batches: Collection[int]) -> dict[int, str]:
    """Return what shows whether figures of batches may have changed. Three queries."""
    said: dict[int, list[Any]] = defaultdict(list)
    messages = Message.objects.filter(batch__in=batches).order_by("batch", "state")
    for batch, *counts in messages.values_list("batch", "state").annotate(n=Count("pk")):
        said[batch].append(counts)
    looks = Look.objects.filter(batch__in=batches).order_by("batch", "verdict", "kind")
    grouped = looks.values_list("batch", "verdict", "kind")
    for batch, *counts in grouped.annotate(n=Count("pk"), last=Max("pk")):
        said[batch].append(counts)
    told = Told.objects.filter(batch__in=batches).order_by("batch", "told")
    for batch, *counts in told.values_list("batch", "told").annotate(n=Count("pk"), last=Max("pk")):
        said[batch].append(counts)
    return {batch: _mark(said[batch]) for batch in batches}


def _mark(said: list[Any]) -> str:
    return FORM + blake2b(repr(said).encode(), digest_size=16).hexdigest()


def _rows(batches: Collection[int]) -> list[tuple[int, tuple[str, Any]]]:
    kept = TallyKept.objects.filter(batch__in=batches).values_list("batch", "mark", "counted")
    return [(batch, (mark, counted)) for batch, mark, counted in kept]


def _written(tally: Tally) -> dict[str, Any]:
    order = sorted(tally.domains, key=lambda each: -tally.domains[each].tried)
    domains = {each: tally.domains[each] for each in order[:DOMAINS_KEPT]}
    for each in order[DOMAINS_KEPT:]:
        domains[OTHERS] = added(domains.get(OTHERS, NONE), tally.domains[each])
    links = [[language, number, *counts] for (_b, language, number), counts in tally.links.items()]
    return {"domains": domains, "links": links}


def _read(batch: int, counted: Any) -> Tally:
    domains = {domain: Counts(*counts) for domain, counts in counted["domains"].items()}
    links = {(batch, language, number): (n, times) for language, number, n, times in counted["links"]}
    return Tally(domains, links)
