"""Whoever is erased goes from the units of bandits too."""

from collections.abc import Iterator

from django.db.models import QuerySet

from zoco.ledger import sitebook
from zoco.ledger.erasing import ERASERS, Pairs
from zoco.ledger.store.base import Erasure
from zoco.trials.choices import Unit
from zoco.trials.keeping.models import TrialUnit

AT_ONCE = 500


@ERASERS.plug
class UnitEraser:
    """Browsers and persons that a bandit dealt."""

    key = "trial_units"
    label = "units of bandits"

    def erase(self, erasure: Erasure) -> int:
        """Delete rows of these visitors and persons, also such as are kept after the moment it was asked."""
        with sitebook.everything():
            return sum(rows.delete()[0] for rows in _of(erasure))

    def held(self, whom: Erasure) -> list[str]:
        """Name the trials that keep in which batch they were dealt."""
        with sitebook.everything():
            found = [
                each for rows in _of(whom) for each in rows.order_by("pk").values_list("trial__key", "batch")
            ]
        return [f"trial {key}, dealt in batch {batch}" for key, batch in found]

    def known(self) -> tuple[Pairs, Pairs]:
        """Return whom rows are of."""
        with sitebook.everything():
            rows = TrialUnit.objects.order_by()
            return (
                list(rows.filter(trial__unit=Unit.BROWSER).values_list("trial__site", "unit").distinct()),
                list(rows.filter(trial__unit=Unit.PERSON).values_list("trial__site", "unit").distinct()),
            )


def _of(erasure: Erasure) -> Iterator[QuerySet[TrialUnit]]:
    """Yield the rows of these visitors and persons."""
    for unit, numbers in ((Unit.BROWSER, erasure.visitors), (Unit.PERSON, erasure.persons)):
        rows = TrialUnit.objects.filter(trial__unit=unit)
        rows = rows.filter(trial__site=erasure.site) if erasure.site else rows
        for start in range(0, len(numbers), AT_ONCE):
            yield rows.filter(unit__in=numbers[start : start + AT_ONCE])
