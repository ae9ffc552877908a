"""Chains: how far somebody came through the steps of a funnel, by window functions over his facts in order.

A chain is a fact for each of the first steps, each later than the one before by (time, id), and none takes
longer than the funnel allows. Of all chains that end at a fact the one that began last is kept: whatever can
follow on another can follow on it. So one pass a step finds everybody's furthest chain, without joins.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zoco.ledger import expr
from zoco.ledger.asking import along, people
from zoco.ledger.asking.goals import Goal, any_reached, reached
from zoco.ledger.asking.statements.outlines import key_of
from zoco.ledger.expr import Table, Value
from zoco.monitor.reports.conversions.counted import with_net

if TYPE_CHECKING:
    from zoco.ledger.scope import Facts

STEPS_LEAST, STEPS_MOST = 2, 8
KEPT = ("id", "occurred_at", "person", "known", "visitor")


@dataclass(frozen=True, slots=True)
class Funnel:
    """Steps in order. `within_seconds` is how long they may take in all, or with `is_each` each of them.

    `is_strict`: between two steps somebody does none of the others, and not the same again.
    """

    name: str
    steps: tuple[Goal, ...]
    within_seconds: int
    is_each: bool = False
    is_strict: bool = False

    @property
    def longest_seconds(self) -> int:
        """How long after the first step the last one can come."""
        return self.within_seconds * (len(self.steps) - 1 if self.is_each else 1)


def everybody(facts: Facts, funnel: Funnel, part: str = "") -> Table:
    """Return one row for each who took the first step within the period, and fits the filters there.

    Columns: who (negative for a known person), came (how many steps), began (when the first chain of so many
    steps began), lasted_1 … lasted_n (the shortest time from the first step to this one, 0 for who did not
    come so far), last (when the last chain of so many steps began, or with `is_each` took its last step),
    all in microseconds; brought_1 … brought_n (what all facts brought that came in time as this step, less
    refunds); and "part", the column `part` of the fact with which the chain began.
    """
    rows = _rows(facts, funnel, lambda rows: rows[part] if part else expr.text(""))
    found = _furthest(rows, funnel, "who")
    return _with_part(found, rows) if part else found


def each_time(facts: Facts, funnel: Funnel, bucket: Callable[[Table], Value]) -> Table:
    """Return one row for everybody and each step of time in which he took the first step.

    Columns: who, part (what `bucket` makes of a first step, a whole number), came and last as those of
    `everybody` if nothing had been asked for but that step of time.
    """
    rows = _rows(facts, funnel, bucket)
    starts = rows.filter(rows.entry)
    begun = starts.group_by("who", "part").aggregate(since=starts.at.min(), until=starts.at.max())
    both = rows.rename(own="part").join(begun, "who")
    longest = funnel.longest_seconds * 1_000_000
    mine = both.filter(both.at >= both.since, both.at <= both.until + longest)
    one = mine.mutate(entry=mine.entry & (mine.own == mine.part)).drop("own", "since", "until")
    return _furthest(one, funnel, "who", "part").select("who", "part", "came", "last")


def taken(facts: Facts, funnel: Funnel, number: int, columns: Sequence[str]) -> Table:
    """Return one row for each fact that is the step of this number on a way: at, its moment, and columns."""
    rows = _rows(facts, funnel, lambda _rows: expr.text(""), columns)
    if number > 1:
        rows = rows.semi_join(rows.filter(rows[f"is_{number}"]), "who")
    placed = rows.mutate(began_1=rows.entry.ifelse(rows.at, 0), came_1=rows.entry.ifelse(rows.at, 0))
    for each in range(2, number + 1):
        placed = _with_step(placed, funnel, each, ["who"])
    done = placed.filter(placed[f"came_{number}"] > 0)
    return done.select(*columns, at=done.occurred_at)


def _furthest(rows: Table, funnel: Funnel, *by: str) -> Table:
    """Return one row for each group that has a first step: the groups, came, lasted_1 …, began, last."""
    entered = _entered(rows, by)
    going = entered.filter(entered.goes_on > 0)
    further = _further(rows.semi_join(going, by), funnel, by).rename({f"__{name}": name for name in by})
    both = entered.left_join(further, [entered[name] == further[f"__{name}"] for name in by])
    numbers = range(2, len(funnel.steps) + 1)
    names = [f"{of}_{n}" for of in ("first", "last", "lasted", "brought") for n in numbers]
    each = both.mutate(**{name: both[name].fill_null(0) for name in names}, lasted_1=expr.whole(0))
    each = each.mutate(
        came=1 + sum((expr.ones(each[f"first_{n}"] > 0) for n in numbers), start=expr.whole(0))
    )
    return each.select(
        *by,
        "came",
        *(f"{of}_{n}" for of in ("lasted", "brought") for n in (1, *numbers)),
        began=_at_furthest(each, funnel, "first"),
        last=_at_furthest(each, funnel, "last"),
    )


def newest(facts: Facts) -> Table:
    """Return one row, when the last fact of the site happened: newest in microseconds, newest_at.

    As far as the period looks: one that was cut off knows what was known then.
    """
    from zoco.ledger.asking.statements.engines import table

    rows, at = table("facts"), facts.period
    mine = rows.filter(
        rows.site == key_of(facts.site),
        rows.occurred_at >= expr.start_of(at),
        rows.occurred_at < expr.horizon_of(at),
    )
    return mine.aggregate(newest=expr.micros(mine.occurred_at.max()), newest_at=mine.occurred_at.max())


def _rows(facts: Facts, funnel: Funnel, part: Callable[[Table], Value], columns: Sequence[str] = ()) -> Table:
    """Return the facts that are any step of anybody's: who, id, occurred_at, at, net, entry, is_2 … is_n,
    part, and columns of theirs.
    """
    wide = facts.whole_visits.later(funnel.longest_seconds)
    rows = with_net(wide.where(lambda rows: any_reached(wide, rows, funnel.steps)), facts, funnel.steps)
    starts = reached(wide, rows, funnel.steps[0]) & (rows.occurred_at < expr.end_of(facts.period))
    for fits in facts.fits(rows):
        starts = starts & fits
    steps = {f"is_{n}": reached(wide, rows, goal) for n, goal in enumerate(funnel.steps[1:], 2)}
    marked = rows.select(*KEPT, "net", *columns, entry=starts, **steps, part=part(rows))
    told = people.told_apart(facts.known(marked))
    return told.mutate(at=expr.micros(told.occurred_at))


def _entered(rows: Table, by: Sequence[str]) -> Table:
    """Return who took the first step: when first and last, and how many second steps there are at all."""
    starts = {"first_1": rows.at.min(where=rows.entry), "last_1": rows.at.max(where=rows.entry)}
    each = rows.group_by(*by).aggregate(
        **starts, brought_1=rows.net.sum(where=rows.entry), goes_on=expr.ones(rows.is_2).sum()
    )
    filled = each.mutate(**{name: each[name].fill_null(0) for name in (*starts, "brought_1")})
    return filled.filter(filled.first_1 > 0)


def _further(rows: Table, funnel: Funnel, by: Sequence[str]) -> Table:
    """Return who took the second step or more: first_n, last_n and lasted_n of each of these."""
    placed = rows.mutate(began_1=rows.entry.ifelse(rows.at, 0), came_1=rows.entry.ifelse(rows.at, 0))
    found: dict[str, Value] = {}
    lasting = "came" if funnel.is_each else "began"
    for number in range(2, len(funnel.steps) + 1):
        placed = _with_step(placed, funnel, number, by)
    for number in range(2, len(funnel.steps) + 1):
        began, is_one = placed[f"began_{number}"], placed[f"began_{number}"] > 0
        found[f"first_{number}"] = began.min(where=is_one)
        found[f"last_{number}"] = placed[f"{lasting}_{number}"].max(where=is_one)
        found[f"lasted_{number}"] = (placed.at - began).min(where=is_one)
        found[f"brought_{number}"] = placed.net.sum(where=is_one)
    return placed.group_by(*by).aggregate(**found)


def _with_step(rows: Table, funnel: Funnel, number: int, by: Sequence[str]) -> Table:
    """Return the rows with two columns more: when the chain began of which each is the step of this number,
    and when it came there; 0 for none.
    """
    before = along.just_before if funnel.is_strict else along.latest_before
    began, came = (before(rows[f"{name}_{number - 1}"], rows, *by) for name in ("began", "came"))
    held = rows.mutate(__began=began, __came=came)
    since = held["__came"] if funnel.is_each else held["__began"]
    within = held.at - since <= funnel.within_seconds * 1_000_000
    is_one = held[f"is_{number}"] & (held["__began"] > 0) & within
    return held.mutate(
        **{f"began_{number}": is_one.ifelse(held["__began"], 0)},
        **{f"came_{number}": is_one.ifelse(held.at, 0)},
    ).drop("__began", "__came")


def _at_furthest(each: Table, funnel: Funnel, of: str) -> Value:
    """Return the column of the number that somebody came to."""
    return along.numbered(each.came, [each[f"{of}_{n}"] for n in range(1, len(funnel.steps) + 1)])


def _with_part(known: Table, rows: Table) -> Table:
    """Join what the fact says with which a chain began; of several at that moment the first by its id."""
    starts = rows.filter(rows.entry)
    first = starts.group_by(__who="who", __at="at").aggregate(part=expr.first_by(starts.part, starts))
    both = known.left_join(first, [known.who == first["__who"], known.began == first["__at"]])
    return both.mutate(part=both.part.fill_null("")).select(*known.columns, "part")
