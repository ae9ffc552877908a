"""What reached the goals of a site: a row for each time, dozens of goals at little more than one's cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from zoco.ledger import expr
from zoco.ledger.asking.goals import EVENT_SENT, Goal, key_of, reached, reached_of, sessions_spent, stayed
from zoco.ledger.asking.refunds import with_back
from zoco.ledger.asking.worth import MONEY
from zoco.ledger.expr import Table, Value

if TYPE_CHECKING:
    from zoco.ledger.scope import Facts


def hits(facts: Facts) -> Table:
    """Return goal, visitor, amount, times: a row for each time that one of the goals was reached, and one of
    no times for each of them of which something was given back: what, as an amount below 0.

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
        found.append(_hit(rows, [(reached(facts, rows, goal), goal) for goal in said], brought(rows)))
    if paid:
        rows = facts.where(lambda rows: rows.amount_site > 0)
        found.append(_hit(rows, [(reached(facts, rows, goal), goal) for goal in paid], rows.amount_site))
    if long:
        visits = sessions_spent(facts)
        found.append(_hit(visits, [(stayed(visits, goal), goal) for goal in long], expr.money(0)))
    if not found:
        rows = facts.where(expr.never)
        return rows.select(
            goal=expr.text(""), visitor=rows.visitor, amount=rows.amount_site, times=expr.whole(1)
        )
    found = [each.mutate(times=expr.whole(1)) for each in found]
    if any(goal.kind != "engagement" for goal in facts.goals):
        found.append(_given_back(facts).mutate(times=expr.whole(0)))
    types = {"goal": "!string", "visitor": "!int64", "amount": "!decimal(18,4)", "times": "!int64"}
    alike = [each.cast(types) for each in found]
    return alike[0].union(*alike[1:]) if len(alike) > 1 else alike[0]


def brought(rows: Table) -> Value:
    """Return what each fact brought. A refund brings nothing: it is taken off from what it is of."""
    return (rows.amount_site > expr.money(0)).ifelse(rows.amount_site, expr.money(0))


def _given_back(facts: Facts) -> Table:
    sold = facts.where(lambda rows: (rows.amount_site > expr.money(0)) & (rows.subject != ""))
    both = with_back(sold, facts, (MONEY,))
    both = both.filter(both.back < expr.money(0))
    fits = [(reached(facts, both, goal), goal) for goal in facts.goals if goal.kind != "engagement"]
    return _hit(both, fits, both.back)


def _is_plain(goal: Goal) -> bool:
    """Say whether name, subject and path of a fact are enough to know."""
    return not goal.conditions and not (goal.kind == "form" and goal.event)


def _plain_hits(facts: Facts, plain: Sequence[Goal]) -> Table:
    names = {EVENT_SENT, *(goal.event for goal in plain if goal.event)}
    rows = facts.where(lambda rows: facts.is_view(rows) | rows.name.isin(sorted(names)))
    is_view = facts.is_view(rows)
    rows = rows.select(
        "name", "visitor", is_view=is_view, subject=is_view.ifelse("", rows.subject),
        path=is_view.ifelse(rows.path, ""), amount=brought(rows).cast("decimal(18,4)"),
    )  # fmt: skip
    kinds = rows.select("name", "is_view", "subject", "path").distinct()
    keyed = [goal for goal in plain if key_of(goal)]
    others = [goal for goal in plain if not key_of(goal)]
    found = []
    if keyed:
        event = (kinds.name == EVENT_SENT).ifelse(kinds.subject, kinds.name)
        path = kinds.path.endswith("/").ifelse(kinds.path.left(kinds.path.length() - 1), kinds.path)
        with_key = kinds.mutate(key=kinds.is_view.ifelse(path, expr.text("!") + event))
        found.append(with_key.inner_join(_keys(keyed), "key").select(*kinds.columns, "goal"))
    if others:
        fits = kinds.mutate(goal=_names([(reached_of(kinds, goal, kinds.is_view), goal) for goal in others]))
        found.append(fits.filter(fits.goal != ""))
    types = {"goal": "!string"} | dict.fromkeys(kinds.columns, "!string") | {"is_view": "!boolean"}
    alike = [each.cast(types) for each in found]
    pairs = alike[0].union(*alike[1:]) if len(alike) > 1 else alike[0]
    return rows.inner_join(pairs, kinds.columns).select("goal", "visitor", "amount")


def _keys(keyed: Sequence[Goal]) -> Table:
    """Return key and goal, a row for each of these goals."""
    each = expr.each_of([expr.whole(number) for number in range(len(keyed))]).name("number").as_table()
    keys = [(each.number == number, key_of(goal)) for number, goal in enumerate(keyed)]
    names = [(each.number == number, goal.name) for number, goal in enumerate(keyed)]
    return each.select(key=expr.first_fitting(keys), goal=expr.first_fitting(names))


def _hit(rows: Table, fits: Sequence[tuple[Value, Goal]], amount: Value) -> Table:
    found = rows.select(goal=_names(fits), visitor=rows.visitor, amount=amount.cast("decimal(18,4)"))
    return found.filter(found.goal != "")


def _names(fits: Sequence[tuple[Value, Goal]]) -> Value:
    """Return a row for each goal: its name where it is reached, else ""."""
    return expr.each_of([fit.ifelse(expr.text(goal.name), expr.text("")) for fit, goal in fits])
