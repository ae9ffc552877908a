"""What came of batches that are over, kept beside them: a page adds up rows instead of messages.

A kept row holds as long as its mark. It begins with what a page asks, which costs the same for ten letters
and for a million: the newest looks and tellings, how many looks are not settled, how many letters did not
leave. The rest is how many messages, looks and tellings there are of each kind, for which every one of them
is read; the worker asks the first part every few minutes and the rest of each batch once a day, and whoever
erases people drops the rows of their batches. Pages never write.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

import msgspec
from django.db import transaction
from django.db.models import Count, Max, OuterRef, QuerySet, Subquery, TextField
from django.db.models.functions import Cast

from zoco.channels.models import Batch, Message, Told
from zoco.mail.counting.fates import fates_counted, fates_packed
from zoco.mail.counting.models import Look, TallyKept
from zoco.mail.counting.scope import ALL, Only
from zoco.mail.counting.tallies import (
    DOMAINS_KEPT,
    NONE,
    OTHERS,
    SEEN,
    TOLD,
    Counts,
    Tally,
    added,
    batches_counted,
)

FORM = "3"
"""How rows are written; another one lets all be counted anew."""
AT_ONCE = 50
OVER = (Batch.State.FINISHED, Batch.State.STOPPED)
LEFT_OVER = tuple(set(Message.State) - {Message.State.SENT, Message.State.REFUSED})
"""Where messages of a batch that is over are few: what changes there changes how many were sent."""
KEEP_DAYS = 400
TURN_SECONDS, TURNS = 300, 288
"""In one turn of these many a batch is asked for its whole mark."""


class Kept(msgspec.Struct):
    """What stands in a row, by domain and link."""

    domains: dict[str, Counts]
    links: list[tuple[str, int, int, int]]


def tallies_kept(batches: Collection[int], only: Only = ALL) -> dict[int, Tally]:
    """Return what is kept of batches and holds, of all messages or of some. Five queries, or six."""
    marks = quick_marks(batches)
    rows = TallyKept.objects.filter(batch__in=batches)
    holds = [batch for batch, mark in rows.values_list("batch", "mark") if mark.startswith(marks[batch])]
    held = rows.filter(batch__in=holds)
    if not holds:
        return {}
    if only:
        return fates_counted(
            {batch: bytes(fates) for batch, fates in held.values_list("batch", "fates")}, only
        )
    decoder = msgspec.json.Decoder(Kept)
    written = held.annotate(written=Cast("counted", TextField())).values_list("batch", "written")
    return {batch: _read(batch, decoder.decode(text)) for batch, text in written}


def tallies_keep(*, now: datetime) -> int:
    """Add up what is over and not kept as it is now; returns how many batches. May run twice at once.

    Not guaranteed before a day is over: that something is noticed which no page could notice.
    """
    since = now - timedelta(days=KEEP_DAYS)
    over = Batch.objects.filter(state__in=OVER, created_at__gte=since).order_by("-pk")
    batches = list(over.values_list("pk", flat=True))
    turn = int(now.timestamp()) // TURN_SECONDS % TURNS
    written = 0
    for start in range(0, len(batches), AT_ONCE):
        some = batches[start : start + AT_ONCE]
        quick = quick_marks(some)
        known = dict(TallyKept.objects.filter(batch__in=some).values_list("batch", "mark"))
        asked = [each for each in some if each % TURNS == turn or not _begins(known.get(each), quick[each])]
        # Before counting: what comes meanwhile makes the row one that does not hold.
        marks = batch_marks(asked) if asked else {}
        stale = [batch for batch in asked if known.get(batch) != marks[batch]]
        counted = batches_counted(stale)
        for batch in stale:
            said = {"mark": marks[batch], "counted": _written(counted.get(batch, Tally()))}
            TallyKept.objects.update_or_create(
                batch_id=batch, defaults={**said, "fates": fates_packed(batch)}
            )
        written += len(stale)
    return written


@transaction.atomic
def tallies_drop(people: Iterable[int]) -> None:
    """Let batches be counted anew that letters to some people are of: these are going to be erased."""
    for person in people:
        batches = Message.objects.filter(person=person, batch__isnull=False).order_by().values("batch")
        TallyKept.objects.filter(batch__in=batches).delete()


def quick_marks(batches: Collection[int]) -> dict[int, str]:
    """Return what shows whether figures of batches may have changed. Three queries of a few rows a batch."""
    looks, told = Look.objects.filter(batch=OuterRef("pk")), Told.objects.filter(batch=OuterRef("pk"))
    newest = {str(kind): _newest(looks.filter(verdict=Look.Verdict.PERSON, kind=kind)) for kind in SEEN}
    newest |= {word: _newest(told.filter(told=word)) for word in TOLD}
    rows = Batch.objects.filter(pk__in=batches).order_by().annotate(**newest)
    said: dict[int, list[Any]] = defaultdict(list)
    said |= {batch: list(numbers) for batch, *numbers in rows.values_list("pk", *newest)}
    open_ = Look.objects.filter(batch__in=batches, verdict="").order_by("batch")
    for batch, n in open_.values_list("batch").annotate(n=Count("pk")):
        said[batch].append(n)
    few = Message.objects.filter(batch__in=batches, state__in=LEFT_OVER).order_by("batch", "state")
    for batch, *counts in few.values_list("batch", "state").annotate(n=Count("pk")):
        said[batch].append(counts)
    return {batch: FORM + _mark(said[batch]) for batch in batches}


def _begins(mark: str | None, quick: str) -> bool:
    return mark is not None and mark.startswith(quick)


def _newest(rows: QuerySet[Any]) -> Subquery:
    return Subquery(rows.order_by("-pk").values("pk")[:1])


def batch_marks(batches: Collection[int]) -> dict[int, str]:
    """Return the same, and of all rows how many there are. Six queries."""
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
    return {batch: quick + _mark(said[batch]) for batch, quick in quick_marks(batches).items()}


def _mark(said: list[Any]) -> str:
    return blake2b(repr(said).encode(), digest_size=15).hexdigest()


def _written(tally: Tally) -> dict[str, Any]:
    order = sorted(tally.domains, key=lambda each: -tally.domains[each].tried)
    domains = {each: tally.domains[each] for each in order[:DOMAINS_KEPT]}
    for each in order[DOMAINS_KEPT:]:
        domains[OTHERS] = added(domains.get(OTHERS, NONE), tally.domains[each])
    links = [[language, number, *counts] for (_b, language, number), counts in tally.links.items()]
    return {"domains": domains, "links": links}


def _read(batch: int, kept: Kept) -> Tally:
    return Tally(
        kept.domains, {(batch, language, number): (n, times) for language, number, n, times in kept.links}
    )
