"""Goals: which were reached, by what share of the visitors, and what it was worth."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from zoco.ledger import expr
from zoco.ledger.asking import goals
from zoco.ledger.asking.filters import of_goals_chosen
from zoco.ledger.asking.goals import PAGE_ENGAGED
from zoco.ledger.asking.refunds import with_back
from zoco.ledger.asking.worth import MONEY
from zoco.ledger.expr import Table, Value
from zoco.ledger.report import REPORTS, Dimension, Measure, Missing, Params, Report
from zoco.ledger.sitebook import SiteInfo
from zoco.monitor.reports import words
from zoco.monitor.reports.hits import hits as hits_of
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
        _(
            "Conversions are how often the goal was reached. Visitors are distinct visitors who reached "
            "it; the conversion rate is their share of all visitors with a page view or a conversion. "
            "With 95% confidence the true rate lies between the two bounds, if visitors decide "
            "independently of each other. Revenue is what the facts that reached the goal brought in the "
            "site's currency, less what was given back of them; over all goals each fact counts once. A goal "
            "about engagement is reached once by each session that stays long enough. Under a filter by a "
            "goal only that goal is shown, as a share of all visitors: those who did not reach it are not "
            "left out."
        )
    )
    method = words.WILSON
    uncertainty = words.SCORE
    picture = "bars"
    dimensions = (Dimension("goal", _("Goal"), "text", "goal"),)
    measures = (
        Measure("visitors", _("Visitors"), formula=_("number of distinct visitors who reached the goal")),
        Measure(
            "conversions",
            _("Times reached"),
            adds_up=True,
            formula=_("number of times that the goal was reached"),
        ),
        replace(
            words.RATE, formula=_("visitors who reached the goal ÷ visitors with a page view or a conversion")
        ),
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
            looked = others.is_view(rows) | (rows.name == PAGE_ENGAGED)
            stayed = [looked & rows.session.isin(sessions) for sessions in long]
            return goals.any_of([goals.any_reached(others, rows, wanted), *stayed])

        return others.where(reaches)

    def overall(self, facts: Facts, params: Params) -> Table:
        """Return what the facts that reached any goal brought: a fact that reached two counts once."""
        facts = of_goals_chosen(facts)
        rows = facts.where(
            lambda rows: goals.any_reached(facts, rows, facts.goals) & (rows.amount_site > expr.money(0))
        )
        both = with_back(rows, facts, (MONEY,))
        return both.aggregate(revenue=(both.amount_site + both.back).sum().fill_null(0))

    def query(self, facts: Facts, params: Params) -> Table:
        facts = of_goals_chosen(facts)
        hits = hits_of(facts)
        found = _named(_everybody(facts, hits), facts).left_join(_by_goal(hits), "goal")
        found = found.select(
            "goal", "all", **{name: found[name].fill_null(0) for name in ("visitors", "conversions")},
            revenue=found.revenue.fill_null(expr.money(0)),
        )  # fmt: skip
        share = expr.share(found.visitors, found.all)
        low, high = wilson(found.visitors.cast("float64"), found.all.cast("float64").nullif(0))
        return found.mutate(rate=share, rate_low=low, rate_high=high).select(*self.columns)


def _everybody(facts: Facts, hits: Table) -> Table:
    """Return one row, all: the visitors with a page view or a conversion."""
    viewed = facts.page_views.select("visitor")
    visitors = viewed.union(hits.select("visitor"))
    return visitors.aggregate(all=expr.uniques(visitors.visitor))


def _by_goal(hits: Table) -> Table:
    return hits.group_by("goal").aggregate(
        visitors=expr.uniques(hits.visitor), conversions=hits.times.sum(), revenue=hits.amount.sum()
    )


def _named(everybody: Table, facts: Facts) -> Table:
    """Return a row for each goal, those that nobody reached as well."""
    if not facts.goals:
        return everybody.select("all", goal=expr.text("")).filter(expr.never(everybody))
    names = [expr.text(goal.name) for goal in facts.goals]
    return everybody.select("all", goal=expr.each_of(names))
