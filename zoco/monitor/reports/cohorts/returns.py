"""Returns: when everybody did something for the first time ever, and in which steps of time again.

Facts are grouped by person and step of time, and what is asked is asked of these few: one pass over the
facts, and one window over the groups.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from zoco.kit.periods import Grain
from zoco.ledger import expr
from zoco.ledger.asking import along, people
from zoco.ledger.asking.goals import Goal, any_of, reached
from zoco.ledger.asking.statements import blanks
from zoco.ledger.asking.statements.blanks import longer
from zoco.ledger.expr import Table, Value
from zoco.monitor.reports.cohorts.spans import LENGTHS
from zoco.monitor.reports.funnels.chains import KEPT, newest

if TYPE_CHECKING:
    from zoco.ledger.scope import Facts

Deed = Goal | None
"""What somebody did: reached a goal of the site, or with None viewed any page."""

FAR = 1 << 62


def everybody(facts: Facts, first: Deed, back: Deed, grain: Grain, room: int) -> Table:
    """Return who did `first` for the first time ever within the period, and fits the filters there.

    One row for each of them and each step of time in which he did either. Columns: who, cohort (the local
    start of the step in which he began), is_new (1 in one row of each, else 0), gap (how long after the
    cohort's start the step starts in which he came back; -LENGTHS[grain] for who did not come back in it).
    Whoever begins has come back in that step where `first` is `back`. Local time is known for `room` days
    after the period.
    """
    rows = _marked(facts, first, back, grain, room)
    stepped = rows.group_by("who", "bucket").aggregate(
        first_at=rows.first_at.min(), start_at=rows.start_at.min(), back_at=rows.back_at.max()
    )
    begins = (stepped.start_at < FAR).ifelse(stepped.bucket, FAR)
    placed = stepped.mutate(
        began=along.of_group(stepped.first_at.min(), stepped, "who"),
        started=along.of_group(stepped.start_at.min(), stepped, "who"),
        cohort=along.of_group(begins.min(), stepped, "who"),
    )
    new = placed.filter(placed.began == placed.started, placed.began < FAR)
    is_back = new.back_at >= new.began
    return new.select(
        "who",
        "cohort",
        is_new=expr.ones(new.first_at == new.began),
        gap=is_back.ifelse(new.bucket - new.cohort, -LENGTHS[grain]),
    )


def now(facts: Facts, grain: Grain, room: int) -> Table:
    """Return one row, now: the local start of the step in which the newest fact of the site happened."""
    found = newest(facts)
    return found.select(now=with_room(facts, room).bucket(found.newest_at, grain))


def _marked(facts: Facts, first: Deed, back: Deed, grain: Grain, room: int) -> Table:
    """Return all facts ever that are either: who, bucket, first_at, start_at (a first one within the period
    that fits), both FAR where they are none, and back_at, 0 where it is none.
    """
    ever = ever_of(facts.whole_visits)
    deeds = tuple(dict.fromkeys((first, back)))
    rows = ever.where(lambda rows: any_of([done(ever, rows, deed) for deed in deeds]))
    is_first = done(ever, rows, first)
    marked = rows.select(
        *KEPT, is_first=is_first, starts=is_first & starting(facts, rows), is_back=done(ever, rows, back)
    )
    told = people.told_apart(facts.known(marked)).mutate(at=lambda rows: expr.micros(rows.occurred_at))
    return told.select(
        "who",
        bucket=with_room(facts, room).bucket(told.occurred_at, grain),
        first_at=told.is_first.ifelse(told["at"], FAR),
        start_at=told.starts.ifelse(told["at"], FAR),
        back_at=told.is_back.ifelse(told["at"], 0),
    )


def starting(facts: Facts, rows: Table) -> Value:
    """Return whether each fact is of the period and fits the filters."""
    inside = (rows.occurred_at >= expr.start_of(facts.period)) & (
        rows.occurred_at < expr.end_of(facts.period)
    )
    for fits in facts.fits(rows):
        inside = inside & fits
    return inside


def ever_of(facts: Facts) -> Facts:
    """Return the same with the facts of all times."""
    return replace(facts, period=blanks.ever(facts.site.zone))


def done(facts: Facts, rows: Table, deed: Deed) -> Value:
    """Return whether each fact is the deed."""
    return facts.is_view(rows) if deed is None else reached(facts, rows, deed)


def with_room(facts: Facts, days: int) -> Facts:
    """Return the same with a period in which local time is known for so many days after it, or if below 0
    before it.
    """
    return replace(facts, period=longer(facts.period, days))
