"""Goals: which were reached, by what share of the visitors, and what it was worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from zoco.ledger import expr
from zoco.ledger.asking import goals
from zoco.ledger.asking.filters import of_goals_chosen
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
    definition = words.of_days(
        format_lazy(
            "{} {}",
            _(
                "Conversions are how often the goal was reached. Visitors are distinct visitors who reached "
                "it; the conversion rate is their share of all visitors with a page view or a conversion. "
                "With 95% confidence the true rate lies between the two bounds, if visitors decide "
                "independently of each other. Revenue is what the facts that reached the goal brought in the "
                "site's currency; over all goals each fact counts once. A goal about engagement is reached "
                "once by each session that stays long enough. Under a filter by a goal only that goal is "
                "shown, as a share of all visitors: those who did not reach it are not left out."
            ),
            _("Refunds are not taken off here; the traffic report and the overview take them off."),
        )
    )
    method = words.WILSON
    picture = "bars"
    dimensions = (Dimension("goal", _("Goal"), "text", "goal"),)
    measures = (
        Measure("visitors", _("Visitors")),
        Measure("conversions", _("Conversions"), adds_up=True),
        words.RATE,
        words.RATE_LOW,
        words.RATE_HIGH,
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
        others = of_goals_chosen(facts)
        wanted = others.goals
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

    def overall(self, facts: Facts, params: Params) -> Table:
        """Return what the facts that reached any goal brought: a fact that reached two counts once."""
        facts = of_goals_chosen(facts)
        rows = facts.where(lambda rows: goals.any_reached(facts, rows, facts.goals))
        return rows.aggregate(revenue=rows.amount_site.sum().fill_null(0))

    def query(self, facts: Facts, params: Params) -> Table:
        facts = of_goals_chosen(facts)
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
    rows = facts.where(lambda rows: facts.is_view(rows) | goals.any_reached(facts, rows, facts.goals))
    times = [expr.ones(goals.reached(facts, rows, goal)) for goal in facts.goals]
    each = _acts(rows, expr.ones(facts.is_view(rows)), times, rows.amount_site)
    if any(goal.kind == "engagement" for goal in facts.goals):
        visits = goals.sessions_spent(facts)
        stays = [_stays(visits, goal) for goal in facts.goals]
        each = each.union(_acts(visits, expr.whole(0), stays, expr.money(0)))
    sums = {name: each[name].sum() for name in each.columns if name != "visitor"}
    return _summed(each.group_by("visitor").aggregate(**sums), len(facts.goals))


def _acts(rows: Table, page_views: Value, times: Sequence[Value], amount: Value) -> Table:
    """Return visitor, page_views, and for each goal c0, a0 …, in types that facts and sessions share."""
    found = {"page_views": page_views.cast("int64")}
    for number, each in enumerate(times):
        found[f"c{number}"] = each.cast("int64")
        found[f"a{number}"] = (each > 0).ifelse(amount, expr.money(0)).cast("decimal(18,4)")
    return rows.select("visitor", **found)


def _stays(visits: Table, goal: Goal) -> Value:
    return expr.ones(goals.stayed(visits, goal)) if goal.kind == "engagement" else expr.whole(0)


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
