"""Goals: what a site is for. An app above keeps them; here is when a fact, or a visit, reaches one.

A goal about a fact (page, event, form, revenue) is reached each time such a fact happens. One about
engagement is reached once by each session that stays long enough and sees enough.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, cast, get_args

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


def reached(facts: Facts, rows: Table, goal: Goal) -> Value:
    """Return whether each fact reaches a goal; never for a goal about engagement."""
    return _reached(rows, goal, facts.is_view(rows))


def _reached(rows: Table, goal: Goal, is_view: Value) -> Value:
    match goal.kind:
        case "page":
            return is_view & path_fits(rows.path, goal.pattern)
        case "event":
            return _all(_named(rows, goal.event), [_holds(rows, each) for each in goal.conditions])
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
    found = expr.never(rows)
    paths = [_key(goal) for goal in goals if goal.kind == "page" and _key(goal)]
    events = [goal.event for goal in goals if goal.kind == "event" and not goal.conditions]
    if paths:
        found = found | (facts.is_view(rows) & rows.path.isin([*paths, *(f"{path}/" for path in paths)]))
    if events:
        found = found | ((rows.name == EVENT_SENT) & rows.subject.isin(events)) | rows.name.isin(events)
    for goal in goals:
        if not _key(goal) and not (goal.kind == "event" and not goal.conditions):
            found = found | reached(facts, rows, goal)
    return found


def hits(facts: Facts) -> Table:
    """Return goal, visitor, amount: a row for each time that one of the goals was reached.

    A goal about a page or an event is held against what differs in pages and events, not against each
    fact: dozens of goals cost little more than one. Goals that ask for more than that look at the facts
    that can fit.
    """
    plain = [goal for goal in facts.goals if goal.kind in ("page", "event", "form") and _is_plain(goal)]
    said = [goal for goal in facts.goals if goal.kind in ("event", "form") and not _is_plain(goal)]
    paid = [goal for goal in facts.goals if goal.kind == "revenue"]
    long = [goal for goal in facts.goals if goal.kind == "engagement"]
    found = []
    if plain:
        found.append(_plain_hits(facts, plain))
    if said:
        events = [goal.event for goal in said]
        rows = facts.where(lambda rows: (rows.name == EVENT_SENT) | rows.name.isin(events))
        found.append(_hit(rows, [(reached(facts, rows, goal), goal) for goal in said], rows.amount_site))
    if paid:
        rows = facts.where(lambda rows: rows.amount_site > 0)
        found.append(_hit(rows, [(reached(facts, rows, goal), goal) for goal in paid], rows.amount_site))
    if long:
        visits = sessions_spent(facts)
        found.append(_hit(visits, [(stayed(visits, goal), goal) for goal in long], expr.money(0)))
    if not found:
        rows = facts.where(expr.never)
        return rows.select(goal=expr.text(""), visitor=rows.visitor, amount=rows.amount_site)
    types = {"goal": "!string", "visitor": "!int64", "amount": "!decimal(18,4)"}
    alike = [each.cast(types) for each in found]
    return alike[0].union(*alike[1:]) if len(alike) > 1 else alike[0]


def _is_plain(goal: Goal) -> bool:
    """Say whether name, subject and path of a fact are enough to know."""
    return not goal.conditions and not (goal.kind == "form" and goal.event)


def _plain_hits(facts: Facts, plain: Sequence[Goal]) -> Table:
    names = {EVENT_SENT, *(goal.event for goal in plain if goal.event)}
    rows = facts.where(lambda rows: facts.is_view(rows) | rows.name.isin(sorted(names)))
    is_view = facts.is_view(rows)
    rows = rows.select(
        "name", "visitor", is_view=is_view, subject=is_view.ifelse("", rows.subject),
        path=is_view.ifelse(rows.path, ""), amount=rows.amount_site.cast("decimal(18,4)"),
    )  # fmt: skip
    kinds = rows.select("name", "is_view", "subject", "path").distinct()
    keyed = [goal for goal in plain if _key(goal)]
    others = [goal for goal in plain if not _key(goal)]
    found = []
    if keyed:
        event = (kinds.name == EVENT_SENT).ifelse(kinds.subject, kinds.name)
        path = kinds.path.endswith("/").ifelse(kinds.path.left(kinds.path.length() - 1), kinds.path)
        with_key = kinds.mutate(key=kinds.is_view.ifelse(path, expr.text("!") + event))
        found.append(with_key.inner_join(_keys(keyed), "key").select(*kinds.columns, "goal"))
    if others:
        fits = kinds.mutate(goal=_names([(_reached(kinds, goal, kinds.is_view), goal) for goal in others]))
        found.append(fits.filter(fits.goal != ""))
    types = {"goal": "!string"} | dict.fromkeys(kinds.columns, "!string") | {"is_view": "!boolean"}
    alike = [each.cast(types) for each in found]
    pairs = alike[0].union(*alike[1:]) if len(alike) > 1 else alike[0]
    return rows.inner_join(pairs, kinds.columns).select("goal", "visitor", "amount")


def _key(goal: Goal) -> str:
    """Return what a page or an event must be for a goal, "" where that is no word of its own."""
    if goal.kind == "page":
        return "" if "*" in goal.pattern or not goal.pattern.rstrip("/") else goal.pattern.rstrip("/")
    if goal.kind != "event" or goal.conditions:
        return ""
    is_of_views = goal.event.startswith("web.page.") or goal.event == EVENT_SENT
    return "" if is_of_views else f"!{goal.event}"


def _keys(keyed: Sequence[Goal]) -> Table:
    """Return key and goal, a row for each of these goals."""
    each = each_of([expr.whole(number) for number in range(len(keyed))]).name("number").as_table()
    keys = [(each.number == number, _key(goal)) for number, goal in enumerate(keyed)]
    names = [(each.number == number, goal.name) for number, goal in enumerate(keyed)]
    return each.select(key=expr.first_fitting(keys), goal=expr.first_fitting(names))


def _hit(rows: Table, fits: Sequence[tuple[Value, Goal]], amount: Value) -> Table:
    found = rows.select(goal=_names(fits), visitor=rows.visitor, amount=amount.cast("decimal(18,4)"))
    return found.filter(found.goal != "")


def _names(fits: Sequence[tuple[Value, Goal]]) -> Value:
    """Return a row for each goal: its name where it is reached, else ""."""
    return each_of([fit.ifelse(expr.text(goal.name), expr.text("")) for fit, goal in fits])


def each_of(values: Sequence[Value]) -> Value:
    """Return a row for each of the values."""
    import ibis

    return cast("Value", ibis.array(list(values)).unnest())


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
    fits = expr.never(each)
    for goal in about_sessions:
        fits = fits | stayed(each, goal)
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


def _holds(rows: Table, condition: PropCondition) -> Value:
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
