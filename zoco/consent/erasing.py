"""Whoever left and is erased stays left: of his addresses the keyed hash alone is kept.

Without it a file that still names the address, or the old program, would bring him back as a stranger.
"""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from zoco.consent.answers import Because
from zoco.consent.asking import weighed
from zoco.consent.models import Choice, Purpose, Standing, Suppression, SuppressionEvent
from zoco.consent.suppressing import hash_of, suppress
from zoco.kit.periods import moment_at
from zoco.ledger.erasing import ERASERS, Pairs
from zoco.ledger.store.base import Erasure
from zoco.people.erasing import keys_of
from zoco.people.giving.others import GIVERS, Rows
from zoco.people.models import NUMBER_BASE, Identity, Person


@ERASERS.plug
class ConsentEraser:
    """Choices go with their people; that somebody wanted no more letters is kept before."""

    key = "consent"
    label = "choices"

    def keep(self, erasure: Erasure) -> None:
        """Suppress the addresses of whoever had left marketing, or a topic of it, and not come back.

        Of what decided on his addresses before, words go that might tell of him.
        """
        standings: dict[int, list[Standing]] = defaultdict(list)
        for each in Standing.objects.filter(person__in=_of(erasure), purpose=Purpose.MARKETING):
            standings[each.person_id].append(each)
        left = [pk for pk, some in standings.items() if _has_left(some)]
        for identity in Identity.objects.filter(person__in=left).order_by("pk"):
            suppress(identity=identity.place, why=Suppression.Why.UNSUBSCRIBED, at=moment_at(erasure.at))
        marks = [hash_of(each.place) for each in Identity.objects.filter(person__in=_of(erasure))]
        told = SuppressionEvent.objects.filter(hash__in=marks)
        told.update(said="", subject="", note="", letter=None)

    def erase(self, erasure: Erasure) -> int:
        """Delete what they chose; returns how many choices there were."""
        people = list(_of(erasure).values_list("pk", flat=True))
        Standing.objects.filter(person__in=people).delete()
        return Choice.objects.filter(person__in=people).delete()[0]

    def known(self) -> tuple[Pairs, Pairs]:
        """Return everybody who chose."""
        people = Standing.objects.order_by().values_list("person", flat=True).distinct()
        return [], [(0, NUMBER_BASE | pk) for pk in people.iterator()]


@GIVERS.plug
class SuppressionGiver:
    """Whether addresses are written to no more, and what decided it."""

    key = "suppressions"

    def rows(self, people: Collection[int]) -> Rows:
        """Return what is known under the hashes of their addresses."""
        marks = [hash_of(each.place) for each in Identity.objects.filter(person__in=people)]
        models: tuple[Any, ...] = (Suppression, SuppressionEvent)
        rows = {each: each.objects.filter(hash__in=marks).order_by("pk").values() for each in models}
        return {each._meta.label: list(some) for each, some in rows.items()}


def _of(erasure: Erasure) -> QuerySet[Person]:
    return Person.objects.filter(pk__in=keys_of(erasure), created_at__lte=moment_at(erasure.at))


def _has_left(standings: list[Standing]) -> bool:
    return weighed(standings, is_needed=False).because == Because.WITHDRAWN
