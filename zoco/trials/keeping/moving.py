"""Whom bandits dealt, as it goes along when a site moves: many numbers in a row, those of one batch.

Numbers of browsers and persons stay as they are, as in the facts that come along. Whoever was erased in the
other installation does not come back.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterator
from typing import Annotated, Any

import msgspec
import numpy as np
from django.core.exceptions import ValidationError

from zoco.kit.conf import DATA
from zoco.ledger.store.erasures import book
from zoco.trials.choices import Unit
from zoco.trials.keeping.models import TrialUnit
from zoco.trials.keeping.services import UNITS_MOST, Kept
from zoco.trials.models import Trial

ROW_UNITS = 20_000
"""Of one row, which is taken in with one transaction."""
MOVED_MOST = 3_000_000
"""Of all bandits together, the newest first: an archive holds its settings in 64 MB."""


class _Row(msgspec.Struct):
    trial: str
    batch: Annotated[int, msgspec.Meta(ge=0, lt=1_000)]
    units: Annotated[str, msgspec.Meta(max_length=ROW_UNITS * 11)]
    at: Annotated[int, msgspec.Meta(ge=0)]
    """How many units of the same bandit came before."""
    whole: Annotated[int, msgspec.Meta(ge=1)]
    """How many it has."""


def units_packed(site: int) -> Iterator[dict[str, Any]]:
    """Yield whom bandits dealt that are over: those that come along whole."""
    room = MOVED_MOST
    for trial in Trial.objects.filter(site=site, ended_at__isnull=False).order_by("-pk"):
        if not trial.keeps_units or trial.units_due:
            continue
        if (room := room - TrialUnit.objects.filter(trial=trial).count()) < 0:
            return
        kept, at = Kept(trial), 0
        for batch in np.unique(kept.batch).tolist():
            units = kept.unit[kept.batch == batch]
            for some in (units[each : each + ROW_UNITS] for each in range(0, len(units), ROW_UNITS)):
                packed = b64encode(some.astype("<i8").tobytes()).decode()
                yield {"trial": trial.key, "batch": batch, "units": packed, "at": at, "whole": len(kept.unit)}
                at += len(some)


def units_unpack(site: int, row: dict[str, Any]) -> bool:
    """Keep whom a bandit dealt in a batch, in turn; whether the row is new.

    Where a row does not come, those behind it do not either, and the bandit has no figures: those of a part
    of its units would be wrong.
    """
    read = msgspec.convert(row, _Row)
    trial = Trial.objects.filter(site=site, key=read.trial, ended_at__isnull=False).first()
    if trial is None:
        raise LookupError(f"{read.trial} is not there")
    packed = b64decode(read.units, validate=True)
    units = [] if len(packed) % 8 else np.frombuffer(packed, dtype="<i8").tolist()
    if not trial.keeps_units or read.batch >= len(trial.batches_read) or min(units, default=0) <= 0:
        raise ValidationError(f"{read.trial} has dealt nobody so")
    if read.whole > UNITS_MOST + ROW_UNITS:  # a bandit that is full has a few more than it may
        raise ValidationError(f"{read.trial} would keep more than {UNITS_MOST} units; it has no figures here")
    due = read.whole if trial.units_due is None else trial.units_due
    if read.at < read.whole - due:
        return False
    if read.at > read.whole - due or len(units) > due:
        raise ValidationError(f"{read.trial} lacks units that come before; it has no figures here")
    gone = _erased(trial, units)
    rows = [TrialUnit(trial=trial, unit=each, batch=read.batch) for each in units if each not in gone]
    TrialUnit.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    Trial.objects.filter(pk=trial.pk).update(units_due=due - len(units))
    return True


def _erased(trial: Trial, units: list[int]) -> set[int]:
    """Return who of them was erased here."""
    pairs = [(trial.site_id, each) for each in units]
    erased = book(DATA())
    found = erased.visitors(pairs) if trial.unit == Unit.BROWSER else erased.persons(pairs)
    return {unit for _site, unit, _until in found}
