"""Figures as they are written: values by unit, and how they changed, in ink and never in colour."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from zoco.ledger.asking.answer import Answer, Figure
from zoco.ledger.pictures import formats
from zoco.ledger.report import Measure

NOTHING = "\u2013"


def figure_text(value: Figure, measure: Measure, currency: str) -> str:
    """Write a value in its unit; a dash for what is not known."""
    if value is None:
        return NOTHING
    match measure.unit:
        case "percent":
            return formats.percent(value)
        case "seconds":
            return formats.length(float(value))
        case "money":
            return formats.money_figure(value, currency)
        case "points":
            return formats.decimal(value, 1)
        case "milliseconds":
            return (_("%(number)s ms") % {"number": formats.decimal(value)}).replace(" ", formats.NBSP)
        case "index":
            return formats.decimal(value, 3)
        case _:
            is_whole = float(value).is_integer()
            return formats.decimal(value, 0 if is_whole else 1)


def few_text(answer: Answer) -> str:
    """Say why a step has no figures: "fewer than 5 visitors"."""
    least = answer.question.guard.least if answer.question.guard else 0
    text = ngettext("fewer than %(least)s visitor", "fewer than %(least)s visitors", least)
    return text % {"least": formats.count(least)}


def axis_text(value: float, measure: Measure) -> str:
    """Write a value of an axis, short."""
    if measure.unit == "percent":
        return formats.percent(value, 0 if value >= 0.02 or value == 0 else 1)
    if measure.unit == "seconds":
        return formats.length(value)
    if measure.unit == "index":
        return formats.decimal(value, 2)
    return formats.short(value)


@dataclass(frozen=True, slots=True)
class Grade:
    """How good a figure is: a class of the look, a sign and a word, so that colour never stands alone."""

    key: str
    sign: str
    word: str


def grade_of(value: Figure, measure: Measure) -> Grade | None:
    """Return how good a figure is; None where it is not known, or not said of such figures."""
    if value is None or measure.grades is None:
        return None
    good, poor = measure.grades
    if value <= good:
        return Grade("good", "✓", pgettext("grade", "Good"))
    if value <= poor:
        return Grade("warn", "!", pgettext("grade", "Needs improvement"))
    return Grade("bad", "✕", pgettext("grade", "Poor"))


@dataclass(frozen=True, slots=True)
class Change:
    """How a figure changed: "↑ 6.4%", and what it was before."""

    text: str
    before: str


def change_of(now: Figure, before: Figure, measure: Measure, currency: str) -> Change | None:
    """Return the change, or None where either figure is not known."""
    if now is None or before is None:
        return None
    was = figure_text(before, measure, currency)
    if figure_text(now, measure, currency) == was:
        return Change(pgettext("figure", "no change"), was)
    arrow = "↑" if now > before else "↓"
    difference = abs(float(now) - float(before))
    match measure.unit:
        case "percent":
            size = _("%(number)s points") % {"number": formats.decimal(max(difference * 100, 0.1), 1)}
        case _ if measure.is_score:
            size = _("%(number)s points") % {"number": formats.decimal(max(difference, 0.1), 1)}
        case "seconds":
            size = formats.length(round(difference) if difference >= 1 else difference)
        case _ if not before:
            size = figure_text(now, measure, currency)
        case _:
            size = _share_text(difference / abs(float(before)))
    return Change(f"{arrow}{formats.NBSP}{size}", was)


def _share_text(share: float) -> str:
    """Write a relative change with the digits that it is worth: 250%, 9.6%, 0.03%."""
    return formats.percent(share, 0 if share >= 1 else 1 if share >= 0.0005 else 2)


@dataclass(frozen=True, slots=True)
class Headline:
    """One figure of the strip. `unit` stands small beside it; `url` draws it or opens its facts.

    `note` says why there is none, `grade` how good it is.
    """

    label: str
    text: str
    unit: str
    change: Change | None
    url: str
    is_drawn: bool
    note: str = ""
    grade: Grade | None = None


def headline_figure(value: Figure, measure: Measure, currency: str) -> tuple[str, str]:
    """Return figure and unit apart: ("41.2", "%"), ("2:14", "min"), ("81,240", "")."""
    if value is None:
        return NOTHING, ""
    if measure.unit == "percent":
        return formats.decimal(float(value) * 100, 1), "%"
    if measure.unit == "seconds":
        return formats.length_short(float(value))
    return figure_text(value, measure, currency), ""


def overall_figures(answer: Answer) -> list[tuple[Measure, Figure, Figure]]:
    """Return the measures that mean something over the whole period, with the figures now and before."""
    before = {**(answer.totals_before or {}), **(answer.overall_before or {})}
    now = {**answer.totals, **answer.overall}
    return [
        (measure, now[measure.name], before.get(measure.name))
        for measure in answer.measures
        if measure.name in now
    ]


def headlines(answer: Answer, urls: dict[str, str], drawn: str) -> list[Headline]:
    """Return the strip of figures; `urls` by measure, `drawn` the measure in the picture."""
    found = []
    for measure, now, before in overall_figures(answer):
        text, unit = headline_figure(now, measure, answer.question.site.currency)
        change = change_of(now, before, measure, answer.question.site.currency)
        url = urls.get(measure.name, "")
        note = str(measure.lack) if now is None else ""
        is_drawn, grade = measure.name == drawn, grade_of(now, measure)
        found.append(Headline(str(measure.label), text, unit, change, url, is_drawn, note, grade))
    return found
