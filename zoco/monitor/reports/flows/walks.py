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
ANCHOR = 0
CODES = {-1: OTHERS, -2: ENDED, -3: OPEN, -4: BEGAN}
"""Labels are walked as numbers, for texts are slow to order and to compare: these, those of `labels` from 1,
and ANCHOR for whatever the anchor is called."""
CODE_OF = {label: code for code, label in CODES.items()}
EVERY_PAGE = "/**"
LATER = 1 << 62
ROOM = 1 << 40
"""A moment after all others; more labels than there can be."""
KEPT = ("id", "occurred_at", "person", "known", "visitor", "session")
WALKED = dict.fromkeys(("who", "number", "code", "before", "is_end"), "!int64")


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
    def is_plain(self) -> bool:
        """Whether each anchor is a step as well, as a page among pages is."""
        return self.anchor.goal.kind == "page" and self.what != "source"

    @property
    def is_everywhere(self) -> bool:
        """Whether every step of a visit is an anchor, so that none can be left out before."""
        is_after = self.is_by_visit and not self.is_back
        return self.is_plain and is_after and self.anchor.goal.pattern == EVERY_PAGE

    @property
    def within_seconds(self) -> int:
        """How far from the anchor steps are looked for; a visit that lasts longer is cut."""
        return DAY_SECONDS * (1 if self.is_by_visit else self.days)


