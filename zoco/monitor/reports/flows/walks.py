"""Walks: the steps of a visit, or of a person, away from the first fact of a kind, either way.

One walk each: from the first such fact by (time, id), over the steps after it or, backwards, over those
before it. Windows put the steps in order; nobody is joined with himself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zoco.ledger import expr
from zoco.ledger.asking import along, people
from zoco.ledger.asking.goals import EVENT_SENT, PAGE_ENGAGED, Goal, PropCondition, holds, reached
from zoco.ledger.expr import Table, Value
from zoco.monitor.reports.funnels.chains import newest

if TYPE_CHECKING:
    from zoco.ledger.scope import Facts

DAY_SECONDS = 86_400
GAP_SECONDS = 1_800
"""A visit is over when so long nothing came."""
UNTOLD = (PAGE_ENGAGED, "web.asset.served", "web.vitals.measured")
"""Facts that come with a page by themselves: nobody did them."""
OTHERS, ENDED, OPEN, BEGAN = "…", "…ended", "…open", "…began"
"""What stands where no step does: all rare ones together, and why there is no further one."""
KEPT = ("id", "occurred_at", "person", "known", "visitor", "session")


@dataclass(frozen=True, slots=True)
class Anchor:
    """The fact that walks go from: one that reaches a goal, and has further properties."""

    goal: Goal
    conditions: tuple[PropCondition, ...] = ()


@dataclass(frozen=True, slots=True)
class Walk:
    """How to walk. `what` is a step: page, fact or source; `days` bounds walks of visitors, not of visits."""

    anchor: Anchor
    what: str = "page"
    is_back: bool = False
    is_by_visit: bool = True
    days: int = 7
    steps: int = 3

    @property
    def within_seconds(self) -> int:
        """How far from the anchor steps are looked for; a visit that lasts longer is cut."""
        return DAY_SECONDS * (1 if self.is_by_visit else self.days)


def walked(facts: Facts, walk: Walk) -> Table:
    """Return one row for each step, and one for each walk that has fewer than were asked for: who,
    number (from 1), label, and is_end.

    The label of an end is one of BEGAN, ENDED and OPEN: by the newest fact of the site a visit may still go
    on for half an hour, a visitor while the days are not over. Equal steps in a row are one.
    """
    kept = _numbered(_sided(_near(_rows(facts, walk)), walk), walk)
    each = kept.group_by("who").aggregate(
        number=kept.number.max() + 1, last=kept.at.max(), since=kept.since.max()
    )
    short = each.filter(each.number <= walk.steps)
    steps = kept.filter(kept.number > 0).select("who", "number", "label", is_end=expr.whole(0))
    ends = _ended(short, facts, walk).select("who", "number", "label", is_end=expr.whole(1))
    kinds = {"who": "!int64", "number": "!int64", "label": "!string", "is_end": "!int64"}
    return steps.cast(kinds).union(ends.cast(kinds))


def _rows(facts: Facts, walk: Walk) -> Table:
    """Return the facts that are anchors or steps, on the side of each walk's anchor and near to it: who, id,
    occurred_at, at, since, entry, is_step, label.

    Most facts are of nobody who has an anchor: they go before anything is put in order.
    """
    wide = facts.whole_visits
    earlier = walk.within_seconds if walk.is_back else 0
    # A visit must be seen from where it began to know which of its facts was the first.
    earlier += DAY_SECONDS if walk.what == "source" else 0
    wide = wide.earlier(earlier) if earlier else wide
    wide = wide if walk.is_back else wide.later(walk.within_seconds)
    rows = wide.where(lambda rows: _has_who(rows, walk))
    is_step, label = _step(wide, rows, walk.what)
    marked = rows.select(*KEPT, entry=_is_entry(facts, wide, rows, walk), is_step=is_step, label=label)
    if walk.what == "source":
        first = along.lagged(expr.ones(marked.session != 0), marked, "session", empty=0) == 0
        marked = marked.mutate(is_step=(marked.session != 0) & first)
    told = _told_apart(marked.filter(marked.entry | marked.is_step), facts, walk)
    both = told.mutate(at=expr.micros(told.occurred_at)).inner_join(_anchors(facts, walk), "who")
    gap = both.since - both["at"] if walk.is_back else both["at"] - both.since
    return both.filter((gap >= 0) & (gap <= walk.within_seconds * 1_000_000))


def _anchors(facts: Facts, walk: Walk) -> Table:
    """Return when the first anchor of each walk was: who, since."""
    wide = facts.whole_visits
    rows = wide.where(lambda rows: _has_who(rows, walk) & _is_entry(facts, wide, rows, walk))
    told = _told_apart(rows.select(*KEPT), facts, walk)
    return told.group_by("who").aggregate(since=expr.micros(told.occurred_at.min()))


def _has_who(rows: Table, walk: Walk) -> Value:
    return (rows.session != 0) if walk.is_by_visit else (rows.visitor != 0)


def _is_entry(facts: Facts, wide: Facts, rows: Table, walk: Walk) -> Value:
    """Return whether facts are anchors: such facts of the period that fit the filters."""
    entry = reached(wide, rows, walk.anchor.goal)
    entry = entry & (rows.occurred_at >= expr.start_of(facts.period))
    entry = entry & (rows.occurred_at < expr.end_of(facts.period))
    for condition in walk.anchor.conditions:
        entry = entry & holds(rows, condition)
    for fits in facts.fits(rows):
        entry = entry & fits
    return entry


def _step(facts: Facts, rows: Table, what: str) -> tuple[Value, Value]:
    """Return whether each fact is a step, and what it is called."""
    if what == "page":
        return facts.is_view(rows), rows.path
    if what == "source":
        return expr.never(rows), rows.source
    return rows.name.notin(UNTOLD), (rows.name == EVENT_SENT).ifelse(rows.subject, rows.name)


def _told_apart(rows: Table, facts: Facts, walk: Walk) -> Table:
    if walk.is_by_visit:
        return rows.mutate(who=rows.session).drop("person", "known", "visitor", "session")
    return people.told_apart(facts.known(rows)).drop("session")


def _near(rows: Table) -> Table:
    """Return each walk's anchor, the first one, and the steps on its side: `begins`."""
    turns = rows.mutate(turn=along.so_far(expr.ones(rows.entry), rows, "who"))
    return turns.mutate(begins=turns.entry & (turns.turn == 1))


