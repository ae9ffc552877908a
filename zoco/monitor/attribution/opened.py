"""What credits open to, and the picture of them as a file."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from zoco.ledger.pictures.alone import stood
from zoco.ledger.pictures.alone.laying import Body
from zoco.ledger.pictures.alone.pages import Drawing
from zoco.ledger.pictures.explained import Explained
from zoco.monitor.attribution.explained import EXPLAINED, MARKOV, RULES, SHAPLEY
from zoco.monitor.attribution.said import CHOSEN, Row, Shown

BOOTSTRAP = (
    "B. Efron, R. J. Tibshirani, An Introduction to the Bootstrap (1993), chapter 13; J. A. Hanley, "
    "B. MacGibbon, Computer Methods and Programs in Biomedicine 83 (2006) 57–62"
)
Pairs = Sequence[tuple[str, str]]


def credits(stands: Pairs) -> Explained:
    """Return what the credits of models open to."""
    return Explained(
        definition=_(
            "Each conversion of the period, or what is left of its revenue after refunds, is divided among "
            "the touches that the same people had within the days before it. A credit is the sum of such "
            "parts; all credits, with what belongs to none, add up to the total."
        ),
        formula=[(model.label, f"{model.meaning} {model.formula}") for model in EXPLAINED.values()],
        source="; ".join((RULES, MARKOV, SHAPLEY, BOOTSTRAP)),
        data=stands,
        uncertainty=_(
            "Below each figure stands the interval in which it would lie nine times in ten, had other people "
            "of the same kind come (bootstrap over people, 500 drawings)."
        ),
    )


def causal(stands: Pairs) -> Explained:
    """Return what causal figures open to."""
    return Explained(
        definition=_(
            "Of money: what its costs of these days brought, the money times what a unit of it brought in "
            "the test or in the model, as if each unit brought the same; costs belong to a channel only "
            "where all of it comes from one source of costs. Of a trial: what each unit did more that got it "
            "than one that did not, in the days that its metric counts, times the units that got it on these "
            "days. Intervals hold nine times in ten."
        ),
        formula=[
            (_("Brought by its money"), _("cost of the days × what a unit of money brought")),
            (_("Brought by a trial"), _("difference of a unit × units that got it on these days")),
            (EXPLAINED[CHOSEN].label, EXPLAINED[CHOSEN].formula),
        ],
        source=_("The test or the model of each line; its own page says how it was worked out."),
        data=stands,
        uncertainty=_(
            "The interval of the test or of the model, in proportion to the money. A test was of its own "
            "weeks: other weeks may differ by more than the interval says."
        ),
    )


def drawings(table: Shown, stands: Pairs, about: str, heads: tuple[str, str, str]) -> list[Drawing]:
    """Return the pictures of the page: none without credits."""
    if not table:
        return []

    def body() -> Body:
        rows: list[Row] = table["rows"]
        return stood.lines([_line(each) for each in rows], heads=heads)

    return [Drawing("credits", _("Credits by model"), about, body, credits(stands))]


def _line(row: Row) -> stood.Line:
    if row.lack:
        return stood.Line(row.label, "", row.lack)
    place = list(EXPLAINED).index(CHOSEN)
    cell = row.cells[place]
    return stood.Line(row.label, row.picture, f"{cell.text} ({cell.between})" if cell.between else cell.text)
