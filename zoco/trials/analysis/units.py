"""Units of a trial with their arm, and what each did in the days after it was exposed, asked of the ledger.

A unit is exposed once: when it first saw an arm. What it did counts from then on for as long as its metric
says, so that everybody is looked at equally long; whoever's days are not over yet is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from zoco.kit.periods import Period, micros
from zoco.ledger import expr
from zoco.ledger.asking.goals import Goal, any_of, reached
from zoco.ledger.scope import Facts
from zoco.trials.choices import Unit
from zoco.trials.designs import Metric
from zoco.trials.facts import SHOWN

if TYPE_CHECKING:
    import pyarrow as pa

    from zoco.ledger.expr import Table, Value
    from zoco.ledger.sitebook import SiteInfo
    from zoco.ledger.store.base import Store

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
DAY = 86_400_000_000
BEFORE_DAYS = 28
"""So long before exposure a unit's past is looked at."""
PEOPLE = ("human",)
WITH_PROGRAMS = ("human", "server")
"""Verdicts of facts about persons: programs tell of them too."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What is looked at: exposures of a trial from `start` to before `end`, and all facts before `until`."""

    site: SiteInfo
    trial: str
    unit: Unit
    start: datetime
    end: datetime
    until: datetime

    @property
    def period(self) -> Period:
        """The local days that hold all of it, the units' past too."""
        zone = ZoneInfo(self.site.zone)
        first = (self.start - timedelta(days=BEFORE_DAYS)).astimezone(zone).date()
        return Period(first, max(self.until, self.start).astimezone(zone).date(), self.site.zone)

    @property
    def facts(self) -> Facts:
        """The facts; of persons those that belong to no site as well."""
        is_person = self.unit == Unit.PERSON
        verdicts = WITH_PROGRAMS if is_person else PEOPLE
        return Facts(self.site, self.period, verdicts=verdicts, with_nobodys=is_person)

    @property
    def has_past(self) -> bool:
        """Whether units are known from before: visitors of a day are not."""
        return self.unit != Unit.VISITOR


@dataclass(frozen=True, slots=True)
class Exposed:
    """One row a unit: who, which arm it saw first, when (UTC microseconds), whether it saw others.

    `told_as` is the number in the fact of that: of a person who was merged since then another than `unit`.
    An arm is dealt to that one; `unit`, in ascending order, is by whom deeds are gathered. `arm` is a place
    in `arms`, all that were seen.
    """

    unit: Ints
    told_as: Ints
    arm: Ints
    at: Ints
    crossed: NDArray[np.bool_]
    arms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Deeds:
    """What units did, one row each that did anything: `above` and `below` after exposure, `before` before."""

    unit: Ints
    above: Floats
    below: Floats
    before: Floats


def exposed_read(scope: Scope, store: Store) -> Exposed:
    """Ask who was exposed. Raises QueryFailed, StoreBusy."""
    found = store.query(expr.to_sql(exposed(scope).order_by("unit"), store.dialect))
    arm = found["arm"].combine_chunks().dictionary_encode()
    return Exposed(
        _ints(found["unit"]),
        _ints(found["told_as"]),
        _ints(arm.indices),
        _ints(found["first"]),
        np.asarray(found["crossed"].to_numpy(), dtype=bool),
        tuple(arm.dictionary.to_pylist()),
    )


def exposures(scope: Scope) -> Table:
    """Return the facts that units saw an arm of the trial: unit, told_as, and all else of them."""
    rows = scope.facts.named(SHOWN)
    rows = rows.mutate(told_as=_written(scope, rows))
    rows = _units(scope, rows.filter(rows.told_as != 0))
    return rows.filter(rows.subject == scope.trial, *_between(rows, scope.start, scope.end))


def exposed(scope: Scope) -> Table:
    """Return one row a unit: unit, told_as, arm, first, crossed."""
    rows = exposures(scope)
    rows = rows.mutate(shown=expr.prop_text(rows, "arm"))
    return rows.group_by("unit").aggregate(
        told_as=expr.first_by(rows.told_as, rows),
        arm=expr.first_by(rows.shown, rows),
        first=expr.micros(rows.occurred_at.min()),
        crossed=rows.shown.min() != rows.shown.max(),
    )


def page_views(scope: Scope) -> Table:
    """Return page views of units."""
    return _units(scope, scope.facts.page_views)


def deeds_read(scope: Scope, metric: Metric, goals: dict[str, Goal], store: Store) -> Deeds:
    """Ask what each unit did. Raises QueryFailed, StoreBusy."""
    found = store.query(expr.to_sql(deeds(scope, metric, goals).order_by("unit"), store.dialect))
    return Deeds(_ints(found["unit"]), *(_floats(found[name]) for name in ("above", "below", "before")))


def deeds(scope: Scope, metric: Metric, goals: dict[str, Goal], since_when: Table | None = None) -> Table:
    """Return one row a unit that did anything: unit, above, below, before.

    `since_when` are units and their first moments, those of the exposed unless given.
    """
    joined = _joined(scope, metric, goals, since_when)
    since = metric.from_day * DAY if metric.kind == "retention" else 0
    after = (joined.at >= joined.first + expr.whole(since)) & (
        joined.at < joined.first + expr.whole(metric.window_days * DAY)
    )
    before = (joined.at < joined.first) & (joined.at >= joined.first - expr.whole(BEFORE_DAYS * DAY))
    return joined.group_by("unit").aggregate(
        above=(expr.ones(after & joined.is_above) * joined.worth).sum(),
        below=expr.ones(after & joined.is_below).sum(),
        before=(expr.ones(before & joined.is_above) * joined.worth).sum(),
    )


