"""Goals: which were reached, by what share of the visitors, and what it was worth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from zoco.ledger import expr
from zoco.ledger.asking import goals
from zoco.ledger.asking.filters import GOAL
from zoco.ledger.asking.goals import PAGE_ENGAGED, Goal
from zoco.ledger.expr import Table, Value
from zoco.ledger.report import REPORTS, Dimension, Measure, Missing, Params, Report
from zoco.ledger.sitebook import SiteInfo
from zoco.monitor.reports import words
from zoco.stats.proportions import wilson

if TYPE_CHECKING:
    from zoco.ledger.scope import Facts


@REPORTS.plug
class Goals(Report):
    """One row a goal, those that nobody reached as well."""

    key = "goals"
    label = _("Goals")
    question = _("What share of the visitors does what the site is for, and what is it worth?")
    definition = _(
        "Conversions are how often the goal was reached. Visitors are distinct visitors who reached it; the "
        "conversion rate is their share of all visitors with a page view or a conversion. With 95% "
        "confidence the true rate lies between the two bounds, if visitors decide independently of each "
        "other. Revenue is what the facts that reached the goal brought in the site's currency. A goal about "
        "engagement is reached once by each session that stays long enough."
    )
    method = (
        "Wilson (1927), J. Amer. Stat. Assoc. 22, 209–212; Brown, Cai, DasGupta (2001), Stat. Sci. 16, eq. 4"
    )
    picture = "bars"
    dimensions = (Dimension("goal", _("Goal"), "text", "goal"),)
    measures = (
        Measure("visitors", _("Visitors")),
        Measure("conversions", _("Conversions"), adds_up=True),
        words.RATE,
        Measure("rate_low", _("95% from"), "percent", may_lack=True),
        Measure("rate_high", _("95% to"), "percent", may_lack=True),
        words.REVENUE,
    )
    order = "-visitors"
    counts = "rows"
    uses_goals = True
    position = 15

    def missing(self, site: SiteInfo) -> Missing | None:
        """Say that the site has no goals yet."""
        if goals.goals_of(site.id):
            return None
        return Missing(
            _("No goals yet"),
            _(
                "A goal is what the site is for: an order, a sign-up, a page of thanks, a long visit. Set "
                "one, and it is counted over all facts there are, also those of the past."
            ),
            _("Set a goal"),
            "zoco_goals:add",
        )

    def behind(self, facts: Facts) -> Table:
        """Return the facts that reached the goals, or the one chosen; of long visits what was looked at."""
        chosen = [each for each in facts.filters if (each.column, each.operator) == (GOAL, "is")]
        wanted = chosen[0].goals if chosen else facts.goals
        others = replace(facts, filters=tuple(each for each in facts.filters if each not in chosen))
        stays = [goal for goal in wanted if goal.kind == "engagement"]
        visits = goals.sessions_spent(others)
        long = [visits.filter(goals.stayed(visits, goal)).session for goal in stays]

        def reaches(rows: Table) -> Value:
            found = goals.any_reached(others, rows, wanted)
            looked = others.is_view(rows) | (rows.name == PAGE_ENGAGED)
            for sessions in long:
                found = found | (looked & rows.session.isin(sessions))
            return found

        return others.where(reaches)

    def query(self, facts: Facts, params: Params) -> Table:
        whole = _by_visitor(facts)
        rows = [_row(whole, number, goal) for number, goal in enumerate(facts.goals)]
        if not rows:
            rows = [_row(whole, -1, Goal("", "page")).filter(expr.never(whole))]
        found = rows[0].union(*rows[1:]) if len(rows) > 1 else rows[0]
        share = expr.share(found.visitors, found.all)
        low, high = wilson(found.visitors.cast("float64"), found.all.cast("float64").nullif(0))
        return found.mutate(rate=share, rate_low=low, rate_high=high).select(*self.columns)


def _by_visitor(facts: Facts) -> Table:
    """Return one row: all, and for each goal visitors, conversions and revenue as v0, c0, a0 …"""
    rows = facts.where(
        lambda rows: (
            facts.is_view(rows) | (rows.name == PAGE_ENGAGED) | goals.any_reached(facts, rows, facts.goals)
        )
    )
    sums: dict[str, Value] = {
        "page_views": expr.ones(facts.is_view(rows)).sum(),
        "spent": goals.spent(rows).sum(),
    }
    about_sessions: dict[str, Value] = {}
    for number, goal in enumerate(facts.goals):
        if goal.kind == "engagement":
            about_sessions |= {f"c{number}": _stayed(goal), f"a{number}": expr.money(0)}
            continue
        is_reached = goals.reached(facts, rows, goal)
        sums[f"c{number}"] = expr.ones(is_reached).sum()
        sums[f"a{number}"] = is_reached.ifelse(rows.amount_site, expr.money(0)).sum()
    each = rows.group_by("visitor", "session").aggregate(**sums).mutate(**about_sessions)
    names = [name for name in each.columns if name[0] in "ca" and name[1:].isdigit()]
    visitor = each.group_by("visitor").aggregate(
        page_views=each.page_views.sum(), **{name: each[name].sum() for name in names}
    )
    return _summed(visitor, len(facts.goals))


def _stayed(goal: Goal) -> Callable[[Table], Value]:
    return lambda each: expr.ones((each.session != 0) & goals.stayed(each, goal))


def _summed(visitor: Table, number: int) -> Table:
    is_known = visitor.visitor != 0
    is_there = visitor.page_views > 0
    sums: dict[str, Value] = {}
    for each in range(number):
        times = visitor[f"c{each}"]
        is_there = is_there | (times > 0)
        sums[f"v{each}"] = expr.ones(is_known & (times > 0)).sum()
        sums[f"c{each}"] = times.sum()
        sums[f"a{each}"] = visitor[f"a{each}"].sum()
    return visitor.aggregate(all=expr.ones(is_known & is_there).sum(), **sums)


def _row(whole: Table, number: int, goal: Goal) -> Table:
    is_there = number >= 0
    return whole.select(
        goal=expr.text(goal.name),
        visitors=whole[f"v{number}"] if is_there else expr.whole(0),
        conversions=whole[f"c{number}"] if is_there else expr.whole(0),
        revenue=whole[f"a{number}"] if is_there else expr.money(0),
        all=whole["all"],
    )
