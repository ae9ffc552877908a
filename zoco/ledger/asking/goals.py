"""Goals: what a site is for. An app above keeps them; here is when a fact, or a visit, reaches one.

A goal about a fact (page, event, form, revenue) is reached each time such a fact happens. One about
engagement is reached once by each session that stays long enough and sees enough.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, get_args

from zoco.ledger import expr
from zoco.ledger.expr import Table, Value

if TYPE_CHECKING:
    from zoco.ledger.scope import Facts

GoalKind = Literal["page", "event", "form", "revenue", "engagement"]
Comparison = Literal["is", "is_not", "contains", "above", "below"]
COMPARISONS: tuple[Comparison, ...] = get_args(Comparison)

EVENT_SENT = "web.event.sent"
PAGE_ENGAGED = "web.page.engaged"
FORM_EVENT = "form"
FORM_PROP = "form"


@dataclass(frozen=True, slots=True)
class PropCondition:
    """What a property must be: text for is, is_not and contains, a number for above and below."""

    prop: str
    comparison: Comparison
    value: str


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal of a site; its name is its own among the site's.

    `pattern` is of paths (* stands for anything but a slash, ** for anything), `event` the name of an
    event of the site's own, of a fact (shop.basket.added), or of a form, `seconds` and `views` what a
    session must at least have, `amount` what a fact must at least bring in the site's currency.
    """

    name: str
    kind: GoalKind
    pattern: str = ""
    event: str = ""
    conditions: tuple[PropCondition, ...] = ()
    seconds: int = 0
    views: int = 0
    amount: Decimal = Decimal(0)


_providers: list[Callable[[int], tuple[Goal, ...]]] = []


def provide(provider: Callable[[int], tuple[Goal, ...]]) -> None:
    """Register who knows the goals of a site by its key; called once, by the app that owns them."""
    _providers[:] = [provider]


def goals_of(site: int) -> tuple[Goal, ...]:
    """Return the goals of a site in the order in which lists show them."""
    return _providers[0](site) if _providers else ()


def goals_of_facts(site: int) -> tuple[Goal, ...]:
    """Return those goals of a site that facts reach: a visit that lasts is none, and has no moment."""
    return tuple(goal for goal in goals_of(site) if goal.kind != "engagement")


Follow = Callable[[int, str, str], None]
_follows: dict[str, Follow] = {}


def follow(app: str, renamed: Follow) -> None:
    """Register what lets an app's rows of a site, by its key, go by the new name of a goal.

    It is called with the site, the name that was and the one that is now, in the transaction of the change.
    """
    _follows[app] = renamed


def goal_renamed(*, site: int, was: str, now: str) -> None:
    """Let all that goes by a goal's name follow it to its new one."""
    for each in _follows.values():
        each(site, was, now)


def reached(facts: Facts, rows: Table, goal: Goal) -> Value:
    """Return whether each fact reaches a goal; never for a goal about engagement."""
    # Rows have just the columns that the question speaks of: nothing is asked of them in vain.
    return reached_of(rows, goal, facts.is_view(rows) if goal.kind == "page" else expr.never(rows))


def reached_of(rows: Table, goal: Goal, is_view: Value) -> Value:
    """Return the same of rows that say by `is_view` whether they are page views."""
    match goal.kind:
        case "page":
            return is_view & path_fits(rows.path, goal.pattern)
        case "event":
            return _all(_named(rows, goal.event), [holds(rows, each) for each in goal.conditions])
        case "form":
            sent = (rows.name == EVENT_SENT) & (rows.subject == FORM_EVENT)
            return _all(sent, [expr.prop_text(rows, FORM_PROP) == goal.event] if goal.event else [])
        case "revenue":
            brought = (rows.amount_site > 0) & (rows.amount_site >= expr.money(goal.amount))
            return _all(brought, [_named(rows, goal.event)] if goal.event else [])
        case "engagement":
            return expr.never(rows)


def any_reached(facts: Facts, rows: Table, goals: Sequence[Goal]) -> Value:
    """Return whether each fact reaches any of the goals; of many pages and events in one comparison."""
    found = [expr.never(rows)]
    paths = [key_of(goal) for goal in goals if goal.kind == "page" and key_of(goal)]
    events = [goal.event for goal in goals if goal.kind == "event" and not goal.conditions]
    if paths:
        found.append(facts.is_view(rows) & rows.path.isin([*paths, *(f"{path}/" for path in paths)]))
    if events:
        found += [(rows.name == EVENT_SENT) & rows.subject.isin(events), rows.name.isin(events)]
    for goal in goals:
        if not key_of(goal) and not (goal.kind == "event" and not goal.conditions):
            found.append(reached(facts, rows, goal))
    return any_of(found)


