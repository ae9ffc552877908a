"""Tags: which combinations of source, medium, campaign, content and keyword links bore."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from zoco.campaigns.tags import TAGS
from zoco.ledger import expr, metrics
from zoco.ledger.asking.filters import of_goals_chosen
from zoco.ledger.asking.worth import by_touch
from zoco.ledger.expr import Table
from zoco.ledger.pictures.visitors import of_days
from zoco.ledger.report import REPORTS, Dimension, Measure, Params, Report

if TYPE_CHECKING:
    from zoco.ledger.scope import Facts

# What the referrer alone gives; a link that says only this cannot be told from none.
GIVEN = ("", "organic", "social", "email", "referral")


@REPORTS.plug
class Tags(Report):
    """One row a combination of tags."""

    key = "tags"
    area = "attract"
    label = _("Tags of links")
    question = _("Which tags do the links bear through which people come, and what is it worth?")
    definition = of_days(
        _(
            "Visits whose link named a campaign, a content or a keyword, or a medium other than the ones "
            "that Zoco gives by the referrer (organic, social, email, referral). Visitors are distinct "
            "visitors with at least one page view, sessions are visits with no gap over 30 minutes. "
            "Conversions are facts of these visits that reach a goal of the site's definition of "
            "conversions, each once; revenue is what they brought in the site's currency, less refunds. "
            "Under a filter by a goal, conversions are of that goal, and the other figures stay those of all "
            "visits."
        )
    )
    dimensions = (
        Dimension("campaign", _("Campaign"), "text", "campaign"),
        Dimension("source", _("Source"), "text", "source"),
        Dimension("medium", _("Medium"), "text", "medium"),
        Dimension("content", _("Campaign content"), "text", "content"),
        Dimension("term", _("Keyword"), "text", "term"),
    )
    measures = (
        Measure("visitors", _("Visitors"), formula=_("number of distinct visitors")),
        Measure("sessions", _("Sessions"), formula=_("number of distinct visits")),
        Measure(
            "conversions",
            _("Conversions"),
            adds_up=True,
            may_lack=True,
            tells_of_few=True,
            formula=_("number of facts that reach a goal of the definition of conversions"),
        ),
        Measure(
            "revenue",
            _("Revenue"),
            "money",
            adds_up=True,
            tells_of_few=True,
            formula=_("sum of what facts brought, in the site's currency"),
        ),
    )
    crowd = ("visitors", "sessions")
    order = "-sessions"
    uses_conversions = True
    position = 20

    def query(self, facts: Facts, params: Params) -> Table:
        facts = of_goals_chosen(facts)
        visits = metrics.visits(facts.page_views, *TAGS)
        went = visits.group_by(*TAGS).aggregate(sessions=metrics.sessions_of(visits))
        both = metrics.joined(by_touch(facts, *TAGS), went, *TAGS)
        named = (both.campaign != "") | (both.content != "") | (both.term != "")
        borne = both.filter(named | both.medium.notin(GIVEN))
        conversions = borne.conversions if facts.goals else expr.unknown()
        return borne.mutate(conversions=conversions).select(*self.columns)
