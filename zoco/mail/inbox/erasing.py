"""What happens to counts of failures when people are forgotten: those of their addresses go."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import QuerySet

from zoco.consent.suppressing import hashes_of
from zoco.kit.periods import moment_at
from zoco.ledger.erasing import ERASERS, Pairs
from zoco.ledger.store.base import Erasure
from zoco.mail.inbox.models import SoftCount
from zoco.people.erasing import keys_of
from zoco.people.giving.others import GIVERS, Rows
from zoco.people.models import Identity


@ERASERS.plug
class FailureEraser:
    """How often addresses took no letters for a while."""

    key = "failures"
    label = "counts of failures"

    def keep(self, erasure: Erasure) -> None:
        """Forget them while it is known which addresses are whose; nothing is kept."""
        keys = keys_of(erasure)
        until = moment_at(erasure.at)
        _counts(Identity.objects.filter(person__in=keys, person__created_at__lte=until)).delete()

    def erase(self, erasure: Erasure) -> int:
        """Nothing is left to erase."""
        return 0

    def known(self) -> tuple[Pairs, Pairs]:
        """Return nobody: a hash does not say whose it is."""
        return [], []


@GIVERS.plug
class FailureGiver:
    """How often addresses took no letters for a while."""

    key = "failures"

    def rows(self, people: Collection[int]) -> Rows:
        """Return the counts of their addresses."""
        rows: Any = _counts(Identity.objects.filter(person__in=people)).values()
        return {SoftCount._meta.label: list(rows)}


def _counts(named: QuerySet[Identity]) -> QuerySet[SoftCount]:
    places: Iterable[Any] = named.values_list("kind", "space", "key")
    return SoftCount.objects.filter(hash__in=list(hashes_of(places)))
