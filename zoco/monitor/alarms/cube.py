"""Counts by hour of the site's clock and part of the whole: what detection looks at.

Two queries for each dimension, each over the whole span; the last hour may still fill up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from zoco.kit.periods import Period
from zoco.ledger import expr
from zoco.ledger.scope import Facts
from zoco.monitor.alarms.narrowed import WHOLE, Narrowed
from zoco.monitor.alarms.watched import PAGE, PEOPLE, SECTION, Watched, measure_named

if TYPE_CHECKING:
    from zoco.ledger.expr import Table
    from zoco.ledger.sitebook import SiteInfo
    from zoco.ledger.store.base import Store

Floats = NDArray[np.float64]
VALUES_MOST = 60
PAGES_MOST = 300
DAYS = 58
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - wall-clock time has no zone


@dataclass(frozen=True, slots=True)
class Cut:
    """One dimension: its values, and their counts by hour, summed: `summed[i, h]` is before hour h."""

    values: tuple[str, ...]
    summed: Floats

    @classmethod
    def of(cls, values: tuple[str, ...], counts: Floats) -> Cut:
        """Sum counts (values, hours)."""
        return cls(values, np.concatenate([np.zeros((len(values), 1)), np.cumsum(counts, axis=1)], axis=1))


@dataclass(frozen=True, slots=True)
class Parts:
    """All values of all dimensions, one below another, so that they are looked at at once."""

    names: tuple[tuple[str, str], ...]
    cut: Cut
    row: dict[tuple[str, str], int]
    is_named: NDArray[np.bool_]

    @classmethod
    def of(cls, cuts: dict[str, Cut]) -> Parts:
        """Put them together, in their order."""
        names = tuple((name, value) for name, cut in cuts.items() for value in cut.values)
        counts = [cut.summed for cut in cuts.values() if cut.values]
        summed = np.concatenate(counts) if counts else np.zeros((0, 1))
        row = {name: number for number, name in enumerate(names)}
        return cls(
            names,
            Cut(tuple(value for _name, value in names), summed),
            row,
            np.array([bool(value) for _name, value in names], bool),
        )


@dataclass(frozen=True, slots=True)
class Cube:
    """A measure by hour. Hours are numbered from `first`, a wall clock's; `cuts` by dimension.

    Counts are multiples of `unit`: 1, or of money the typical amount Σx² / Σx, in which a sum of amounts
    that come by chance has a variance equal to its mean, as a count has (W. Feller, An Introduction to
    Probability Theory and Its Applications, vol. 1 (1968), section XII.2, on compound Poisson sums).
    """

    measure: Watched
    first: datetime
    total: Cut
    cuts: dict[str, Cut]
    unit: float = 1.0
    parts: Parts = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "parts", Parts.of(self.cuts))

    @property
    def hours(self) -> int:
        return int(self.total.summed.shape[1]) - 1

    def hour_at(self, moment: datetime, zone: str) -> int:
        """Return the number of the hour that a moment lies in, on the site's clock."""
        wall = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        number: int = (wall - self.first) // timedelta(hours=1)
        return number


def cube_read(key: str, site: SiteInfo, period: Period, store: Store, narrowed: Narrowed = WHOLE) -> Cube:
    """Count a measure over a period. Raises QueryFailed, StoreBusy.

    A segment says who counts where people alone would; what is about bots or all facts stays so.
    """
    measure = measure_named(key)
    verdicts = narrowed.verdicts if narrowed.verdicts and measure.verdicts == PEOPLE else measure.verdicts
    facts = Facts(site, period, narrowed.filters, verdicts)
    first = datetime.combine(period.first, datetime.min.time())
    hours = period.days * 24
    unit = _unit(measure, facts, store)
    cuts: dict[str, Cut] = {}
    for name in measure.dimensions:
        cut = _cut(measure, facts, name, first, hours, store, unit)
        cuts[name] = cut
        if name == PAGE:
            cuts[SECTION] = sections(cut)
    total = cuts[measure.dimensions[0]].summed[:, :].sum(0, keepdims=True)
    return Cube(measure, first, Cut(("",), total), cuts, unit)


def _unit(measure: Watched, facts: Facts, store: Store) -> float:
    """Return the typical amount of a measure of money; 1 of a count, or where there was none."""
    if not measure.value:
        return 1.0
    rows = measure.moments(facts, ())
    amount = rows[measure.value]
    sums = rows.aggregate(once=amount.sum(), squared=(amount * amount).sum())
    found = store.query(expr.to_sql(sums, store.dialect)).to_pylist()[0]
    once, squared = float(found["once"] or 0), float(found["squared"] or 0)
    return squared / once if once > 0 and squared > 0 else 1.0


def sections(pages: Cut) -> Cut:
    """Return pages by the first one and the first two parts of their paths; a group has several pages."""
    members: dict[str, list[int]] = {}
    for number, path in enumerate(pages.values):
        parts = path.split("/")[1:-1]
        for depth in range(1, min(len(parts), 2) + 1):
            members.setdefault("/" + "/".join(parts[:depth]) + "/", []).append(number)
    groups = {name: rows for name, rows in members.items() if len(rows) > 1}
    if not groups:
        return Cut((), np.zeros((0, pages.summed.shape[1])))
    return Cut(tuple(groups), np.stack([pages.summed[rows].sum(0) for rows in groups.values()]))


def _cut(
    measure: Watched, facts: Facts, column: str, first: datetime, hours: int, store: Store, unit: float
) -> Cut:
    most = PAGES_MOST if column in {PAGE, "landing"} else VALUES_MOST
    kept = _largest(measure, facts, column, most, store)
    rows = measure.moments(facts, (column,))
    part = rows[column].isin(kept).ifelse(rows[column], "") if kept else expr.text("")
    rows = rows.mutate(part=part, hour=expr.bucket(rows["at"], facts.period, "hour"))
    found = store.query(expr.to_sql(_counted(measure, rows, "hour", "part"), store.dialect))
    values = tuple(dict.fromkeys(["", *kept]))
    number = {value: row for row, value in enumerate(values)}
    counts = np.zeros((len(values), hours))
    start = (first - _EPOCH) // timedelta(hours=1)
    at = np.array(found["hour"].to_pylist(), dtype=np.int64) // expr.HOUR - start
    rows_at = np.array([number[each] for each in found["part"].to_pylist()], dtype=np.int64)
    if len(at):
        amounts = np.array(found["counted"].to_pylist(), dtype=float) / unit
        inside = (at >= 0) & (at < hours)
        np.add.at(counts, (rows_at[inside], at[inside]), amounts[inside])
    return Cut.of(values, counts)


def _largest(measure: Watched, facts: Facts, column: str, most: int, store: Store) -> list[str]:
    """Return the values with the highest counts; all others together are ""."""
    import ibis

    rows = measure.moments(facts, (column,))
    each = _counted(measure, rows, column)
    top = each.order_by(ibis.desc("counted"), column).limit(most)
    return [value for value in store.query(expr.to_sql(top, store.dialect))[column].to_pylist() if value]


def _counted(measure: Watched, rows: Table, *by: str) -> Table:
    amount = rows[measure.value].sum() if measure.value else rows.count()
    return rows.group_by(*by).aggregate(counted=amount)