def walked(facts: Facts, walk: Walk) -> Table:
    """Return one row for each step, and one for each walk that has fewer than were asked for: who,
    number (from 1), code, before, and is_end.

    `code` is the number of a label, `before` that of the step before, ANCHOR before the first. The code of an
    end is that of BEGAN, ENDED or OPEN: by the newest fact of the site a visit may still go on for half an
    hour, a visitor while the days are not over. Equal steps in a row are one.
    """
    kept = _numbered(_rows(facts, walk), walk)
    each = kept.group_by("who").aggregate(
        place=(kept.number * ROOM + kept.code).max(),
        last=expr.micros(kept.occurred_at.max()),
        since=expr.micros(kept.occurred_at.min()),
    )
    ended = each.select("who", "last", "since", number=each.place // ROOM + 1, before=each.place % ROOM)
    short = ended.filter(ended.number <= walk.steps)
    steps = kept.filter(kept.number > 0).mutate(is_end=expr.whole(0))
    both = steps.select(*WALKED).cast(WALKED).union(_ended(short, facts, walk).select(*WALKED).cast(WALKED))
    return both.mutate(before=(both.number == 1).ifelse(expr.whole(ANCHOR), both.before))


def labels(facts: Facts, walk: Walk) -> Table:
    """Return the labels of steps with their numbers, in the order of the alphabet: label, code."""
    wide = _wide(facts, walk)

    def may_be_step(rows: Table) -> Value:
        is_step = (rows.session != 0) if walk.what == "source" else _step(wide, rows, walk.what)[0]
        return _has_who(rows, walk) & is_step

    rows = wide.where(may_be_step)
    each = rows.select(label=_step(wide, rows, walk.what)[1]).distinct()
    return each.select("label", code=along.place(each, each.label.asc()).cast("!int64"))


def labelled(rows: Table, column: str, known: Table) -> Table:
    """Return rows with the codes in a column as labels; ANCHOR stays for the caller, as ""."""
    named = known.rename(__label="label", __code="code")
    both = rows.left_join(named, rows[column] == named["__code"])
    label = both["__label"].fill_null("")
    for code, said in CODES.items():
        label = (both[column] == code).ifelse(expr.text(said), label)
    return both.mutate(**{column: label}).select(*rows.columns)


def _rows(facts: Facts, walk: Walk) -> Table:
    """Return the facts that are anchors or steps, on the side of each walk's anchor and near to it: who, id,
    occurred_at, entry, is_step, code (ANCHOR for what is no step).

    Most facts are of nobody who has an anchor: they go before anything is put in order.
    """
    wide = _wide(facts, walk)
    rows = wide.where(lambda rows: _has_who(rows, walk))
    is_step, label = _step(wide, rows, walk.what)
    marked = rows.select(*KEPT, entry=_is_entry(facts, wide, rows, walk), is_step=is_step, label=label)
    if walk.what == "source":
        first = along.lagged(expr.ones(marked.session != 0), marked, "session", empty=0) == 0
        marked = marked.mutate(is_step=(marked.session != 0) & first)
    if walk.is_everywhere:
        near = _told_apart(marked.filter(marked.is_step), facts, walk)
    else:
        near = _near(_told_apart(marked, facts, walk), _anchors(facts, walk), walk)
    coded = near.left_join(labels(facts, walk), "label")
    code = coded.is_step.ifelse(coded.code.fill_null(ANCHOR), expr.whole(ANCHOR))
    return coded.select("who", "id", "occurred_at", "entry", "is_step", code=code)


def _near(rows: Table, anchors: Table, walk: Walk) -> Table:
    """Return the anchors and steps on the side of each walk's first anchor, and near to it."""
    both = rows.inner_join(anchors, "who")
    at = expr.micros(both.occurred_at)
    gap = both.since - at if walk.is_back else at - both.since
    # One condition, of both sides: so an engine looks facts up among anchors, which are fewer.
    gap = (both.entry | both.is_step).ifelse(gap, expr.whole(-1))
    return both.filter((gap >= 0) & (gap <= walk.within_seconds * 1_000_000)).drop("since")


def _wide(facts: Facts, walk: Walk) -> Facts:
    """Return the facts among which steps are looked for."""
    wide = facts.whole_visits
    earlier = walk.within_seconds if walk.is_back else 0
    # A visit must be seen from where it began to know which of its facts was the first.
    earlier += DAY_SECONDS if walk.what == "source" else 0
    wide = wide.earlier(earlier) if earlier else wide
    return wide if walk.is_back else wide.later(walk.within_seconds)


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


def _numbered(rows: Table, walk: Walk) -> Table:
    """Return the anchors, number 0, and as many steps as were asked for; equal ones in a row are one."""
    marked = _beside(rows, walk)
    kept = marked.filter(marked.begins | (marked.code != marked.before))
    number = along.place_in(kept, ["who"], kept["place"].asc()) - 1
    numbered = kept.select("who", "occurred_at", "code", "before", number=number)
    return numbered.filter(numbered.number <= walk.steps)


def _beside(rows: Table, walk: Walk) -> Table:
    """Return each walk's anchor (`begins`), the first one, and the steps on its side, with the code that was
    `before` each, and their `place`: one number is quicker to order by again than moment and id.
    """
    if walk.is_plain and not walk.is_back:
        return _after(rows, walk)
    turns = rows.mutate(turn=along.so_far(expr.ones(rows.entry), rows, "who"))
    begun = turns.mutate(begins=turns.entry & (turns.turn == 1))
    on_side = begun.turn == 0 if walk.is_back else begun.turn > 0
    sided = begun.filter(begun.begins | (begun.is_step & on_side))
    return sided.mutate(
        before=along.lagged(sided.code, sided, "who", empty=-1, is_back=walk.is_back),
        place=along.turn(sided, "who", is_back=walk.is_back),
    )


def _after(rows: Table, walk: Walk) -> Table:
    """Return the same where all rows after the anchor are steps: both go along one order, made once."""
    at = expr.micros(rows.occurred_at)
    turns = rows.mutate(
        before=along.lagged(rows.code, rows, "who", empty=-1),
        place=along.turn(rows, "who"),
        # How long before LATER the first anchor was, of the rows before; 0 where there was none yet.
        ahead=along.latest_before(rows.entry.ifelse(LATER - at, 0), rows, "who"),
    )
    begun = turns.mutate(begins=turns.entry & (turns.ahead == 0))
    gap = expr.micros(begun.occurred_at) - (LATER - begun.ahead)
    return begun.filter(begun.begins | ((begun.ahead > 0) & (gap <= walk.within_seconds * 1_000_000)))


def _ended(short: Table, facts: Facts, walk: Walk) -> Table:
    """Return the walks that have fewer steps, with why: `code`."""
    ended = short.mutate(is_end=expr.whole(1))
    if walk.is_back:
        return ended.mutate(code=expr.whole(CODE_OF[BEGAN]))
    told = ended.cross_join(newest(facts))
    if walk.is_by_visit:
        is_open = told.newest - told["last"] < GAP_SECONDS * 1_000_000
    else:
        is_open = told.newest - told.since < walk.within_seconds * 1_000_000
    return told.mutate(code=is_open.ifelse(expr.whole(CODE_OF[OPEN]), expr.whole(CODE_OF[ENDED])))
