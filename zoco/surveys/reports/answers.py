"""Surveys: what was answered to each question, by how many, and by which share of those who saw it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from functools import cache
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zoco.ledger import expr
from zoco.ledger.expr import Table
from zoco.ledger.report import REPORTS, Choices, Dimension, Measure, Missing, Parameter, Params, Report
from zoco.stats.proportions import wilson
from zoco.surveys import naming
from zoco.surveys.facts import SAID, SHOWN
from zoco.surveys.reports import counted

if TYPE_CHECKING:
    from zoco.ledger.scope import Facts
    from zoco.ledger.sitebook import SiteInfo

SURVEY = Dimension("survey", _("Survey"))
QUESTION = Dimension("question", pgettext_lazy("survey", "Question"))
BY: dict[str, tuple[Dimension, ...]] = {
    "": (),
    "language": (Dimension("language", _("Language"), "language", "language"),),
    "channel": (Dimension("channel", _("Source channel"), "channel", "channel"),),
    "source": (Dimension("source", _("Source"), "text", "source"),),
    "campaign": (Dimension("campaign", _("Campaign"), "text", "campaign"),),
    "way": (Dimension("way", _("Way of asking")),),
}
UNSEEN = _("no browser told that it was seen")


@REPORTS.plug
class Surveys(Report):
    """One row for each question that was answered, also by language, source channel, campaign or way."""

    key = "surveys"
    area = "research"
    label = _("Answers to surveys")
    question = _("What do people answer when they are asked, how sure is that, and how many answer at all?")
    definition = _(
        "Answers are what was sent to a question in the period; whoever answered once is not counted again. "
        "People are distinct persons, else browsers that consented, else visitors of a day. Promoters gave 9 "
        "or 10 of 10, detractors 0 to 6; the net promoter score is the share of promoters less that of "
        "detractors, times 100. Satisfied are those who gave 4 or 5 of 5. With 95% confidence the true "
        "figure of people who answer as these did lies between the two bounds: those of the score are of "
        "the difference of two shares of one sample, adjusted Wald, those of shares Wilson's. The response "
        "rate is the share of people whose browser told that the survey was seen who then answered the "
        "question; who answered without scripts is not in it, and who answers may differ from who does not. "
        "Language is that of the survey as it was shown. Source and campaign are those of the visit; who "
        "came by the link of a letter counts for email."
    )
    method = counted.SOURCES
    uncertainty = counted.UNCERTAINTY
    picture = "bars"
    dimensions = (SURVEY, QUESTION)
    measures = (
        counted.ANSWERS,
        counted.PEOPLE,
        *counted.NET,
        *counted.TOP,
        *counted.PARTS,
        Measure("seen", pgettext_lazy("survey", "Saw it"), may_lack=True, lack=UNSEEN, tells_of_few=True,
                formula=_("number of people whose browser told that the survey was seen")),
        Measure("response", _("Response rate"), "percent", may_lack=True, lack=UNSEEN, tells_of_few=True,
                formula=_("those of them who answered the question ÷ those who saw the survey")),
        Measure("response_low", counted.LOW, "percent", may_lack=True, lack=UNSEEN, tells_of_few=True,
                formula=counted.BOUND_SHARE),
        Measure("response_high", counted.HIGH, "percent", may_lack=True, lack=UNSEEN, tells_of_few=True,
                formula=counted.BOUND_SHARE),
    )  # fmt: skip
    parameters = (
        Parameter("survey", _("Survey"), ""),
        Parameter("by", pgettext_lazy("survey", "Told apart by"), "", (
            ("", pgettext_lazy("survey", "nothing else")), ("language", _("Language")),
            ("channel", _("Source channel")), ("source", _("Source")), ("campaign", _("Campaign")),
            ("way", _("Way of asking")),
        )),
    )  # fmt: skip
    order = "-answers"
    counts = "rows"
    verdicts = ("human", "server")
    crowd = ("people",)
    position = 30

    def turned(self, params: Params) -> Report:
        """Return the report by what was chosen."""
        return _by(str(params["by"]))

    def given(self, site: SiteInfo, params: Params) -> str:
        """Return what questions are called. Raises ParameterWrong."""
        naming.known(str(params["survey"]), naming.surveys_of(site) if params["survey"] else (("", ""),))
        return naming.listed(naming.named_of(site))

    def offered(self, site: SiteInfo) -> Mapping[str, Choices]:
        """Return the surveys of the site."""
        return {"survey": naming.surveys_of(site)}

    def missing(self, site: SiteInfo) -> Missing | None:
        """Say that the site has no survey yet."""
        return naming.missing_of(site)

    def behind(self, facts: Facts) -> Table:
        """Return answers, and that surveys were seen."""
        return facts.named(SAID, SHOWN)

    def query(self, facts: Facts, params: Params) -> Table:
        survey, by = str(params["survey"]), str(params["by"])
        columns = [by] if by and by != "way" else []
        names = [each.name for each in BY[by]]
        said = counted.said(facts, *columns, survey=survey, way=by == "way")
        saw = counted.shown(facts, *columns, survey=survey, way=by == "way")
        saw = saw.filter(saw.who != 0).select("subject", *names, "who").distinct()
        both = _beside(said, saw, ("subject", *names, "who"))
        had = both.who_right.notnull().ifelse(both.who, 0)
        each = both.group_by("subject", "question", *names).aggregate(
            **counted.sums(both), came=expr.uniques(had)
        )
        sizes = saw.group_by("subject", *names).aggregate(seen=saw.count())
        rows = _beside(each, sizes, ("subject", *names))
        seen = rows.seen.cast("float64").nullif(0)
        low, high = wilson(rows.came.cast("float64"), seen)
        rows = counted.scored(rows).mutate(
            response=rows.came.cast("float64") / seen, response_low=low, response_high=high
        )
        return _called(rows, str(facts.given or "")).select(
            "survey", "question", *names, *(each.name for each in self.measures)
        )


def _beside(rows: Table, others: Table, names: Sequence[str]) -> Table:
    """Return rows with what others have of the same names, which are there as NAME_right, null for none."""
    marks = others.rename({f"{name}_right": name for name in names})
    return rows.left_join(marks, [rows[name] == marks[f"{name}_right"] for name in names])


def _called(rows: Table, listed: str) -> Table:
    """Return rows with surveys and questions called by their names, those that are gone by their keys."""
    lines = expr.listed(listed, *naming.COLUMNS)
    found = rows.left_join(lines, [rows.subject == lines.survey_key, rows.question == lines.question_key])
    return found.mutate(
        survey=expr.either(found.survey_name.fill_null(""), found.subject),
        question=expr.either(found.words.fill_null(""), found.question),
    )


@cache
def _by(by: str) -> Report:
    """Return one report for each choice: what is asked is kept by it."""
    made = copy(REPORTS.get(Surveys.key))
    made.dimensions = (SURVEY, QUESTION, *BY[by])
    return made
