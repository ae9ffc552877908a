"""People as an eraser of the ledger knows them: with somebody's facts goes all that is known of him."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q, QuerySet

from zoco.kit.periods import moment_at
from zoco.ledger.erasing import ERASERS, Pairs
from zoco.ledger.store.base import Erasure
from zoco.people.models import NUMBER_BASE, Identity, Merge, Person


@ERASERS.plug
class PeopleEraser:
    """People with all that is known of them, whoever was merged into them, and rows of kept imports."""

    key = "people"
    label = "people"
    is_last = True
    """With people goes what the others look for."""

    def erase(self, erasure: Erasure) -> int:
        """Delete them; of one site alone nobody is erased, for people are of the whole installation.

        Whoever was merged is known by that alone: killed in the middle, a second try must find him still.
        """
        people = self._of(erasure)
        keys = list(people.values_list("pk", flat=True))
        if keys:
            from zoco.people.importing.forgetting import rows_forget

            rows_forget(Identity.objects.filter(person__in=keys))
        with transaction.atomic():
            Merge.objects.filter(Q(person__in=keys) | Q(into__in=keys)).delete()
            Person.objects.filter(Q(pk__in=keys) | Q(merged_into__in=keys)).update(merged_into=None)
            return Person.objects.filter(pk__in=keys).delete()[1].get("zoco_people.Person", 0)

    def known(self) -> tuple[Pairs, Pairs]:
        """Return everybody."""
        numbers = Person.objects.order_by("pk").values_list("pk", flat=True).iterator()
        return [], [(0, NUMBER_BASE | pk) for pk in numbers]

    def held(self, whom: Erasure) -> list[str]:
        """Name what is known of them."""
        return [f"person {each.pk}" for each in self._of(whom)]

    def _of(self, erasure: Erasure) -> QuerySet[Person]:
        return Person.objects.filter(
            created_at__lte=moment_at(erasure.at), pk__in=merged_with(keys_of(erasure))
        )


def keys_of(erasure: Erasure) -> list[int]:
    """Return the keys of the people who are erased: of one site alone nobody is."""
    if erasure.site:
        return []
    return [number ^ NUMBER_BASE for number in erasure.persons if number >= NUMBER_BASE]


def merged_with(keys: Iterable[int]) -> set[int]:
    """Return these and whoever was merged into them, also by way of others."""
    found, new = set[int](), set(keys)
    while new:
        found |= new
        new = set(Person.objects.filter(merged_into__in=new).values_list("pk", flat=True)) - found
    return found
