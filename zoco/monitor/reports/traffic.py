"""Traffic over time. A session belongs to the step of time in which it began."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from django.utils.translation import gettext_lazy as _

from zoco.ledger import expr, metrics
from zoco.ledger.asking.filters import of_goals_chosen
from zoco.ledger.asking.worth import worth, worth_whole
from zoco.ledger.expr import Table
from zoco.ledger.report import GRAIN, REPORTS, Params, Report
from zoco.monitor.reports import words

if TYPE_CHECKING:
    from zoco.kit.periods import Grain
    from zoco.ledger.scope import Facts


@REPORTS.plug
class Traffic(Report):
    """One row a step: visitors, sessions, page views, bounce, page views per session, duration."""

    key = "traffic"
    label = _("Traffic")
    question = _("How many people came, when, and how much did they look at?")
    definition = words.of_days(
        _(
            "Visitors are distinct visitors with at least one page view in the step. A session is a visit "
            "with no gap over 30 minutes and belongs to the step in which its first page view falls. Bounce "
            "is the share of sessions with exactly one page view. Duration is the mean time from the first "
            "page view of a session to its last; engagement is the time for which pages were visible and in "
            "focus, by sessions, as the tracker measured it. Conversions are facts that reach a goal of the "
            "site's definition of conversions, each once; under a filter by a goal, what reached that goal. "
            "Revenue is what facts brought in the site's currency, less refunds. Steps are hours, days, "
            "weeks or months in the site's time zone."
        )
    )
    picture = "curve"
    crowd = ("visitors", "sessions")
    dimensions = (words.BUCKET,)
    measures = (
        words.VISITORS,
        words.SESSIONS,
        words.PAGE_VIEWS,
        words.BOUNCE,
        words.VIEWS_PER_SESSION,
        words.DURATION,
        words.ENGAGED,
        words.CONVERSIONS,
        words.REVENUE,
    )
    parameters = (GRAIN,)
    order = "bucket"
    uses_conversions = True
    takes_imported = True
    position = 10

    def query(self, facts: Facts, params: Params) -> Table:
        each = self._each(facts, params)
        counted = each.group_by("bucket").aggregate(
            visitors=metrics.known(each), page_views=each.page_views.sum()
        )
        visits = metrics.visits(facts.page_views)
        grain = cast("Grain", params["grain"])
        begun = visits.mutate(bucket=facts.bucket(visits.began, grain))
        went = begun.group_by("bucket").aggregate(**self._of(begun))
        both = metrics.joined(counted, went, "bucket")
        return self._with_worth(facts, metrics.merged(both, worth(_of_goals(facts), grain), "bucket"))

    def overall(self, facts: Facts, params: Params) -> Table:
        """Return the same over all steps: from what was grouped for them, which engines do but once."""
        each = self._each(facts, params)
        whole = each.group_by("visitor").aggregate(page_views=each.page_views.sum())
        seen = whole.aggregate(visitors=metrics.known(whole), page_views=whole.page_views.sum())
        visits = metrics.visits(facts.page_views)
        both = seen.cross_join(visits.aggregate(**self._of(visits)))
        found = worth_whole(_of_goals(facts), cast("Grain", params["grain"]))
        return self._with_worth(facts, both.cross_join(found))

    def _with_worth(self, facts: Facts, both: Table) -> Table:
        """Work out engagement by sessions; leave conversions open where the site has no goals."""
        spent = (both.spent.cast("float64") / 1_000).nullif(0)
        return both.mutate(
            engaged=expr.share(spent, both.sessions),
            conversions=both.conversions if _of_goals(facts).goals else expr.unknown(),
        ).drop("spent")

    def _each(self, facts: Facts, params: Params) -> Table:
        """Return one row for each step and visitor."""
        views = facts.page_views
        stepped = views.select(
            "visitor", bucket=facts.bucket(views.occurred_at, cast("Grain", params["grain"]))
        )
        return stepped.group_by("bucket", "visitor").aggregate(page_views=stepped.count())

    def _of(self, visits: Table) -> dict[str, object]:
        return {
            "sessions": metrics.sessions_of(visits),
            "bounce": metrics.bounce(visits),
            "views_per_session": metrics.views_per_session(visits),
            "duration": metrics.duration(visits),
        }


def _of_goals(facts: Facts) -> Facts:
    """Return the same facts, with the goals that a filter names, if one does."""
    return replace(facts, goals=of_goals_chosen(facts).goals)
