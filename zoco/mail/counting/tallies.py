"""Figures of many sendings at once, by batch: as many queries for three hundred of them as for one.

A message is of one batch, so what is counted by batch adds up to any part of a report.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q

from zoco.channels.models import Message, Told
from zoco.mail.counting.figures import Share, share
from zoco.mail.counting.models import Look
from zoco.mail.counting.scope import chunks, unsubscribed

Tallies = Mapping[int, Counter[str]]


@dataclass(frozen=True, slots=True)
class Outline:
    """What tables show of a part: people only, as in the figures of a letter."""

    sent: int
    delivered: Share
    opened: Share
    clicked: Share
    complained: Share
    unsubscribed: Share


def tallies_of(batches: Collection[int]) -> Tallies:
    """Count messages of batches by what became of them."""
    found: dict[int, Counter[str]] = defaultdict(Counter)
    sent = Message.objects.filter(batch__in=batches, state=Message.State.SENT)
    if not batches:
        return found
    for batch, count in sent.order_by().values_list("batch").annotate(n=Count("pk")):
        found[batch]["sent"] = count
    told = Told.objects.filter(message__in=sent, told__in=("bounced", "complained")).order_by()
    for batch, what, count in told.values_list("message__batch", "told").annotate(
        n=Count("message", distinct=True)
    ):
        found[batch][what] = count
    looks = Look.objects.filter(
        batch__in=batches,
        message__in=sent.values("uid"),
        verdict=Look.Verdict.PERSON,
        kind__in=(Look.Kind.OPEN, Look.Kind.CLICK),
    ).order_by()
    readers = Count("message", distinct=True)
    clickers = Count("message", distinct=True, filter=Q(kind=Look.Kind.CLICK))
    for batch, opened, clicked in looks.values_list("batch").annotate(opened=readers, clicked=clickers):
        found[batch]["opened"], found[batch]["clicked"] = opened, clicked
    for some in chunks(sorted(unsubscribed(sent))):
        for batch in sent.filter(uid__in=some).values_list("batch", flat=True):
            found[batch]["unsubscribed"] += 1
    return found


def outline_of(batches: Iterable[int], tallies: Tallies) -> Outline:
    """Add some batches up."""
    whole: Counter[str] = Counter()
    for each in batches:
        whole += tallies.get(each, Counter())
    delivered = whole["sent"] - whole["bounced"]
    return Outline(
        sent=whole["sent"],
        delivered=share(delivered, whole["sent"]),
        opened=share(whole["opened"], delivered),
        clicked=share(whole["clicked"], delivered),
        complained=share(whole["complained"], delivered),
        unsubscribed=share(whole["unsubscribed"], delivered),
    )
