"""What reports about sources of visits share: who came through each, and what it was worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zoco.ledger import expr, metrics
from zoco.ledger.asking.filters import of_goals_chosen
from zoco.ledger.asking.goals import any_reached
from zoco.ledger.asking.worth import by_touch
from zoco.ledger.expr import Table
from zoco.ledger.report import Params, Report
from zoco.monitor.reports import words
from zoco.stats.proportions import wilson

if TYPE_CHECKING:
    from zoco.ledger.scope import Facts


class ByTouch(Report):
    """One row for each value of the dimensions, which a session keeps from its entry."""

    definition = words.TOUCH_DEFINITION
    picture = "bars"
    crowd = ("visitors", "sessions")
    method = words.WILSON
    uncertainty = words.SCORE
    measures = words.BY_TOUCH
    order = "-visitors"
    uses_conversions = True

    def behind(self, facts: Facts) -> Table:
        """Return page views, what reached a goal, and what moved money."""
        facts = of_goals_chosen(facts)
        return facts.where(
            lambda rows: facts.is_view(rows) | any_reached(facts, rows, facts.goals) | (rows.amount_site != 0)
        )

    def query(self, facts: Facts, params: Params) -> Table:
        facts = of_goals_chosen(facts)
        names = [each.name for each in self.dimensions]
        found = by_touch(facts, *names)
        visits = metrics.visits(facts.page_views, *names)
        went = visits.group_by(*names).aggregate(
            sessions=metrics.sessions_of(visits), bounce=metrics.bounce(visits)
        )
        both = metrics.joined(found, went, *names)
        has_goals = bool(facts.goals)
        converted = both.converted if has_goals else expr.unknown()
        low, high = wilson(converted.cast("float64"), both.visitors.cast("float64").nullif(0))
        rated = both.mutate(
            conversions=both.conversions if has_goals else expr.unknown(),
            rate=expr.share(converted, both.visitors),
            rate_low=low,
            rate_high=high,
        )
        return rated.select(*self.columns)
