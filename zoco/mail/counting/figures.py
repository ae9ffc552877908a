"""What became of a letter, in numbers of messages: people and machines apart, shares with their intervals."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from zoco.channels.models import Told
from zoco.mail.counting.models import LetterLink, Look
from zoco.mail.counting.scope import Scope, unsubscribed
from zoco.stats.proportions import wilson

Followed = Mapping[tuple[int, str, int], tuple[int, int]]
"""Readers and clicks of links, by batch or print, language and number."""


@dataclass(frozen=True, slots=True)
class Share:
    """A number of messages and its share of others, with the bounds of 95 % (Wilson); None of none."""

    count: int
    of: int
    low: float | None
    high: float | None

    @property
    def value(self) -> float | None:
        """The share itself."""
        return self.count / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class LinkFigure:
    """One link: how many readers followed it, and how often they did."""

    language: str
    number: int
    address: str
    people: int
    clicks: int


@dataclass(frozen=True, slots=True)
class LetterFigures:
    """A letter's figures. What machines alone opened or followed is apart; what is not settled is in neither.

    Whoever followed a link has opened the letter, also where images are not loaded.
    """

    sent: int
    delivered: Share
    by_word: int
    """How many of these arrived by the word of a provider; of the others none came back."""
    opened: Share
    opened_by_machines_only: int
    clicked: Share
    clicked_by_machines_only: int
    complained: Share
    unsubscribed: Share
    links: tuple[LinkFigure, ...]
    unsettled: int


def letter_figures(scope: Scope) -> LetterFigures:
    """Return the figures of letters. About eight queries for any number of messages.

    Openings and clicks count as long as looks are kept.
    """
    sent = scope.sent
    total = sent.count()
    rows = Told.objects.filter(message__in=sent)
    told = dict(rows.values_list("told").annotate(n=Count("message", distinct=True)))
    words = rows.filter(told__in=("delivered", "bounced")).aggregate(n=Count("message", distinct=True))["n"]
    looks = Look.objects.filter(batch__in=scope.batches, message__in=sent.values("uid"))
    seen: dict[tuple[str, bool], set[object]] = {}
    kinds = looks.exclude(verdict="").exclude(kind=Look.Kind.TRAP).order_by()
    for kind, verdict, message in kinds.values_list("kind", "verdict", "message").distinct():
        seen.setdefault((kind, verdict == Look.Verdict.PERSON), set()).add(message)
    clicked = seen.get(("click", True), set())
    opened = seen.get(("open", True), set()) | clicked
    delivered, is_told = delivered_of(sent=total, bounced=told.get("bounced", 0), told=words)
    return LetterFigures(
        sent=total,
        delivered=share(delivered, total),
        by_word=delivered if is_told else 0,
        opened=share(len(opened), delivered),
        opened_by_machines_only=len(seen.get(("open", False), set()) - opened),
        clicked=share(len(clicked), delivered),
        clicked_by_machines_only=len(seen.get(("click", False), set()) - clicked),
        complained=share(told.get("complained", 0), delivered),
        unsubscribed=share(len(unsubscribed(sent)), delivered),
        links=_links(scope, looks),
        unsettled=looks.filter(verdict="").count(),
    )


def delivered_of(*, sent: int, bounced: int, told: int) -> tuple[int, bool]:
    """Return how many letters arrived, and whether that is a provider's word.

    `told`: of how many he said that they arrived or came back. Where he speaks of half of them at least, it
    is what he says; otherwise all arrived that did not come back.
    """
    is_told = told > bounced and told * 2 >= sent
    return max((told if is_told else sent) - bounced, 0), is_told


def share(count: int, of: int) -> Share:
    """Return a share with its bounds; a count above `of` (opened, then come back) is held to it."""
    low, high = wilson(float(min(count, of)), float(of)) if of else (None, None)
    return Share(min(count, of), of, low, high)


def links_leading(batches: Sequence[int]) -> list[tuple[tuple[int, str, int], str]]:
    """Return the links of batches and prints, by language and number, and where they lead."""
    kept = LetterLink.objects.filter(batch__in=batches).order_by("language", "number", "batch")
    columns = kept.values_list("batch", "language", "number", "address")
    return [((batch, language, number), to) for batch, language, number, to in columns]


def link_readers(batches: Sequence[int], language: str, address: str) -> set[int]:
    """Return the numbers of messages in which people followed a link of batches and prints. Two queries."""
    kept = LetterLink.objects.filter(batch__in=batches, language=language, address=address)
    places = set(kept.values_list("batch", "number"))
    clicks = Look.objects.filter(
        batch__in={batch for batch, _number in places}, kind=Look.Kind.CLICK, verdict=Look.Verdict.PERSON,
        language=language, number__in={number for _batch, number in places},
    )  # fmt: skip
    rows = clicks.order_by().values_list("batch", "number", "message__pk")
    return {message for batch, number, message in rows if (batch, number) in places and message}


def links_of(leads: Sequence[tuple[tuple[int, str, int], str]], counts: Followed) -> tuple[LinkFigure, ...]:
    """Add up the same address in the same language over batches and prints, the most followed first."""
    people: Counter[tuple[str, str]] = Counter()
    presses: Counter[tuple[str, str]] = Counter()
    numbers: dict[tuple[str, str], int] = {}
    for place, address in leads:
        _batch, language, number = place
        readers, n = counts.get(place, (0, 0))
        people[language, address] += readers
        presses[language, address] += n
        numbers.setdefault((language, address), number)
    order = sorted(numbers, key=lambda each: (-people[each], each[0], numbers[each]))
    return tuple(
        LinkFigure(language, numbers[language, to], to, people[language, to], presses[language, to])
        for language, to in order
    )


def _links(scope: Scope, looks: QuerySet[Look]) -> tuple[LinkFigure, ...]:
    clicks = looks.filter(kind=Look.Kind.CLICK, verdict=Look.Verdict.PERSON).order_by()
    counted = clicks.values_list("batch", "language", "number")
    found = {
        (batch, language, number): (readers, n)
        for batch, language, number, readers, n in counted.annotate(
            r=Count("message", distinct=True), n=Count("id")
        )
    }
    return links_of(links_leading(scope.batches), found)
