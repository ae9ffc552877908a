"""The curve of a report: the SVG that is there at once, the figures for uPlot, and the words for both."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zoco.ledger.asking.answer import Answer, Imported, Row
from zoco.ledger.pictures import formats
from zoco.ledger.pictures.curves import Curve, Fitting, fitting
from zoco.ledger.pictures.figures import axis_text, few_text, figure_text, overall_figures
from zoco.ledger.pictures.labels import bucket_label, grain_of
from zoco.ledger.pictures.marks import Mark, marks_in
from zoco.ledger.pictures.ticks import ticks
from zoco.ledger.report import Measure

MARK_ROOM = 0.02
"""The share of a curve's width that the number of one mark takes."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A curve ready for its template. `points` goes to the script as JSON."""

    title: str
    note: str
    svg: Fitting
    points: dict[str, Any]
    words: list[str]
    has_before: bool
    is_open: bool
    marks: list[tuple[str, Mark]]
    """What is marked, each with its day."""
    imported: str = ""
    """Where imported steps came from; empty when there are none."""


def chart(answer: Answer, drawn: str) -> Chart | None:
    """Prepare the curve of one measure; None when there is nothing to draw."""
    if not answer.rows or not grain_of(answer):
        return None
    measure = next((each for each in answer.measures if each.name == drawn), answer.measures[0])
    rows = _begun(sorted(answer.rows, key=_start))
    words = _words(answer, measure, rows)
    values = [_value(row, measure) for row in rows]
    theirs = _imported(rows, values)
    ours = [None if row.is_imported else value for row, value in zip(rows, values, strict=True)]
    before = [_before(row, measure) for row in rows]
    has_before = any(value is not None for value in before)
    labels = [bucket_label(_start(row), grain_of(answer)) for row in rows]
    is_open = rows[-1].is_unfinished
    title = str(measure.label)
    is_whole = measure.unit == "count" and _are_whole((*values, *before))
    # Notes are for those who keep them: no shared link shows them, whatever number of visitors it asks for.
    marks = marks_in(answer.question.site, answer.question.period) if answer.question.guard is None else []
    marks = [mark for mark in marks if mark.on <= _last_day(rows, grain_of(answer))]
    places = _merged([_place(rows, mark) for mark in marks], len(rows))
    seen = before if has_before else []
    picture = Curve(ours, labels, title, " ".join(words), seen, is_open, is_whole, places, theirs)
    return Chart(
        title=title,
        note=_("site time (%(zone)s)") % {"zone": answer.question.site.zone},
        svg=fitting(picture, lambda value: axis_text(value, measure)),
        points=_points(answer, measure, rows, values, seen)
        | {"marks": places, "imported": theirs, "ours": ours},
        words=words,
        has_before=has_before,
        is_open=is_open,
        marks=[(formats.day(mark.on, year=False), mark) for mark in marks],
        imported=", ".join(answer.imported.names) if answer.imported and theirs else "",
    )


def _are_whole(values: Iterable[float | None]) -> bool:
    return all(value is None or value.is_integer() for value in values)


def _last_day(rows: list[Row], grain: str) -> date:
    """Return the last day of the last bucket that is drawn."""
    day = _start(rows[-1]).date()
    if grain == "week":
        return day + timedelta(days=6)
    return (
        (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        if grain == "month"
        else day
    )


def _merged(places: list[int], count: int) -> list[int]:
    """Put marks whose numbers would lie over each other at one place, which then has all the numbers."""
    merged: list[int] = []
    for number, place in enumerate(places):
        before = merged[-1] if merged else 0
        near = MARK_ROOM * merged.count(before) * (count - 1)
        is_near = bool(number) and place - before < near
        merged.append(before if is_near else place)
    return merged


def _place(rows: list[Row], mark: Mark) -> int:
    """Return the number of the bucket in which a day begins, the last one where it is not drawn any more."""
    later = (number for number, row in enumerate(rows) if _start(row).date() > mark.on)
    found = next(later, len(rows)) - 1
    while found > 0 and _start(rows[found - 1]).date() == mark.on:
        found -= 1
    return max(found, 0)


def _value(row: Row, measure: Measure) -> float | None:
    value = row.values.get(measure.name)
    is_gap = row.is_hidden or (value is None and (row.is_imported or bool(measure.lack)))
    return None if is_gap else float(value or 0)


def _imported(rows: list[Row], values: list[float | None]) -> list[float | None]:
    """Return the values of imported steps and of the step after each, so that the line goes on; or none."""
    marked = [row.is_imported for row in rows]
    if not any(marked):
        return []
    after = [False, *marked[:-1]]
    return [
        value if is_marked or was_marked else None
        for value, is_marked, was_marked in zip(values, marked, after, strict=True)
    ]


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
    is_lacking = any(row.values.get(measure.name) is None and not row.is_hidden for row in rows)
    if measure.may_lack and measure.lack and is_lacking:
        sentences.append(_("Where the line is missing: %(why)s.") % {"why": measure.lack})
    if answer.imported:
        sentences += _from_elsewhere(answer, answer.imported)
    if rows[-1].is_unfinished and not rows[-1].is_hidden:
        last = _placed(answer, measure, rows[-1])
        sentences.append(_("%(bucket)s is not over yet and is drawn dotted.") % last)
    return sentences


def _from_elsewhere(answer: Answer, found: Imported) -> list[str]:
    """Say which days were counted elsewhere, and what nobody can know of them."""
    said = ngettext(
        "%(days)s day (%(span)s) was imported from %(names)s and is drawn dashed.",
        "%(days)s days (%(span)s) were imported from %(names)s and are drawn dashed.",
        found.days,
    )
    span = formats.span(found.first, found.last)
    sentences = [said % {"days": formats.count(found.days), "span": span, "names": ", ".join(found.names)}]
    if answer.overall and answer.overall.get("visitors", 0) is None:
        sentences.append(
            _(
                "An import says how many visitors a day had, not which of them came back; so there is no "
                "number of visitors over several such days."
            )
        )
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
