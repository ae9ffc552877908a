"""Pages of people who were searched for, the newest first: as quick at a million people as at a thousand.

A page goes on from a person, never over those who were shown before, and no more are counted than somebody
would leaf through. Where one word or tag fits few, whoever has it is taken and held against the others; where
each fits many, sets of all who fit are cut; where there is one alone, its rows are read in order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from pyroaring import BitMap

from zoco.people.audiences.bitmaps import everybody, merged, of_rows
from zoco.people.finding import words_found
from zoco.people.models import Person, Tag

COUNTED_MOST = 10_000
AT_ONCE = 500
Rows = QuerySet[Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page goes on: with whoever came before a person, or after; with the newest where neither."""

    before: int = 0
    after: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """People, the newest first. There are `total` of them, or more than that where `is_more`."""

    people: list[Person]
    total: int
    is_more: bool
    has_newer: bool
    has_older: bool


def people_page(*, query: str = "", tag: Tag | None = None, place: Place = Place(), size: int) -> Page:
    """Return a page of people of whom every word of the query begins a word, and who bear the tag."""
    conditions: list[Rows] = [*words_found(query), *([tag.tagged.all()] if tag else [])]
    if not conditions:
        return _everybody(place, size)
    counts = [rows.order_by()[: COUNTED_MOST + 1].count() for rows in conditions]
    if min(counts) <= COUNTED_MOST:
        first = conditions.pop(counts.index(min(counts)))
        return _of(_narrowed(first, conditions), place, size)
    if len(conditions) == 1:
        return _walked(conditions[0], place, size)
    return _of(_fitting(conditions), place, size)


def people_all(*, query: str = "", tag: Tag | None = None) -> BitMap:
    """Return all people whom the pages of this show. Who comes to fit later is not among them."""
    conditions: list[Rows] = [*words_found(query), *([tag.tagged.all()] if tag else [])]
    return _fitting(conditions) if conditions else everybody()


def _fitting(conditions: Sequence[Rows]) -> BitMap:
    return BitMap.intersection(*(of_rows(rows) for rows in conditions)) - merged()


def _narrowed(first: Rows, others: Sequence[Rows]) -> BitMap:
    """Return who of a few fulfils the other conditions too."""
    people = Person.objects.filter(merged_into=None, pk__in=first.order_by().values("person"))
    for rows in others:
        people = people.filter(Exists(rows.filter(person=OuterRef("pk"))))
    return BitMap(people.order_by().values_list("pk", flat=True))


def _of(people: BitMap, place: Place, size: int) -> Page:
    """Return a page of people who are all known."""
    end = people.rank(place.before - 1) if place.before else len(people)
    start = max(end - size, 0)
    if place.after:
        start = people.rank(place.after)
        end = min(start + size, len(people))
    shown = _in_order(list(people[start:end])[::-1])
    return Page(shown, len(people), is_more=False, has_newer=end < len(people), has_older=start > 0)


def _everybody(place: Place, size: int) -> Page:
    """Return a page of all people, how many there are being counted without looking at each."""
    total = Person.objects.count() - Person.objects.filter(merged_into__gt=0).count()
    rows = Person.objects.filter(merged_into=None)
    some = list(_from(rows, "pk", place, place.after or place.before)[: size + 1])
    return _turned(some, place, size, total, is_more=False)


def _walked(rows: Rows, place: Place, size: int) -> Page:
    """Return a page of the people of rows, of whom each has some, that are read in order."""
    found: dict[int, None] = {}
    bound = place.after or place.before
    while len(found) <= size:
        ordered = _from(rows, "person_id", place, bound)
        some = list(ordered.values_list("person_id", flat=True)[:AT_ONCE])
        there = Person.objects.filter(pk__in=set(some), merged_into=None).values_list("pk", flat=True)
        found.update(dict.fromkeys(sorted(there, reverse=not place.after)))
        if len(some) < AT_ONCE:
            break
        bound = some[-1]
    return _turned(_in_order(list(found)[: size + 1]), place, size, COUNTED_MOST, is_more=True)


def _from(rows: Rows, column: str, place: Place, bound: int) -> Rows:
    """Return rows in the order in which they are read, from a person on, 0 for the newest."""
    side = {f"{column}__{'gt' if place.after else 'lt'}": bound} if bound else {}
    return rows.filter(**side).order_by(column if place.after else f"-{column}")


def _turned(some: list[Person], place: Place, size: int, total: int, *, is_more: bool) -> Page:
    """Return a page of what was read in order, one more than is shown where there are more."""
    shown, is_there = some[:size], len(some) > size
    if place.after:
        return Page(shown[::-1], total, is_more, has_newer=is_there, has_older=True)
    return Page(shown, total, is_more, has_newer=bool(place.before), has_older=is_there)


def _in_order(keys: Sequence[int]) -> list[Person]:
    people = Person.objects.in_bulk(keys)
    return [people[key] for key in keys if key in people]
