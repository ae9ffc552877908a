"""Whoever is erased goes from the units of bandits too."""

from collections.abc import Iterator

from django.db.models import QuerySet

from zoco.ledger import sitebook
from zoco.ledger.erasing import ERASERS, Pairs
from zoco.ledger.store.base import Erasure
from zoco.ledger.store.erasures import Erasures
from zoco.trials.choices import Unit
from zoco.trials.keeping.models import TrialUnit

AT_ONCE, READ_AT_ONCE = 500, 10_000


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
        """Return nobody: a bandit keeps up to two million, who are looked up in pieces."""
        return [], []

    def erased_in(self, book: Erasures) -> Iterator[Erasure]:
        """Yield whoever rows are of and the book says was erased."""
        for unit, is_browser in ((Unit.BROWSER, True), (Unit.PERSON, False)):
            for pairs in _pairs(unit):
                yield from book.found_in(*((pairs, []) if is_browser else ([], pairs)))


def _pairs(unit: Unit) -> Iterator[Pairs]:
    """Yield whom rows are of, many at once."""
    last = 0
    while True:
        with sitebook.everything():
            rows = TrialUnit.objects.filter(trial__unit=unit, pk__gt=last).order_by("pk")
            some = list(rows.values_list("pk", "trial__site", "unit")[:READ_AT_ONCE])
        if not some:
            return
        yield [(site, number) for _pk, site, number in some]
        last = some[-1][0]


def _of(erasure: Erasure) -> Iterator[QuerySet[TrialUnit]]:
    """Yield the rows of these visitors and persons."""
    for unit, numbers in ((Unit.BROWSER, erasure.visitors), (Unit.PERSON, erasure.persons)):
        rows = TrialUnit.objects.filter(trial__unit=unit)
        rows = rows.filter(trial__site=erasure.site) if erasure.site else rows
        for start in range(0, len(numbers), AT_ONCE):
            yield rows.filter(unit__in=numbers[start : start + AT_ONCE])
