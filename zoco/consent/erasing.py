"""Whoever is erased wants to hear nothing more: of his addresses the keyed hash alone is kept.

Without it a file that still names the address, or the old program, would bring him back as a stranger.
Whoever signs up himself and confirms is back.
"""

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from zoco.consent.models import Choice, Standing, Suppression, SuppressionEvent
from zoco.consent.suppressing import hash_of, suppress
from zoco.kit.periods import moment_at
from zoco.ledger.erasing import ERASERS, Pairs
from zoco.ledger.store.base import Erasure
from zoco.people.erasing import keys_of
from zoco.people.giving.others import GIVERS, Rows
from zoco.people.models import NUMBER_BASE, Identity, Person


@ERASERS.plug
class ConsentEraser:
    """Choices go with their people; that they want no more letters is kept before."""

    key = "consent"
    label = "choices"

    def keep(self, erasure: Erasure) -> None:
        """Suppress their addresses.

        Of what decided on these before, words go that might tell of them.
        """
        places = [each.place for each in Identity.objects.filter(person__in=_of(erasure)).order_by("pk")]
        for place in places:
            suppress(identity=place, why=Suppression.Why.UNSUBSCRIBED, at=moment_at(erasure.at))
        marks = [hash_of(each) for each in places]
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
