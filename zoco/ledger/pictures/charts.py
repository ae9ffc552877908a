"""The curve of a report: the SVG that is there at once, the figures for uPlot, and the words for both."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from zoco.ledger.asking.answer import Answer, Row
from zoco.ledger.pictures import formats
from zoco.ledger.pictures.curves import Curve, curve
from zoco.ledger.pictures.figures import axis_text, few_text, figure_text, overall_figures
from zoco.ledger.pictures.labels import bucket_label, grain_of
from zoco.ledger.pictures.marks import Mark, marks_in
from zoco.ledger.pictures.ticks import ticks
from zoco.ledger.report import Measure


@dataclass(frozen=True, slots=True)
class Chart:
    """A curve ready for its template. `points` goes to the script as JSON."""

    title: str
    note: str
    svg: SafeString
    points: dict[str, Any]
    words: list[str]
    has_before: bool
    is_open: bool
    marks: list[tuple[str, Mark]]
    """What is marked, each with its day."""


def chart(answer: Answer, drawn: str) -> Chart | None:
    """Prepare the curve of one measure; None when there is nothing to draw."""
    if not answer.rows or not grain_of(answer):
        return None
    measure = next((each for each in answer.measures if each.name == drawn), answer.measures[0])
    rows = _begun(sorted(answer.rows, key=_start))
    words = _words(answer, measure, rows)
    values = [None if row.is_hidden else float(row.values.get(measure.name) or 0) for row in rows]
    before = [_before(row, measure) for row in rows]
    has_before = any(value is not None for value in before)
    labels = [bucket_label(_start(row), grain_of(answer)) for row in rows]
    is_open = rows[-1].is_unfinished
    title = str(measure.label)
    is_whole = measure.unit == "count" and _are_whole((*values, *before))
    marks = [] if answer.is_guarded else marks_in(answer.question.site, answer.question.period)
    places = [_place(rows, mark) for mark in marks]
    picture = Curve(
        values, labels, title, " ".join(words), before if has_before else (), is_open, is_whole, places
    )
    return Chart(
        title=title,
        note=_("site time (%(zone)s)") % {"zone": answer.question.site.zone},
        svg=curve(picture, lambda value: axis_text(value, measure)),
        points=_points(answer, measure, rows, values, before if has_before else []) | {"marks": places},
        words=words,
        has_before=has_before,
        is_open=is_open,
        marks=[(formats.day(mark.on, year=False), mark) for mark in marks],
    )


def _are_whole(values: Iterable[float | None]) -> bool:
    return all(value is None or value.is_integer() for value in values)


def _place(rows: list[Row], mark: Mark) -> int:
    """Return the number of the bucket in which a day begins, the last one where it is not drawn any more."""
    later = (number for number, row in enumerate(rows) if _start(row).date() > mark.on)
    found = next(later, len(rows)) - 1
    while found > 0 and _start(rows[found - 1]).date() == mark.on:
        found -= 1
    return max(found, 0)


def _begun(rows: list[Row]) -> list[Row]:
    """Leave out buckets that lie in the future: only the first unfinished one has begun."""
    for number, row in enumerate(rows):
        if row.is_unfinished:
            return rows[: number + 1]
    return rows


def _start(row: Row) -> datetime:
    return next(value for value in row.key.values() if isinstance(value, datetime))


def _before(row: Row, measure: Measure) -> float | None:
    value = row.before.get(measure.name) if row.before else None
    return None if value is None else float(value)


def _points(
    answer: Answer, measure: Measure, rows: list[Row], values: list[float | None], before: list[float | None]
) -> dict[str, Any]:
    """Return what the script draws; texts come written, so that it needs no formats of its own."""
    currency, grain = answer.question.site.currency, grain_of(answer)
    top = max([value for value in (*values, *before) if value is not None], default=0.0)
    steps = ticks(top, 4, whole=measure.unit == "count" and _are_whole((*values, *before)))
    return {
        "label": str(measure.label),
        "beforeLabel": _("before"),
        "values": values,
        "before": before,
        "labels": [bucket_label(_start(row), grain) for row in rows],
        "names": [bucket_label(_start(row), grain, whole=True) for row in rows],
        "texts": [
            few_text(answer)
            if row.is_hidden
            else figure_text(row.values.get(measure.name), measure, currency)
            for row in rows
        ],
        "beforeTexts": [
            figure_text(row.before.get(measure.name), measure, currency) if row.before else "" for row in rows
        ]
        if before
        else [],
        "steps": steps,
        "stepTexts": [axis_text(step, measure) for step in steps],
        "isOpen": rows[-1].is_unfinished,
    }


def _words(answer: Answer, measure: Measure, rows: list[Row]) -> list[str]:
    """Say in whole sentences what the curve shows: the whole, the highest, the lowest, what is open."""
    sentences = _whole(answer, measure)
    known = [row for row in rows if row.values.get(measure.name) is not None and not row.is_unfinished]
    if len(known) > 1:
        highest = max(known, key=lambda row: float(row.values[measure.name] or 0))
        lowest = min(known, key=lambda row: float(row.values[measure.name] or 0))
        sentences.append(_("Highest: %(bucket)s with %(figure)s.") % _placed(answer, measure, highest))
        sentences.append(_("Lowest: %(bucket)s with %(figure)s.") % _placed(answer, measure, lowest))
    if any(row.is_hidden for row in rows):
        sentences.append(_("A gap stands for steps with %(few)s.") % {"few": few_text(answer)})
    if rows[-1].is_unfinished and not rows[-1].is_hidden:
        last = _placed(answer, measure, rows[-1])
        sentences.append(_("%(bucket)s is not over yet and is drawn dotted.") % last)
    return sentences


def _whole(answer: Answer, measure: Measure) -> list[str]:
    currency, period = answer.question.site.currency, answer.question.period
    for each, now, before in overall_figures(answer):
        if each.name != measure.name or now is None:
            continue
        values = {
            "measure": measure.label,
            "period": formats.span(period.first, period.last),
            "figure": figure_text(now, measure, currency),
            "before": figure_text(before, measure, currency),
        }
        if before is None:
            return [_("%(measure)s, %(period)s: %(figure)s.") % values]
        return [_("%(measure)s, %(period)s: %(figure)s; in the period compared with: %(before)s.") % values]
    return []


def _placed(answer: Answer, measure: Measure, row: Row) -> dict[str, str]:
    return {
        "bucket": bucket_label(_start(row), grain_of(answer), whole=True),
        "figure": figure_text(row.values.get(measure.name), measure, answer.question.site.currency),
    }
