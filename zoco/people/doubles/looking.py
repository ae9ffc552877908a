"""Looking for doubles in the background, some people at a time: only who was changed is compared anew.

Nobody is compared with everybody: whoever shares a key with somebody is a pair. A key that more than
`COMMON` people share tells nobody apart and makes no pairs.
"""

import time
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from zoco.kit.rows import rows_add
from zoco.people.doubles.likeness import keys_of
from zoco.people.doubles.models import LikeKey, Likeness
from zoco.people.models import Identity, Person

CHUNK = 500
COMMON = 10
BUDGET_SECONDS = 5.0
Pair = tuple[int, int]


def look() -> None:
    """Compare whoever was changed, for some seconds; the rest the next time."""
    late = time.monotonic() + BUDGET_SECONDS
    while some_compare(now=timezone.now()) == CHUNK and time.monotonic() < late:
        pass


@transaction.atomic
def some_compare(*, now: datetime) -> int:
    """Compare some who were not compared since they were changed; returns how many.

    Not guaranteed: pairs of two who are compared at the same moment by two workers of PostgreSQL.
    """
    waiting = Person.objects.select_for_update().filter(is_compared=False)
    people = {each.pk: each for each in waiting.order_by("pk")[:CHUNK]}
    if not people:
        return 0
    Person.objects.filter(pk__in=people).update(is_compared=True)
    LikeKey.objects.filter(person__in=people).delete()
    proposed = Likeness.objects.filter(state=Likeness.State.PROPOSED)
    proposed.filter(Q(low__in=people) | Q(high__in=people)).delete()
    named: dict[int, list[Identity]] = {pk: [] for pk in people}
    for each in Identity.objects.filter(person__in=people):
        named[each.person_id].append(each)
    current = [each for each in people.values() if each.merged_into_id is None]
    mine = {each.pk: keys_of(each, named[each.pk]) for each in current}
    rows_add(LikeKey, ["key", "person"], [(key, pk) for pk, keys in mine.items() for key in sorted(keys)])
    pairs = _pairs(mine)
    apart = _apart(pairs)
    rows_add(
        Likeness,
        ["low", "high", "why", "state", "found_at"],
        [
            (*pair, sorted(why), Likeness.State.PROPOSED.value, now)
            for pair, why in sorted(pairs.items())
            if pair not in apart
        ],
        is_ignoring=True,
    )
    return len(people)


def _pairs(mine: dict[int, dict[int, str]]) -> dict[Pair, set[str]]:
    """Return whom each of these shares something with, and what."""
    reasons = {key: why for keys in mine.values() for key, why in keys.items()}
    shared = LikeKey.objects.filter(key__in=reasons).values("key").annotate(people=Count("person"))
    telling = shared.filter(people__gt=1, people__lte=COMMON).values_list("key", flat=True)
    holders: dict[int, list[int]] = {}
    rows = LikeKey.objects.filter(key__in=list(telling)).order_by("key", "person")
    for key, person in rows.values_list("key", "person"):
        holders.setdefault(key, []).append(person)
    pairs: dict[Pair, set[str]] = {}
    for key, people in holders.items():
        for place, low in enumerate(people):
            for high in people[place + 1 :]:
                if low in mine or high in mine:
                    pairs.setdefault((low, high), set()).add(reasons[key])
    return pairs


def _apart(pairs: Iterable[Pair]) -> set[Pair]:
    """Return the pairs that one system knows under two numbers: those are two people there."""
    pairs = list(pairs)
    numbers: dict[int, dict[str, str]] = {}
    some = {person for pair in pairs for person in pair}
    rows = Identity.objects.filter(person__in=some, kind=Identity.Kind.EXTERNAL)
    for person, space, key in rows.values_list("person", "space", "key"):
        numbers.setdefault(person, {})[space] = key
    return {
        (low, high)
        for low, high in pairs
        if any(numbers.get(high, {}).get(space, key) != key for space, key in numbers.get(low, {}).items())
    }