def values_read(scope: Scope, metric: Metric, goals: dict[str, Goal], store: Store) -> tuple[Ints, Floats]:
    """Ask the amounts of a quantile, one row a fact: whose, how much. Raises QueryFailed, StoreBusy."""
    joined = _joined(scope, metric, goals)
    inside = (joined.at >= joined.first) & (joined.at < joined.first + expr.whole(metric.window_days * DAY))
    rows = joined.filter(inside & joined.is_above).select("unit", "worth", "id").order_by("unit", "id")
    found = store.query(expr.to_sql(rows, store.dialect))
    return _ints(found["unit"]), _floats(found["worth"])


def _joined(scope: Scope, metric: Metric, goals: dict[str, Goal], since_when: Table | None = None) -> Table:
    """Return the facts of exposed units that the metric is about, with when each unit was exposed."""
    facts = scope.facts
    above, below = (goals.get(name.casefold()) for name in (metric.goal, metric.per))

    def meant(rows: Table) -> Value:
        return any_of([_is_above(facts, rows, metric, above), _is_below(facts, rows, below)])

    rows = facts.where(meant)
    rows = rows.filter(rows.occurred_at < expr.moment(micros(scope.until)))
    rows = rows.mutate(
        is_above=_is_above(facts, rows, metric, above),
        is_below=_is_below(facts, rows, below),
        worth=rows.amount_site.fill_null(0).cast("float64") if _is_money(metric) else expr.whole(1),
    )
    done = _units(scope, rows).mutate(at=lambda each: expr.micros(each.occurred_at))
    kept = done.select("unit", "id", "at", "is_above", "is_below", "worth")
    from_then = exposed(scope).select("unit", "first") if since_when is None else since_when
    return kept.inner_join(from_then, "unit")


def came(scope: Scope) -> Table:
    """Return units by their first page view between start and end: unit, first."""
    rows = page_views(scope)
    rows = rows.filter(*_between(rows, scope.start, scope.end))
    return rows.group_by("unit").aggregate(first=expr.micros(rows.occurred_at.min()))


def came_read(scope: Scope, store: Store) -> Exposed:
    """Ask which units came, as if they had been exposed with their first page."""
    found = store.query(expr.to_sql(came(scope).order_by("unit"), store.dialect))
    unit = _ints(found["unit"])
    nothing = np.zeros_like(unit)
    return Exposed(unit, unit, nothing, _ints(found["first"]), nothing.astype(bool), ("",))


def held_by(units: Ints, ascending: Ints) -> NDArray[np.bool_]:
    """Return of each unit whether it is among others, which are in ascending order."""
    if not len(ascending):
        return np.zeros(len(units), dtype=bool)
    places = np.minimum(np.searchsorted(ascending, units), len(ascending) - 1)
    held: NDArray[np.bool_] = ascending[places] == units
    return held


def exposed_stream(scope: Scope, store: Store) -> pa.RecordBatchReader:
    """Ask who was exposed, in batches: as `exposed`, in the order of the numbers that were told."""
    return store.stream(expr.to_sql(exposed(scope).order_by("told_as", "unit"), store.dialect))


def others_stream(scope: Scope, store: Store) -> pa.RecordBatchReader:
    """Ask who came and was not exposed, in batches: as `came`, in the order of units."""
    rows = came(scope).anti_join(exposed(scope).select("unit"), "unit")
    return store.stream(expr.to_sql(rows.select("unit", "first").order_by("unit"), store.dialect))


def came_deeds_read(scope: Scope, metric: Metric, goals: dict[str, Goal], store: Store) -> Deeds:
    """Ask what each unit that came did since."""
    found = store.query(expr.to_sql(deeds(scope, metric, goals, came(scope)).order_by("unit"), store.dialect))
    return Deeds(_ints(found["unit"]), *(_floats(found[name]) for name in ("above", "below", "before")))


def _is_money(metric: Metric) -> bool:
    return metric.of_amount or metric.kind in ("revenue", "quantile")


def _is_above(facts: Facts, rows: Table, metric: Metric, goal: Goal | None) -> Value:
    """Return whether facts are counted. Money is what was paid: a refund that a server tells has no visitor,
    so that refunds are told of some units alone; they are left out of all.
    """
    if metric.kind == "retention":
        return facts.is_view(rows)
    if not _is_money(metric):
        return expr.never(rows) if goal is None else reached(facts, rows, goal)
    if goal is None:
        return rows.amount_site > expr.money(0)
    return reached(facts, rows, goal) & (rows.amount_site.fill_null(expr.money(0)) >= expr.money(0))


def _is_below(facts: Facts, rows: Table, goal: Goal | None) -> Value:
    return expr.never(rows) if goal is None else reached(facts, rows, goal)


def _units(scope: Scope, rows: Table) -> Table:
    """Return the rows that have a unit, with its number."""
    if scope.unit == Unit.PERSON:
        known = scope.facts.known(rows)
        known = known.filter(known.person > 0)
        return known.mutate(unit=known.person)
    column = _written(scope, rows)
    return rows.filter(column != 0).mutate(unit=column)


def _written(scope: Scope, rows: Table) -> Value:
    """Return the number of the unit as it stands in the facts."""
    return {Unit.PERSON: rows.person, Unit.BROWSER: rows.known}.get(scope.unit, rows.visitor)


def _between(rows: Table, start: datetime, end: datetime) -> list[Value]:
    return [
        rows.occurred_at >= expr.moment(micros(start)),
        rows.occurred_at < expr.moment(micros(end)),
    ]


def _ints(column: pa.ChunkedArray | pa.Array) -> Ints:
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.int64)


def _floats(column: pa.ChunkedArray) -> Floats:
    return np.nan_to_num(np.asarray(column.cast("float64").to_numpy(), dtype=np.float64), nan=0.0)
