"""Post-stratification: arms compared as if each had the strata of all, so that chance imbalance counts less.

A stratum is what was known of a unit before it saw an arm: what stands in the fact of its exposure (country,
device …), or whether it was on the site before. Strata with few units in an arm are joined.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from zoco.ledger import expr
from zoco.stats.trials.adjusting import poststratified
from zoco.stats.trials.moments import Estimate, Moments
from zoco.trials.analysis.units import BEFORE_DAYS, DAY, Floats, Ints, Scope, exposed, exposures, page_views

if TYPE_CHECKING:
    from zoco.ledger.store.base import Store

RETURNING = "returning"
OTHER = "other"
UNITS_LEAST = 20
"""So many units of each arm a stratum has, else it is joined to the others that have less."""
STRATA_MOST = 50
SESSION = 30 * 60 * 1_000_000
"""Who was on the site longer before than a session's gap was there before."""


@dataclass(frozen=True, slots=True)
class Strata:
    """To which stratum each unit belongs: a place in `labels`, by the units' numbers in their order."""

    unit: Ints
    labels: tuple[str, ...]
    code: Ints

    def of(self, units: Ints) -> Ints:
        """Return the strata of units; those who are not known belong to the last one, `OTHER`."""
        found = np.full(len(units), len(self.labels) - 1, dtype=np.int64)
        if len(self.unit) and len(units):
            places = np.minimum(np.searchsorted(self.unit, units), len(self.unit) - 1)
            is_there = self.unit[places] == units
            found[is_there] = self.code[places[is_there]]
        return found


def strata_read(scope: Scope, by: str, store: Store) -> Strata:
    """Ask to which stratum each exposed unit belongs. Raises QueryFailed, StoreBusy."""
    if by == RETURNING:
        return _returning(scope, store)
    rows = exposures(scope)
    found = rows.group_by("unit").aggregate(stratum=expr.first_by(rows[by], rows)).order_by("unit")
    answer = store.query(expr.to_sql(found, store.dialect))
    words = np.array([each or "" for each in answer["stratum"].to_pylist()], dtype=object)
    names, code = np.unique(words.astype(str), return_inverse=True)
    unit = np.asarray(answer["unit"].to_numpy(), dtype=np.int64)
    return Strata(unit, (*(str(each) for each in names), OTHER), code.astype(np.int64))


def _returning(scope: Scope, store: Store) -> Strata:
    seen = page_views(scope).mutate(at=lambda rows: expr.micros(rows.occurred_at)).select("unit", "at")
    joined = seen.inner_join(exposed(scope).select("unit", "first"), "unit")
    before = joined.filter(
        joined.at < joined.first - expr.whole(SESSION),
        joined.at >= joined.first - expr.whole(BEFORE_DAYS * DAY),
    )
    found = store.query(expr.to_sql(before.select("unit").distinct().order_by("unit"), store.dialect))
    unit = np.asarray(found["unit"].to_numpy(), dtype=np.int64)
    return Strata(unit, (RETURNING, "new"), np.zeros(len(unit), dtype=np.int64))


def joined_few(code: Ints, arm: Ints, arms: int) -> Ints:
    """Return strata anew from 0: the largest that have enough units in each arm, the others joined.

    What is joined and still too few goes to the smallest that is kept. By counts of units alone, so that
    nothing that an arm does can tell which strata there are.
    """
    if not len(code):
        return code
    counts = np.zeros((int(code.max()) + 1, arms), dtype=np.int64)
    np.add.at(counts, (code, arm), 1)
    kept = np.flatnonzero(counts.min(axis=1) >= UNITS_LEAST)
    kept = kept[np.argsort(-counts[kept].sum(axis=1), kind="stable")][:STRATA_MOST]
    if not len(kept):
        return np.zeros_like(code)
    place = np.full(len(counts), len(kept), dtype=np.int64)
    place[kept] = np.arange(len(kept))
    rest = counts[place == len(kept)].sum(axis=0)
    if rest.min() < UNITS_LEAST:
        place[place == len(kept)] = len(kept) - 1
    found: Ints = place[code]
    return found


@dataclass(frozen=True, slots=True)
class Weighed:
    """Estimates by arm, how many strata there were, and which share of the variance is left."""

    arms: dict[str, Estimate]
    count: int
    kept: float


def weighed(
    columns: Mapping[str, Floats], codes: Mapping[str, Ints], plain: Mapping[str, Estimate]
) -> Weighed | None:
    """Return arms weighed by strata, from a value and a stratum of each unit; None where one stratum is all.

    `plain` are the estimates of the same units as they are. Raises TooFew.
    """
    keys = list(columns)
    arm = np.concatenate([np.full(len(columns[key]), number) for number, key in enumerate(keys)])
    joined = joined_few(np.concatenate([codes[key] for key in keys]), arm.astype(np.int64), len(keys))
    count = int(joined.max()) + 1 if len(joined) else 0
    if count < 2:
        return None
    values = np.concatenate([columns[key] for key in keys])
    parts: dict[str, dict[str, Moments]] = {}
    for number, key in enumerate(keys):
        mine: NDArray[np.bool_] = arm == number
        within = [(str(at), values[mine & (joined == at)]) for at in range(count)]
        parts[key] = {name: Moments.of(rows) for name, rows in within if len(rows)}
    made = {
        key: replace(each, events=plain[key].events) for key, each in poststratified(parts).items()
    }  # fmt: skip
    left, whole = (sum(each.variance * each.n for each in found.values()) for found in (made, plain))
    return Weighed(made, count, left / whole if whole else 1.0)