def any_of(conditions: Sequence[Value]) -> Value:
    """Return whether any of these holds, as a tree that is no deeper than it must be: who writes and reads
    statements calls himself at each level.
    """
    while len(conditions) > 1:
        pairs = [one | other for one, other in zip(conditions[::2], conditions[1::2], strict=False)]
        conditions = [*pairs, *conditions[2 * len(pairs) :]]
    return conditions[0]


def key_of(goal: Goal) -> str:
    """Return what a page or an event must be for a goal, "" where that is no word of its own."""
    if goal.kind == "page":
        return "" if "*" in goal.pattern or not goal.pattern.rstrip("/") else goal.pattern.rstrip("/")
    if goal.kind != "event" or goal.conditions:
        return ""
    is_of_views = goal.event.startswith("web.page.") or goal.event == EVENT_SENT
    return "" if is_of_views else f"!{goal.event}"


def stayed(sessions: Table, goal: Goal) -> Value:
    """Return whether sessions (see `sessions_spent`) reach a goal about engagement."""
    return (sessions.spent >= goal.seconds * 1_000) & (sessions.page_views >= goal.views)


def sessions_spent(facts: Facts, *columns: str) -> Table:
    """Return one row a session: session, visitor, began, page_views, spent in milliseconds, the columns.

    A column's value is that of the session's first fact here.
    """
    rows = facts.where(lambda rows: facts.is_view(rows) | (rows.name == PAGE_ENGAGED))
    known = rows.filter(rows.session != 0)
    return known.group_by("session").aggregate(
        visitor=known.visitor.max(),
        began=known.occurred_at.min(),
        page_views=known.count(where=facts.is_view(known)),
        spent=spent(known).sum(),
        **{name: expr.first_by(known[name], known) for name in columns},
    )


def sessions_reached(facts: Facts, goals: Sequence[Goal]) -> Table:
    """Return the sessions that reached any of the goals: one column, session."""
    whole = replace(facts, filters=(), columns=frozenset())
    rows = whole.where(lambda rows: any_reached(whole, rows, goals))
    found = rows.filter(rows.session != 0).select("session")
    about_sessions = [goal for goal in goals if goal.kind == "engagement"]
    if not about_sessions:
        return found.distinct()
    each = sessions_spent(whole)
    fits = any_of([stayed(each, goal) for goal in about_sessions])
    return found.union(each.filter(fits).select("session"), distinct=True)


def spent(rows: Table) -> Value:
    """Return for how many milliseconds each fact says that somebody looked."""
    return expr.ones(rows.name == PAGE_ENGAGED) * rows.quantity


def _all(first: Value, others: Sequence[Value]) -> Value:
    for other in others:
        first = first & other
    return first


def _named(rows: Table, event: str) -> Value:
    """Return whether facts are an event of the site's own, or any other of that name."""
    return ((rows.name == EVENT_SENT) & (rows.subject == event)) | (rows.name == event)


def holds(rows: Table, condition: PropCondition) -> Value:
    """Return whether a property of each fact is what it must be."""
    match condition.comparison:
        case "is":
            return expr.prop_text(rows, condition.prop) == condition.value
        case "is_not":
            return expr.prop_text(rows, condition.prop) != condition.value
        case "contains":
            return expr.prop_text(rows, condition.prop).contains(condition.value)
        case "above":
            return expr.prop_number(rows, condition.prop) > float(condition.value)
        case "below":
            number = expr.prop_number(rows, condition.prop)
            return (expr.prop_text(rows, condition.prop) != "") & (number < float(condition.value))


def path_fits(path: Value, pattern: str) -> Value:
    """Return whether paths fit a pattern; a slash at the end makes no difference."""
    if "*" not in pattern:
        bare = pattern.rstrip("/")
        return path.isin([bare, f"{bare}/"]) if bare else path == "/"
    if pattern.index("*") == len(pattern) - 2 and pattern.endswith("**"):
        return path.startswith(pattern[:-2])
    return path.re_search(pattern_regex(pattern))


def pattern_regex(pattern: str) -> str:
    """Return the regular expression of a pattern of paths, in the words of RE2, which both engines use."""
    pieces = re.split(r"(\*\*|\*)", pattern.rstrip("/"))
    words = {"**": ".*", "*": "[^/]*"}
    return f"^{''.join(words.get(piece) or re.escape(piece) for piece in pieces)}/?$"
