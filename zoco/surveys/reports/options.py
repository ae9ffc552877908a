"""Options of survey questions: which share of those who answered chose each, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from functools import cache
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zoco.ledger import expr
from zoco.ledger.expr import Table
from zoco.ledger.report import REPORTS, Choices, Dimension, Measure, Missing, Params, Report
from zoco.stats.proportions import wilson
from zoco.surveys import naming
from zoco.surveys.designs import CHOSEN
from zoco.surveys.facts import SAID
from zoco.surveys.reports import counted
from zoco.surveys.reports.answers import BY, QUESTION, SURVEY, Surveys

if TYPE_CHECKING:
    from zoco.ledger.scope import Facts
    from zoco.ledger.sitebook import SiteInfo

OPTION = Dimension("option", pgettext_lazy("survey", "Option"))
ASKED = ("subject", "question")
SOURCE = "Wilson (1927), J. Amer. Stat. Assoc. 22, 209–212"


@REPORTS.plug
class SurveyOptions(Report):
    """One row for each option of each question that was answered, also by language, channel or way."""

    key = "surveys-options"
    area = "research"
    label = _("Options chosen in surveys")
    question = _("Which options do people choose, and how sure is the share of each?")
    definition = _(
        "Of questions with options: each option, how often it was chosen, and its share of all answers to "
        "its question in the period; options that nobody chose are there with 0. Where several may be "
        "chosen, shares of a question add up to more than 100%. Whoever answered once is not counted again; "
        "who left a question out is not in it. With 95% confidence the true share of people who answer as "
        "these did lies between the two bounds; who answers may differ from who does not. Language is that "
        "of the survey as it was shown. Source and campaign are those of the visit; who came by the link of "
        "a letter counts for email."
    )
    method = SOURCE
    uncertainty = _("95% intervals of shares: Wilson’s, each for itself; where many are compared, some miss")
    picture = "bars"
    dimensions = (SURVEY, QUESTION, OPTION)
    measures = (
        Measure("share", _("Share"), "percent", tells_of_few=True,
                formula=_("answers that chose the option ÷ answers to the question")),
        Measure("share_low", counted.LOW, "percent", tells_of_few=True, formula=counted.BOUND_SHARE),
        Measure("share_high", counted.HIGH, "percent", tells_of_few=True, formula=counted.BOUND_SHARE),
        Measure("chosen", pgettext_lazy("survey", "Chose it"),
                formula=_("number of answers that chose the option")),
        Measure("people", pgettext_lazy("survey", "People"),
                formula=_("number of distinct people, browsers or visitors who chose the option")),
        Measure("asked", _("Answers to the question"), tells_of_few=True,
                formula=_("number of answers to the question")),
    )  # fmt: skip
    parameters = Surveys.parameters
    order = "-chosen"
    counts = "rows"
    verdicts = ("human", "server")
    crowd = ("people",)
    position = 32

    def turned(self, params: Params) -> Report:
        """Return the report by what was chosen."""
        return _by(str(params["by"]))

    def given(self, site: SiteInfo, params: Params) -> str:
        """Return what options are called. Raises ParameterWrong."""
        naming.known(str(params["survey"]), naming.surveys_of(site) if params["survey"] else (("", ""),))
        return naming.options_listed(naming.named_of(site))

    def offered(self, site: SiteInfo) -> Mapping[str, Choices]:
        """Return the surveys of the site."""
        return {"survey": naming.surveys_of(site)}

    def missing(self, site: SiteInfo) -> Missing | None:
        """Say that the site has no survey yet."""
        return naming.missing_of(site)

    def behind(self, facts: Facts) -> Table:
        """Return answers."""
        return facts.named(SAID)

    def query(self, facts: Facts, params: Params) -> Table:
        survey, by = str(params["survey"]), str(params["by"])
        columns = [by] if by and by != "way" else []
        names = [each.name for each in BY[by]]
        said = counted.said(facts, *columns, survey=survey, way=by == "way", options=True)
        said = said.filter(said.kind.isin(CHOSEN))
        lines = expr.listed(str(facts.given or ""), *naming.OPTION_COLUMNS)
        each = said.select(*ASKED, *names, "who", option=said.options.split(",").unnest())
        each = each.filter(each.option != "")
        chosen = each.group_by(*ASKED, *names, "option").aggregate(
            chosen=each.count(), people=expr.uniques(each.who)
        )
        sizes = said.group_by(*ASKED, *names).aggregate(asked=said.count())
        rows = _beside(_offered(sizes, lines, each), chosen, (*ASKED, *names, "option"))
        rows = _beside(rows, lines, (*ASKED, "option"))
        some, of = rows.chosen.fill_null(expr.whole(0)), rows.asked
        low, high = wilson(some.cast("float64"), of.cast("float64"))
        found = rows.mutate(
            survey=expr.either(rows.survey_name.fill_null(""), rows.subject),
            question=expr.either(rows.words.fill_null(""), rows.question),
            option=expr.either(rows.option_words.fill_null(""), rows.option),
            share=some.cast("float64") / of.cast("float64"), share_low=low, share_high=high,
            chosen=some, people=rows.people.fill_null(expr.whole(0)),
        )  # fmt: skip
        return found.select("survey", "question", "option", *names, *(each.name for each in self.measures))


def _offered(sizes: Table, lines: Table, each: Table) -> Table:
    """Return rows of questions once for each option: those that are known, and those that were chosen."""
    known = lines.select(*ASKED, "option").union(each.select(*ASKED, "option"), distinct=True)
    known = known.rename({"subject_right": "subject", "question_right": "question"})
    on = [sizes.subject == known.subject_right, sizes.question == known.question_right]
    return sizes.join(known, on).drop("subject_right", "question_right")


def _beside(rows: Table, others: Table, names: tuple[str, ...]) -> Table:
    """Return rows with what others have of the same names, null for none."""
    marks = others.rename({f"{name}_right": name for name in names})
    found = rows.left_join(marks, [rows[name] == marks[f"{name}_right"] for name in names])
    return found.drop(*(f"{name}_right" for name in names))


@cache
def _by(by: str) -> Report:
    """Return one report for each choice: what is asked is kept by it."""
    made = copy(REPORTS.get(SurveyOptions.key))
    made.dimensions = (SURVEY, QUESTION, OPTION, *BY[by])
    return made
