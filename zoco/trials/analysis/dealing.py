"""Many units dealt at once: to each the arm that `deciding.dealer` deals it, without asking unit by unit.

Only the hash is taken unit by unit. All that follows from it is done in columns, with the same arithmetic in
the same order, so that not one unit on an edge gets another arm than it was told.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from zoco.kit.ids import framed
from zoco.trials.analysis.units import Floats, Ints
from zoco.trials.assigning import HOLDOUT, STEPS, Arm
from zoco.trials.deciding import SHARE
from zoco.trials.keeping.services import Kept
from zoco.trials.models import Trial

LONGEST = 24
"""So many letters the number of a unit has at most."""


def dealt_each(trial: Trial, keys: Sequence[str], units: Ints, at: Ints, kept: Kept | None = None) -> Ints:
    """Return the arm that each unit is dealt at its moment, as a place in `keys`; -1 for none of them.

    `kept` are the units of a bandit that keeps them: whoever is not among them was dealt nothing.
    """
    found = np.full(len(units), -1, dtype=np.int64)
    dealt_in = None if kept is None else kept.of_all(units)
    inside = np.flatnonzero(_may_be_dealt(trial, units) if dealt_in is None else dealt_in >= 0)
    place = placed(trial.scope, b"", units[inside])
    if not trial.is_bandit:
        found[inside] = _arms_at(place, trial.dealt_as(None), keys)
        return found
    batches = trial.batches_read
    if dealt_in is not None:
        batch = dealt_in[inside]
    else:
        since = np.array([each.since for each in batches], dtype=np.int64)
        # The last batch that began; before the first one, the first.
        batch = np.maximum(np.searchsorted(since, at[inside], side="right") - 1, 0)
    for number, each in enumerate(batches):
        its = batch == number
        found[inside[its]] = _arms_at(place[its], each.arms, keys)
    return found


def _may_be_dealt(trial: Trial, units: Ints) -> NDArray[np.bool_]:
    """Return who is neither held out nor outside the share of the trial."""
    may = np.ones(len(units), dtype=bool)
    if held_out := trial.holdout_percent / 100:
        may &= placed(f"holdout/{trial.dealt_site}", HOLDOUT, units) >= held_out
    begin, end = ((trial.layer_from or 0) + each for each in (0, trial.share_percent))
    if begin != 0 or end != 100:
        scope = f"{trial.dealt_site}/layer/{trial.layer}" if trial.layer else trial.scope
        place = placed(scope, SHARE, units)
        may &= (begin / 100 <= place) & (place < end / 100)
    return may


def placed(scope: str, purpose: bytes, units: Ints) -> Floats:
    """Return where units stand, as `assigning.placing` places them one by one."""
    copy = blake2b(framed(scope.encode()) + framed(purpose), digest_size=8).copy
    heads = [b"%d:" % length for length in range(LONGEST)]
    digests = []
    for unit in units.tolist():
        hashed, said = copy(), b"%d" % unit
        hashed.update(heads[len(said)] + said)
        digests.append(hashed.digest())
    steps: Floats = (np.frombuffer(b"".join(digests), dtype=">u8") >> 11).astype(np.float64) / STEPS
    return steps


def _arms_at(place: Floats, arms: Sequence[Arm], keys: Sequence[str]) -> Ints:
    """Return the arm of whoever stands there, as `assigning.arm_at` does, as a place in `keys`."""
    weights = [each.weight for each in arms]
    found = np.searchsorted(np.cumsum(weights), place * sum(weights), side="right")
    number = {key: n for n, key in enumerate(keys)}
    told: Ints = np.array([number.get(each.key, -1) for each in arms], dtype=np.int64)
    return told[np.minimum(found, len(arms) - 1)]
