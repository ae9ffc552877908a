"""Dealing whoever must keep an arm although shares move: when he was dealt is kept, and nothing else of him.

His arm follows from that and from the hash, as it does of everybody. A trial keeps so many units at most;
from then on whoever is new gets the control and does not count. So does whoever is new to a page while the
database takes nothing: the page is waiting, so it is not waited for long, and how many those were is told. A
program waits as long as usual, and is told that nothing was taken.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
from django.db import Error, router, transaction
from numpy.typing import NDArray

from zoco.kit.floods.busy import Busy, busy_of
from zoco.kit.floods.waiting import impatient
from zoco.ledger import sitebook
from zoco.trials import facts
from zoco.trials.keeping.models import TrialUnit
from zoco.trials.shares import MomentNeeded

if TYPE_CHECKING:
    from zoco.trials.models import Trial

log = logging.getLogger(__name__)
UNITS_MOST = 2_000_000
LOOK_EVERY = 1_000
"""How many there are is counted with each so many that are new."""
AT_ONCE = 500
WAIT_SECONDS = 1.0
"""So long somebody who is new waits for a database that others are writing into: his page waits too."""
Ints = NDArray[np.int64]
IsLet = Callable[[], bool]
"""Says whether whoever asks may have somebody dealt who is new."""


def always() -> bool:
    """Let anybody be dealt: persons whom the program knows."""
    return True


def batches_kept(
    trial: Trial, units: Collection[int], at: int | None, is_let: IsLet = always, *, is_page: bool = False
) -> dict[int, int]:
    """Return in which batch each unit was dealt first; those who are new are dealt now, and kept.

    Units must be in the trial. Whoever is not returned is new, and the trial is full, or `is_let`, which is
    asked only where somebody is new, says no, or a page asks and the database takes nothing just now, which
    is told. `at` is in UTC microseconds. Of two who ask for the same unit at once both get what was kept
    first. Raises what the database raises where no page asks; see `is_busy`.
    """
    if at is None:
        raise MomentNeeded("What a bandit deals depends on the day; give the moment.")
    with sitebook.everything():
        found = _read(trial, units)
        new = [each for each in units if each not in found]
        if not new or trial.is_full or not is_let():
            return found
        if not is_page:
            return found | _keep(trial, new, at, transaction.atomic)
        try:
            return found | _keep(trial, new, at, partial(impatient, seconds=WAIT_SECONDS))
        except Error as error:
            level, said = (logging.WARNING, "is busy") if is_busy(error) else (logging.ERROR, "takes nothing")
            log.log(
                level, "A bandit deals nobody new: the database %s. trial=%s", said, trial.pk, exc_info=True
            )
            facts.not_dealt(site=trial.site_id, trial=trial.key, units=len(new), at=at)
            return found


def is_busy(error: Error) -> bool:
    """Whether others were writing for too long, so that the same may be asked again; nothing is broken."""
    return busy_of(error) is Busy.LOCKED


def _keep(
    trial: Trial, new: Collection[int], at: int, within: Callable[[str], AbstractContextManager[None]]
) -> dict[int, int]:
    """Deal units that are new. Raises OperationalError where the database takes nothing."""
    batches = trial.batches_read
    number = max((place for place, each in enumerate(batches) if each.since <= at), default=0)
    rows = [TrialUnit(trial=trial, unit=unit, batch=number) for unit in new]
    with within(router.db_for_write(TrialUnit)):
        TrialUnit.objects.bulk_create(rows, ignore_conflicts=True)
        made = _read(trial, new)
        _bound(trial, len(rows))
    return made


def _read(trial: Trial, units: Collection[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    rest = iter(units)
    while some := list(islice(rest, AT_ONCE)):
        found.update(TrialUnit.objects.filter(trial=trial, unit__in=some).values_list("unit", "batch"))
    return found


def _bound(trial: Trial, new: int) -> None:
    """Let a trial be full that keeps as many as it may; looked at now and then.

    Bandits share the numbers of rows: those of one may be all odd, or a thousand apart, so that it is looked
    whether the last ones passed a thousand, not whether one of them is a thousand.
    """
    rows = TrialUnit.objects.filter(trial=trial)
    keys = list(rows.order_by("-pk").values_list("pk", flat=True)[: new + 1])
    passed = bool(keys) and (len(keys) <= new or keys[0] // LOOK_EVERY != keys[-1] // LOOK_EVERY)
    if passed and rows.count() >= UNITS_MOST:
        type(trial).objects.filter(pk=trial.pk).update(is_full=True)
        log.warning("A bandit is full and deals nobody new. trial=%s units=%s", trial.pk, UNITS_MOST)


class Kept:
    """All units of a trial with their batches, to be asked for many of them."""

    def __init__(self, trial: Trial) -> None:
        with sitebook.everything():
            rows = TrialUnit.objects.filter(trial=trial).order_by("unit").values_list("unit", "batch")
            both = np.fromiter(rows.iterator(chunk_size=10_000), dtype=[("unit", "<i8"), ("batch", "<i8")])
        self.unit: Ints = both["unit"].copy()
        self.batch: Ints = both["batch"].copy()

    def of(self, unit: int) -> int | None:
        """Return the batch of a unit; None for whoever was not dealt."""
        place = int(np.searchsorted(self.unit, unit))
        return int(self.batch[place]) if place < len(self.unit) and self.unit[place] == unit else None

    def of_all(self, units: Ints) -> Ints:
        """Return the batches of units, -1 for whoever was not dealt."""
        found = np.full(len(units), -1, dtype=np.int64)
        if len(self.unit) and len(units):
            places = np.minimum(np.searchsorted(self.unit, units), len(self.unit) - 1)
            is_there = self.unit[places] == units
            found[is_there] = self.batch[places[is_there]]
        return found


def units_forget(*, site: int) -> int:
    """Forget who was dealt in trials of a site that are over; returns how many rows went."""
    rows = TrialUnit.objects.filter(trial__site=site, trial__ended_at__isnull=False)
    return rows.delete()[0]
