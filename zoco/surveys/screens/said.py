"""What is said of surveys in the admin: kinds, figures, how each is counted and from where that comes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from zoco.ledger.pictures import formats
from zoco.ledger.pictures.labels import language_name
from zoco.surveys.designs import AIDED, CHOSEN, CSAT, FREE, MULTIPLE, NPS, SINGLE, UNAIDED, Question
from zoco.surveys.results.comparing import Gap
from zoco.surveys.results.figures import (
    DETRACTORS,
    MEAN,
    NET,
    PASSIVES,
    PROMOTERS,
    SMALL,
    TOP,
    Found,
    Line,
)

KINDS = {
    NPS: gettext_lazy("recommendation, 0 to 10 (NPS)"),
    CSAT: gettext_lazy("satisfaction, 1 to 5 (CSAT)"),
    UNAIDED: gettext_lazy("brands that come to mind (unaided recall)"),
    AIDED: gettext_lazy("brands that are known (aided recall)"),
    SINGLE: gettext_lazy("one of several options"),
    MULTIPLE: gettext_lazy("any of several options"),
    FREE: gettext_lazy("own words"),
}
WAYS = {
    "page": pgettext_lazy("survey", "its own page"),
    "block": pgettext_lazy("survey", "a page of the site"),
    "letter": pgettext_lazy("survey", "the link of a letter"),
}
HEADS = {
    NET: gettext_lazy("Net promoter score"),
    PROMOTERS: gettext_lazy("Promoters (9 and 10)"),
    PASSIVES: gettext_lazy("Passives (7 and 8)"),
    DETRACTORS: gettext_lazy("Detractors (0 to 6)"),
    TOP: gettext_lazy("Satisfied (4 and 5)"),
    MEAN: pgettext_lazy("survey", "Mean"),
}
_WILSON = "E. B. Wilson, J. Amer. Stat. Assoc. 22 (1927) 209–212"


@dataclass(frozen=True, slots=True)
class Method:
    """How a figure is counted."""

    definition: str
    formula: str
    source: str
    uncertainty: str


def method(question: Question) -> Method:
    """Say how the figures of a question are counted."""
    wilson = _("Interval of 95 %, by Wilson's score; it holds for small numbers too.")
    if question.kind == NPS:
        return Method(
            _(
                "The share of those who answered 9 or 10, less the share of those who answered 0 to 6, "
                "times 100."
            ),
            "NPS = 100 · (p − d);  s² = (p + d − (p − d)²) / n",
            "B. Rocks, The American Statistician 70 (2016) 365–372",
            _(
                "Interval of 95 % of the difference of two shares of one sample, adjusted Wald: ¾ of an "
                "answer is added to promoters and to detractors each, and 1½ to the others, so that it holds "
                "for small numbers too. Its middle lies a little nearer to 0 than the score."
            ),
        )
    if question.kind == CSAT:
        return Method(
            _("The share of those who answered 4 or 5; besides, the mean of all answers."),
            "k / n;  x̄ ± t · s / √n",
            _WILSON,
            wilson + " " + _("That of the mean is Student's t."),
        )
    if question.kind == UNAIDED:
        return Method(
            _(
                "The share of those who answered this question and wrote one of the brand's names: whole "
                "words, whatever their case and accents. Who names a brand twice counts once."
            ),
            "k / n", _WILSON, wilson,
        )  # fmt: skip
    if question.kind == FREE:
        return Method(_("How many wrote something."), "n", "–", _("There is nothing to be unsure of."))
    return Method(
        _("The share of those who answered this question and chose the option."), "k / n", _WILSON, wilson
    )


def drawn_from(found: Found, left_out: int) -> str:
    """Say on how many answers figures stand, and plainly where these are few."""
    words = ngettext("%(count)s answer to this question.", "%(count)s answers to this question.", found.n) % {
        "count": formats.count(found.n)
    }
    if left_out:
        words += " " + ngettext(
            "%(count)s older response is left out.", "%(count)s older responses are left out.", left_out
        ) % {"count": formats.count(left_out)}
    if found.n and found.is_small:
        words += " " + _(
            "Fewer than %(small)s: look at the interval, not at the figure; who answered may differ from "
            "who did not."
        ) % {"small": SMALL}
    return words


def value(line: Line) -> str:
    """Write a figure."""
    return _number(line.key, line.value)


def interval(line: Line) -> str:
    """Write its interval."""
    if line.low is None or line.high is None:
        return "–"
    low, high = _number(line.key, line.low), _number(line.key, line.high)
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


def gap(found: Gap | None) -> str:
    """Write how far a group lies from another, and whether that may be chance."""
    if found is None:
        return "–"
    if found.low is None or found.high is None:
        return _("too few answers: each side needs %(small)s") % {"small": SMALL}
    places = {name: points(getattr(found, name)) for name in ("value", "low", "high")}
    if found.differs:
        return _("%(value)s (%(low)s to %(high)s): differs") % places
    return _("%(value)s (%(low)s to %(high)s): may be chance") % places


def points(share: float) -> str:
    """Write a difference of shares or scores."""
    sign = "+" if share > 0 else ""
    return _("%(points)s points") % {"points": f"{sign}{formats.decimal(share * 100, 1)}"}


def _number(key: str, number: float) -> str:
    if key == NET:
        score = formats.decimal(number * 100, 0)
        return f"+{score}" if number > 0.005 else score
    return formats.decimal(number, 2) if key == MEAN else formats.percent(number, 1)


def label(question: Question, key: str, language: str) -> str:
    """Say what a figure is of: a score, an option, a brand."""
    if key in HEADS:
        return str(HEADS[key])
    if question.kind == UNAIDED:
        return question.brands[int(key)].name
    if question.kind in CHOSEN:
        return dict(question.options_said(language)).get(key, key)
    return key


def group(by: str, key: str) -> str:
    """Say what a group is called."""
    if by == "language":
        return language_name(key)
    if by == "way":
        return str(WAYS.get(key, key))
    if by == "month":
        year, month = key.split("-")
        return formats.month(date(int(year), int(month), 1))
    return key


def cells(found: Found, language: str) -> list[dict[str, Any]]:
    """Return the rows of a question's table."""
    return [
        {
            "label": label(found.question, each.key, language),
            "count": formats.count(each.count),
            "value": value(each),
            "interval": interval(each),
        }
        for each in (*found.head, *found.lines)
    ]
