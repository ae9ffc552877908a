"""Figures of many letters at once: as many queries for three hundred sendings as for one.

A message is of one batch, so what is counted by batch adds up to any part of a report. What was added up of
batches that are over is kept beside them (`kept`); reports of everybody read that.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import add
from typing import Any, NamedTuple

from django.db.models import Count, Expression, F, Q, QuerySet, Value

from zoco.channels.models import Message, Told
from zoco.mail.counting.figures import Share, delivered_of, share
from zoco.mail.counting.models import Look
from zoco.mail.counting.scope import ALL, Only, Scope, domain_of_address, unsubscribed, unsubscribed_of

State = Message.State
ENDED = (State.SENT, State.FAILED, State.UNCERTAIN)
WORDS = {"bounced": ("bounced",), "complained": ("complained",), "told": ("delivered", "bounced")}
"""What is counted of what was told, by the words that count for it."""
TOLD = ("bounced", "complained", "delivered")
SEEN = (Look.Kind.OPEN, Look.Kind.CLICK)
DOMAINS_KEPT = 300
OTHERS = "*"
"""Domains that are too many to be kept one by one."""
SINGLES = 0
"""What stands for the batch of what left one by one."""


class Counts(NamedTuple):
    """What became of some letters, in numbers of them.

    `told`: of how many a provider said that they arrived or came back; `by_word`: how many of the delivered
    are known by that.
    """

    sent: int = 0
    failed: int = 0
    uncertain: int = 0
    bounced: int = 0
    complained: int = 0
    told: int = 0
    opened: int = 0
    clicked: int = 0
    delivered: int = 0
    by_word: int = 0

    @property
    def tried(self) -> int:
        """Of how many something became: taken, not taken, or nobody knows."""
        return self.sent + self.failed + self.uncertain


NONE = Counts()


def added(one: Counts, other: Counts) -> Counts:
    """Add two up."""
    return Counts(*map(add, one, other))


def summed(counts: Collection[Counts]) -> Counts:
    """Add up as many as there are."""
    return Counts._make(map(sum, zip(*counts, strict=True))) if counts else NONE


@dataclass(slots=True)
class Tally:
    """What became of letters, by domain ("" where no address is known), and who followed which link.

    `links`: readers and clicks, by the batch or print, language and number.
    """

    domains: dict[str, Counts] = field(default_factory=dict)
    links: dict[tuple[int, str, int], tuple[int, int]] = field(default_factory=dict)
    unsubscribed: int = 0

    @property
    def whole(self) -> Counts:
        """All domains together."""
        return summed(self.domains.values())


@dataclass(frozen=True, slots=True)
class Outline:
    """What tables show of a part: people only, as in the figures of a letter."""

    sent: int
    delivered: Share
    by_word: int
    """How many of these arrived by the word of a provider; of the others none came back."""
    opened: Share
    clicked: Share
    complained: Share
    unsubscribed: Share


def together(tallies: Collection[Tally]) -> Tally:
    """Add tallies up; links are never of two."""
    domains: dict[str, list[Counts]] = defaultdict(list)
    found = Tally(unsubscribed=sum(each.unsubscribed for each in tallies))
    for each in tallies:
        found.links |= each.links
        for domain, counts in each.domains.items():
            domains[domain].append(counts)
    found.domains = {domain: summed(counts) for domain, counts in domains.items()}
    return found


def tallies_of(batches: Collection[int], only: Only = ALL) -> dict[int, Tally]:
    """Count messages of batches by what became of them; what is kept is not counted anew."""
    from zoco.mail.counting.kept import tallies_kept

    if not batches:
        return {}
    found = tallies_kept(batches, only)
    rest = sorted(set(batches) - set(found))
    found |= batches_counted(rest, only)
    for batch in unsubscribed_of(sorted(batches), only).values():
        found.setdefault(batch, Tally()).unsubscribed += 1
    return found


def batches_counted(batches: Sequence[int], only: Only = ALL) -> dict[int, Tally]:
    """Count batches anew, but for who left. Four queries."""
    if not batches:
        return {}
    messages = Message.objects.filter(batch__in=batches, state__in=ENDED)
    told = Told.objects.filter(batch__in=batches, message__state=State.SENT)
    looks = Look.objects.filter(batch__in=batches, message__state=State.SENT)
    words = _worded(messages, told, F("batch")) if only else None
    return _counted(only.of(messages), only.of(told, "message"), only.of(looks, "message"), F("batch"), words)


def single_counted(scope: Scope) -> Tally:
    """Count letters that left one by one."""
    sent = scope.sent
    told = Told.objects.filter(message__in=sent)
    looks = Look.objects.filter(batch__in=scope.batches, message__in=sent.values("uid"))
    words = None
    if scope.only:
        whole = replace(scope, only=ALL)
        words = _worded(whole.messages, Told.objects.filter(message__in=whole.sent), Value(SINGLES))
    ended = scope.messages.filter(state__in=ENDED)
    found = _counted(ended, told, looks, Value(SINGLES), words).get(SINGLES, Tally())
    found.unsubscribed = len(unsubscribed(sent))
    return found


def _worded(messages: QuerySet[Message], told: QuerySet[Told], batch: Expression | F) -> dict[int, bool]:
    """Return of each batch whether a provider says what of all of it arrived."""
    kinds = {
        name: Count("message", distinct=True, filter=Q(told__in=WORDS[name])) for name in ("bounced", "told")
    }
    rows = told.order_by().annotate(of=batch).values_list("of").annotate(**kinds)
    heard = {key: counts for key, *counts in rows}
    sent = messages.filter(state=State.SENT).order_by().annotate(of=batch).values_list("of")
    found = {}
    for key, n in sent.annotate(n=Count("pk")):
        bounced, said = heard.get(key, (0, 0))
        found[key] = delivered_of(sent=n, bounced=bounced, told=said)[1]
    return found


def _counted(
    messages: QuerySet[Message],
    told: QuerySet[Told],
    looks: QuerySet[Look],
    batch: Expression | F,
    worded: Mapping[int, bool] | None,
) -> dict[int, Tally]:
    """Count by batch and domain; `worded` says whose word counts where these are not all letters of it."""
    found: dict[tuple[int, str], dict[str, int]] = defaultdict(dict)
    for key, domain, state, n in _by(messages, batch, "to", "state").annotate(n=Count("pk")):
        found[key, domain][state] = n
    words = {name: Count("message", distinct=True, filter=Q(told__in=names)) for name, names in WORDS.items()}
    for key, domain, *counts in _by(told, batch, "message__to").annotate(**words):
        found[key, domain] |= dict(zip(words, counts, strict=True))
    people = people_looks(looks)
    readers = {
        "opened": Count("message", distinct=True),
        "clicked": Count("message", distinct=True, filter=Q(kind=Look.Kind.CLICK)),
    }
    for key, domain, opened, clicked in _by(people, batch, "message__to").annotate(**readers):
        found[key, domain] |= {"opened": opened, "clicked": clicked}
    tallies: dict[int, Tally] = defaultdict(Tally)
    for (key, domain), counted in found.items():
        tallies[key].domains[domain] = Counts(**counted)
    for key, each in tallies.items():
        _delivered(each, None if worded is None else worded.get(key, False))
    clicks = people.filter(kind=Look.Kind.CLICK).order_by().values_list("batch", "language", "number")
    for number, language, place, n, times in clicks.annotate(
        n=Count("message", distinct=True), times=Count("pk")
    ):
        key = SINGLES if isinstance(batch, Value) else number
        tallies[key].links[number, language, place] = (n, times)
    return tallies


def people_looks(looks: QuerySet[Look]) -> QuerySet[Look]:
    """Return the openings and clicks of people."""
    return looks.filter(verdict=Look.Verdict.PERSON, kind__in=SEEN)


def _delivered(tally: Tally, is_told: bool | None) -> None:
    """Say of each domain how many arrived, all of them by the same rule: by all letters, where it is None."""
    if is_told is None:
        whole = tally.whole
        _n, is_told = delivered_of(sent=whole.sent, bounced=whole.bounced, told=whole.told)
    for domain, counts in tally.domains.items():
        delivered = max((counts.told if is_told else counts.sent) - counts.bounced, 0)
        tally.domains[domain] = counts._replace(delivered=delivered, by_word=delivered if is_told else 0)


def _by(rows: QuerySet[Any], batch: Expression | F, to: str, *columns: str) -> QuerySet[Any]:
    named: QuerySet[Any] = rows.order_by().annotate(of=batch, domain=domain_of_address(to))
    found: QuerySet[Any] = named.values_list("of", "domain", *columns)
    return found


def outline_of(*tallies: Tally) -> Outline:
    """Return what a part comes to."""
    whole = summed([counts for each in tallies for counts in each.domains.values()])
    left = sum(each.unsubscribed for each in tallies)
    return Outline(
        sent=whole.sent,
        delivered=share(whole.delivered, whole.sent),
        by_word=whole.by_word,
        opened=share(whole.opened, whole.delivered),
        clicked=share(whole.clicked, whole.delivered),
        complained=share(whole.complained, whole.delivered),
        unsubscribed=share(left, whole.delivered),
    )
