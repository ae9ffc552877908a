"""Scores of surveys over time, of one question or of all that ask for a recommendation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zoco.ledger.expr import Table
from zoco.ledger.report import GRAIN, REPORTS, Choices, Dimension, Missing, Parameter, Params, Report
from zoco.surveys import naming
from zoco.surveys.facts import SAID
from zoco.surveys.reports import counted

if TYPE_CHECKING:
    from zoco.kit.periods import Grain
    from zoco.ledger.scope import Facts
    from zoco.ledger.sitebook import SiteInfo


@REPORTS.plug
class SurveysOverTime(Report):
    """One row a step of time."""

    key = "surveys-over-time"
    area = "research"
    label = _("Scores of surveys over time")
    question = _("Do more or fewer people recommend us, and are more or fewer satisfied, than before?")
    definition = _(
        "Answers of each day, week or month to the chosen question, or to all questions of recommendation. "
        "The net promoter score is the share of 9 and 10 less that of 0 to 6, times 100; satisfied are those "
        "who gave 4 or 5 of 5. With 95% confidence the true figure of people who answer as these did lies "
        "between the two bounds: where those of two steps lie apart, the steps differ; where they overlap, "
        "the survey's own page tests the difference. A step without an answer has no score."
    )
    method = counted.SOURCES
    uncertainty = counted.UNCERTAINTY
    picture = "curve"
    dimensions = (Dimension("bucket", _("Time"), "bucket"),)
    measures = (*counted.NET, *counted.TOP, counted.ANSWERS, counted.PEOPLE, *counted.PARTS)
    parameters = (
        Parameter("question", pgettext_lazy("survey", "Question"), ""),
        Parameter("grain", GRAIN.label, "week", GRAIN.choices[1:]),
    )
    order = "bucket"
    counts = "rows"
    verdicts = ("human", "server")
    crowd = ("people",)
    position = 31

    def given(self, site: SiteInfo, params: Params) -> tuple[str, str]:
        """Return the keys of survey and question that are asked for. Raises ParameterWrong."""
        chosen = str(params["question"])
        survey, _colon, question = naming.known(
            chosen, naming.scales_of(site) if chosen else (("", ""),)
        ).partition(":")
        return survey, question

    def offered(self, site: SiteInfo) -> Mapping[str, Choices]:
        """Return the questions of the site that have a score."""
        return {"question": naming.scales_of(site)}

    def missing(self, site: SiteInfo) -> Missing | None:
        """Say that the site has no survey yet."""
        return naming.missing_of(site)

    def behind(self, facts: Facts) -> Table:
        """Return answers."""
        return facts.named(SAID)

    def query(self, facts: Facts, params: Params) -> Table:
        rows = _asked(facts)
        placed = rows.mutate(bucket=facts.bucket(rows.occurred_at, cast("Grain", params["grain"])))
        each = placed.group_by("bucket").aggregate(**counted.sums(placed))
        return counted.scored(each).select(*self.columns)

    def overall(self, facts: Facts, params: Params) -> Table:
        """Return the same of the whole period."""
        rows = _asked(facts)
        each = counted.scored(rows.aggregate(**counted.sums(rows)))
        return each.select(*(measure.name for measure in self.measures))


def _asked(facts: Facts) -> Table:
    survey, question = facts.given or ("", "")
    rows = counted.said(facts, survey=survey)
    return rows.filter(rows.question == question if question else rows.is_nps)
