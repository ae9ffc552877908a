"""What stands on a sheet, in words and figures of the language in force; PDF and mail only lay it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from zoco.ledger.asking.answer import Answer, Row
from zoco.ledger.pictures import formats
from zoco.ledger.pictures.charts import Chart, chart
from zoco.ledger.pictures.figures import Headline, change_of, figure_text, headlines
from zoco.ledger.pictures.labels import bucket_label, grain_of, value_label
from zoco.ledger.pictures.names import Names, has_code, names_of
from zoco.ledger.report import Dimension, Measure

# A cell with more is cut: what visitors write must not make a row higher than a page.
LETTERS_MOST = 160


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. The first `names` columns say what a row is about, the others are figures."""

    heads: list[str]
    rows: list[list[str]]
    names: int
    note: str


@dataclass(frozen=True, slots=True)
class Stated:
    """A figure in words; `note` says how it changed, or why there is none."""

    label: str
    text: str
    note: str


@dataclass(frozen=True, slots=True)
class Section:
    """One report: its figures, curve and first rows; `empty` says why there is nothing."""

    title: str
    question: str
    figures: list[Stated]
    chart: Chart | None
    grid: Grid | None
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """All of it. `about` says in pairs of words what the figures are of."""

    title: str
    site: str
    is_demo: bool
    about: list[tuple[str, str]]
    sections: list[Section]


def sheet_of(
    title: object, answers: Sequence[Answer], *, filters: str, made_at: datetime, rows_most: int
) -> Sheet:
    """Write down answers to one question; `filters` are in words. The first is the main one."""
    question = answers[0].question
    is_one = len(answers) == 1
    return Sheet(
        title=str(title),
        site=question.site.name,
        is_demo=question.site.is_demo,
        about=_about(answers[0], filters, made_at),
        sections=[
            _section(each, rows_most if is_one or number else 0) for number, each in enumerate(answers)
        ],
    )


def _about(answer: Answer, filters: str, made_at: datetime) -> list[tuple[str, str]]:
    question = answer.question
    about = [(_("Period"), formats.span(question.period.first, question.period.last))]
    before = question.period_before
    if before is not None:
        about.append((_("Compared with"), formats.span(before.first, before.last)))
    about.append((_("Filters"), filters or _("none")))
    about.append((_("Time zone"), question.site.zone))
    about.append((_("Made"), formats.moment(made_at)))
    return about


def _section(answer: Answer, rows_most: int) -> Section:
    report = answer.report
    is_empty = answer.is_empty or not answer.total_rows
    drawn = chart(answer, answer.measures[0].name) if report.picture == "curve" and not is_empty else None
    return Section(
        title=str(report.label),
        question=str(report.question),
        figures=[] if is_empty else [_stated(each) for each in headlines(answer, {}, "")],
        chart=drawn,
        grid=_grid(answer, rows_most) if rows_most and not is_empty else None,
        empty=_("Nothing was counted in this period.") if is_empty else "",
    )


def _stated(figure: Headline) -> Stated:
    unit = formats.spelling().percent if figure.unit == "%" else f"{formats.NBSP}{figure.unit}"
    note = figure.note
    if figure.change is not None:
        words = _("%(change)s from %(before)s")
        note = words % {"change": figure.change.text, "before": figure.change.before}
    return Stated(figure.label, figure.text + (unit if figure.unit else ""), note)


def _grid(answer: Answer, rows_most: int) -> Grid:
    rows = answer.rows[:rows_most]
    has_change = answer.period_before is not None
    columns: tuple[Dimension | Measure, ...] = (*answer.dimensions, *answer.measures)
    heads = [str(each.label) for each in columns]
    shown = formats.count(len(rows))
    note = (
        _("The first %(shown)s of %(total)s rows.")
        % {"shown": shown, "total": formats.count(answer.total_rows)}
        if len(rows) < answer.total_rows
        else ""
    )
    if has_change:
        first = answer.measures[0]
        heads.append(_("Change of %(measure)s") % {"measure": first.label})
    named = names_of(answer.question.site, answer.dimensions, rows)
    lines = [_line(answer, row, named, has_change=has_change) for row in rows]
    return Grid(heads, lines, len(answer.dimensions), note)


def _line(answer: Answer, row: Row, named: Names, *, has_change: bool) -> list[str]:
    currency, first = answer.question.site.currency, answer.measures[0]
    names = [_name(answer, each, row, named) for each in answer.dimensions]
    if row.is_unfinished:
        names[0] = f"{names[0]} ({_('not over yet')})"
    cells = [figure_text(row.values.get(each.name), each, currency) for each in answer.measures]
    if not has_change:
        return [*names, *cells]
    before = row.before.get(first.name) if row.before and not row.is_unfinished else None
    change = change_of(row.values.get(first.name), before, first, currency)
    return [*names, *cells, change.text if change else ""]


def _name(answer: Answer, dimension: Dimension, row: Row, named: Names) -> str:
    value = row.key[dimension.name]
    if isinstance(value, datetime):
        return bucket_label(value, grain_of(answer), whole=True)
    name = str(value_label(dimension.filter or dimension.name, dimension.kind, value))
    if called := named.get(dimension.name, {}).get(str(value)):
        name = f"{called} ({name})" if has_code(dimension) else called
    return name if len(name) <= LETTERS_MOST else f"{name[: LETTERS_MOST - 1]}…"