def _sided(rows: Table, walk: Walk) -> Table:
    on_side = rows.turn == 0 if walk.is_back else rows.turn > 0
    return rows.filter(rows.begins | (rows.is_step & on_side))


def _numbered(rows: Table, walk: Walk) -> Table:
    """Return the anchors, number 0, and as many steps as were asked for; equal ones in a row are one."""
    before = along.lagged(rows.label, rows, "who", empty="", is_back=walk.is_back)
    was_step = along.lagged(expr.ones(rows.is_step), rows, "who", empty=0, is_back=walk.is_back)
    marked = rows.mutate(is_new=rows.begins | (rows.label != before) | (was_step == 0))
    kept = marked.filter(marked.is_new)
    ones = expr.ones(~kept.begins)
    numbered = kept.mutate(number=along.so_far(ones, kept, "who", is_back=walk.is_back))
    return numbered.filter(numbered.number <= walk.steps)


def _ended(short: Table, facts: Facts, walk: Walk) -> Table:
    """Return the walks that have fewer steps, with why: `label`."""
    if walk.is_back:
        return short.mutate(label=expr.text(BEGAN))
    told = short.cross_join(newest(facts))
    if walk.is_by_visit:
        is_open = told.newest - told["last"] < GAP_SECONDS * 1_000_000
    else:
        is_open = told.newest - told.since < walk.within_seconds * 1_000_000
    return told.mutate(label=is_open.ifelse(expr.text(OPEN), expr.text(ENDED)))
