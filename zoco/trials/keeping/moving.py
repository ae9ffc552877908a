"""Whom bandits dealt, as it goes along when a site moves: many numbers in a row, those of one batch.

Numbers of browsers and persons stay as they are, as in the facts that come along. Whoever was erased in the
other installation does not come back.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterator
from itertools import islice
from typing import Annotated, Any

import msgspec
import numpy as np
from django.core.exceptions import ValidationError

from zoco.kit.conf import DATA
from zoco.ledger.store.erasures import book
from zoco.trials.choices import Unit
from zoco.trials.keeping.models import TrialUnit
from zoco.trials.keeping.services import UNITS_MOST
from zoco.trials.models import Trial

ROW_UNITS = 20_000
MOVED_MOST = 3_000_000
"""Of all bandits together, the newest first: an archive holds its settings in 64 MB."""


class _Row(msgspec.Struct):
    trial: str
    batch: Annotated[int, msgspec.Meta(ge=0, lt=1_000)]
    units: Annotated[str, msgspec.Meta(max_length=ROW_UNITS * 11)]


def units_packed(site: int) -> Iterator[dict[str, Any]]:
    """Yield whom bandits dealt that are over: those that come along whole."""
    room = MOVED_MOST
    for trial in Trial.objects.filter(site=site, ended_at__isnull=False).order_by("-pk"):
        rows = TrialUnit.objects.filter(trial=trial)
        room -= rows.count()
        if room < 0:
            return
        for batch in rows.order_by("batch").values_list("batch", flat=True).distinct():
            units = rows.filter(batch=batch).order_by("unit").values_list("unit", flat=True)
            rest = units.iterator(chunk_size=ROW_UNITS)
            while some := list(islice(rest, ROW_UNITS)):
                packed = b64encode(np.array(some, dtype="<i8").tobytes()).decode()
                yield {"trial": trial.key, "batch": batch, "units": packed}


def units_unpack(site: int, row: dict[str, Any]) -> bool:
    """Keep whom a bandit dealt in a batch; whether anybody is new."""
    read = msgspec.convert(row, _Row)
    trial = Trial.objects.filter(site=site, key=read.trial, ended_at__isnull=False).first()
    if trial is None:
        raise LookupError(f"{read.trial} is not there")
    packed = b64decode(read.units, validate=True)
    if not trial.keeps_units or read.batch >= len(trial.batches_read) or len(packed) % 8:
        raise ValidationError(f"{read.trial} has dealt nobody so")
    units = [each for each in np.frombuffer(packed, dtype="<i8").tolist() if each > 0]
    kept = TrialUnit.objects.filter(trial=trial)
    before = kept.count()
    if before + len(units) > UNITS_MOST:
        raise ValidationError(f"{read.trial} would keep more than {UNITS_MOST} units")
    gone = _erased(trial, units)
    rows = [TrialUnit(trial=trial, unit=each, batch=read.batch) for each in units if each not in gone]
    TrialUnit.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return kept.count() > before


def _erased(trial: Trial, units: list[int]) -> set[int]:
    """Return who of them was erased here."""
    pairs = [(trial.site_id, each) for each in units]
    erased = book(DATA())
    found = erased.visitors(pairs) if trial.unit == Unit.BROWSER else erased.persons(pairs)
    return {unit for _site, unit, _until in found}
