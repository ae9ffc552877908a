"""What became of each message of a batch that is over, in eight octets each: members are counted out of that.

Whose a message is does not stand here; it is asked of the messages, so that merging and erasing people
change nothing here.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np
from django.db.models import QuerySet

from zoco.channels.models import Message, Told
from zoco.mail.counting.models import Look
from zoco.mail.counting.scope import Among, Only, domain_of_address
from zoco.mail.counting.tallies import (
    DOMAINS_KEPT,
    ENDED,
    OTHERS,
    WORDS,
    Counts,
    Tally,
    people_looks,
)

BITS = ("sent", "failed", "uncertain", "bounced", "complained", "told", "opened", "clicked")
"""What a bit of a message means, the lowest first; the first columns of counts, in their order."""
AT_ONCE = 5_000
Link = tuple[str, int]


class Fates(msgspec.Struct, array_like=True):
    """A batch: numbers of messages less `base` (32 bits each), their bits (8) and domains (16).

    `clicks`: place of a message, place of a link, how often: 32 bits each.
    """

    base: int
    messages: bytes
    bits: bytes
    places: bytes
    domains: list[str]
    links: list[Link]
    clicks: bytes


def fates_packed(batch: int) -> bytes:
    """Read what became of the messages of a batch. Three queries; some dozen octets of memory a message."""
    rows = Message.objects.filter(batch=batch, state__in=ENDED).order_by("pk")
    named = rows.annotate(domain=domain_of_address("to")).values_list("pk", "state", "domain")
    numbers, bits, places = [], bytearray(), []
    domains: dict[str, int] = {}
    for pk, state, domain in named.iterator(AT_ONCE):
        numbers.append(pk)
        bits.append(1 << BITS.index(state))
        places.append(domains.setdefault(domain, len(domains)))
    messages = np.array(numbers, np.int64)
    marked = np.frombuffer(bits, np.uint8)
    _told_marked(batch, messages, marked)
    links, clicks = _looks_marked(batch, messages, marked)
    base = numbers[0] if numbers else 0
    kept, short = _shortened(list(domains), np.array(places, np.int64))
    made = Fates(
        base, (messages - base).astype("<u4").tobytes(), bytes(bits), short.astype("<u2").tobytes(), kept,
        links, clicks.astype("<u4").tobytes(),
    )  # fmt: skip
    return msgspec.msgpack.encode(made)


def _told_marked(batch: int, messages: Any, bits: Any) -> None:
    told = Told.objects.filter(batch=batch, message__state=Message.State.SENT)
    for name, words in WORDS.items():
        found = told.filter(told__in=words).order_by().values_list("message", flat=True)
        _mark(messages, bits, found, name)


def _mark(messages: Any, bits: Any, found: QuerySet[Any, int], name: str) -> None:
    numbers = np.fromiter(found.iterator(AT_ONCE), np.int64)
    bits[np.flatnonzero(np.isin(messages, numbers))] |= 1 << BITS.index(name)


def _looks_marked(batch: int, messages: Any, bits: Any) -> tuple[list[Link], Any]:
    """Mark who opened and clicked; return the links, and which message followed which of them how often."""
    looks = people_looks(Look.objects.filter(batch=batch, message__state=Message.State.SENT)).order_by()
    _mark(messages, bits, looks.values_list("message__pk", flat=True), "opened")
    links: dict[Link, int] = {}
    times: dict[tuple[int, int], int] = {}
    clicks = looks.filter(kind=Look.Kind.CLICK)
    _mark(messages, bits, clicks.values_list("message__pk", flat=True), "clicked")
    place = {int(pk): at for at, pk in enumerate(messages)} if clicks.exists() else {}
    for pk, language, number in clicks.values_list("message__pk", "language", "number").iterator(AT_ONCE):
        if pk in place:
            key = (place[pk], links.setdefault((language, number), len(links)))
            times[key] = times.get(key, 0) + 1
    rows = [(message, link, n) for (message, link), n in times.items()]
    return list(links), np.array(rows, np.int64).reshape(-1, 3)


def _shortened(domains: list[str], places: Any) -> tuple[list[str], Any]:
    """Keep the largest domains by name; all others are one."""
    if len(domains) <= DOMAINS_KEPT:
        return domains, places
    order = np.argsort(-np.bincount(places), kind="stable")
    moved = np.full(len(domains), DOMAINS_KEPT)
    moved[order[:DOMAINS_KEPT]] = np.arange(DOMAINS_KEPT)
    return [*(domains[each] for each in order[:DOMAINS_KEPT]), OTHERS], moved[places]


class _Joined(NamedTuple):
    """All batches as one: of each message its number, batch, bits and domain; of each click likewise."""

    messages: Any
    batch: Any
    bits: Any
    domain: Any
    names: list[str]
    clicks: Any
    links: list[tuple[int, str, int]]


def fates_counted(packed: Mapping[int, bytes], only: Only) -> dict[int, Tally]:
    """Count what became of some messages, by batch. One query at most, that an index alone answers.

    Batches that do not tell a domain apart from others are left out.
    """
    read = {each: msgspec.msgpack.decode(packed[each], type=Fates) for each in sorted(packed)}
    batches = [each for each, fates in read.items() if _tells(fates, only.domain)]
    found = {each: Tally() for each in batches}
    all_ = _joined(batches, [read[each] for each in batches])
    if not len(all_.messages):
        return found
    is_mine = _mine(all_, only)
    keys = all_.batch[is_mine] * len(all_.names) + all_.domain[is_mine]
    present, of = np.unique(keys, return_inverse=True)
    bits = all_.bits[is_mine]
    sums = [np.bincount(of[bits >> n & 1 == 1], minlength=len(present)) for n in range(len(BITS))]
    whose, named = np.divmod(present, len(all_.names))
    rows = np.stack([*sums, *_delivered(_worded(all_, len(batches))[whose], sums)], axis=1).tolist()
    for batch, domain, row in zip(whose.tolist(), named.tolist(), rows, strict=True):
        found[batches[batch]].domains[all_.names[domain]] = Counts._make(row)
    message, link, times = all_.clicks
    mine = is_mine[message]
    readers = np.bincount(link[mine], minlength=len(all_.links)).tolist()
    presses = np.bincount(link[mine], weights=times[mine], minlength=len(all_.links)).tolist()
    for place, n, clicks in zip(all_.links, readers, presses, strict=True):
        if n:
            found[place[0]].links[place] = (n, int(clicks))
    return found


def _tells(fates: Fates, domain: str) -> bool:
    return not domain or domain in fates.domains or OTHERS not in fates.domains


def _mine(all_: _Joined, only: Only) -> Any:
    """Return of each message whether it counts."""
    is_mine = np.ones(len(all_.messages), bool)
    if only.members:
        span = (int(all_.messages.min()), int(all_.messages.max()))
        theirs = Message.objects.filter(Among("person", only.members, leads=True), pk__range=span).order_by()
        is_mine &= np.isin(all_.messages, np.fromiter(theirs.values_list("pk", flat=True), np.int64))
    if only.readers:
        is_mine &= np.isin(all_.messages, np.array(msgspec.json.decode(only.readers), np.int64))
    if only.domain:
        place = all_.names.index(only.domain) if only.domain in all_.names else -1
        is_mine &= all_.domain == place
    return is_mine


def _worded(all_: _Joined, batches: int) -> Any:
    """Return of each batch whether a provider says what of all of it arrived, as `delivered_of` does."""
    of = {name: all_.batch[all_.bits >> BITS.index(name) & 1 == 1] for name in ("sent", "bounced", "told")}
    sent, bounced, told = (np.bincount(each, minlength=batches) for each in of.values())
    return (told > bounced) & (told * 2 >= sent)


def _delivered(is_told: Any, sums: Sequence[Any]) -> tuple[Any, Any]:
    """Return how many arrived, and of how many a provider said so."""
    sent, bounced, told = (sums[BITS.index(name)] for name in ("sent", "bounced", "told"))
    arrived = np.maximum(np.where(is_told, told, sent) - bounced, 0)
    return arrived, np.where(is_told, arrived, 0)


def _joined(batches: Sequence[int], found: Sequence[Fates]) -> _Joined:
    names: dict[str, int] = {}
    links: list[tuple[int, str, int]] = []
    messages, places, clicks = [], [], []
    sizes = [len(each.bits) for each in found]
    start = 0
    for batch, each, size in zip(batches, found, sizes, strict=True):
        messages.append(np.frombuffer(each.messages, "<u4") + np.int64(each.base))
        at = np.array([names.setdefault(name, len(names)) for name in each.domains], np.int64)
        places.append(at[np.frombuffer(each.places, "<u2")])
        if each.links:
            pressed = np.frombuffer(each.clicks, "<u4").astype(np.int64).reshape(-1, 3)
            clicks.append(pressed + np.array((start, len(links), 0)))
            links += [(batch, language, number) for language, number in each.links]
        start += size
    none = np.empty(0, np.int64)
    return _Joined(
        messages=np.concatenate([none, *messages]),
        batch=np.repeat(np.arange(len(sizes)), sizes),
        bits=np.frombuffer(b"".join(each.bits for each in found), np.uint8),
        domain=np.concatenate([none, *places]),
        names=list(names),
        clicks=np.concatenate([none.reshape(0, 3), *clicks]).T,
        links=links,
    )
