"""A grid of cohorts: a row each, a column for each step since; the darker a cell, the more came back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from math import ceil

from django.utils.translation import gettext as _

from zoco.ledger.asking.answer import Answer, Figure, Row
from zoco.ledger.pictures import formats
from zoco.ledger.pictures.figures import figure_text
from zoco.ledger.pictures.labels import bucket_label, grain_of
from zoco.ledger.report import Measure

ROWS_MOST, STEPS_MOST = 60, 13
LOOKS = 6
"""How many grounds there are, h1 to h6."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One step of a cohort. `look` is the class of its ground, `said` how many of how many came."""

    text: str
    look: str
    said: str


@dataclass(frozen=True, slots=True)
class Line:
    """One cohort, its size, and its steps as far as they have begun."""

    name: str
    size: str
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Grid:
    """Title, heads of all columns, cohorts from the earliest on, and how to read it."""

    title: str
    by: str
    heads: list[str]
    rows: list[Line]
    note: str


def grid(answer: Answer) -> Grid | None:
    """Return the grid of a report with a bucket and a number: of its first share or amount of money, after
    which its bounds stand; beside it people, and of a share came.
    """
    if answer.report.picture != "grid" or not answer.rows:
        return None
    cohort, step = (each.name for each in answer.dimensions)
    rows = sorted(answer.rows, key=lambda row: (str(row.key[cohort]), _step(row, step)))
    cohorts = [list(found) for _start, found in groupby(rows, key=lambda row: row.key[cohort])]
    # The first column is everybody where somebody comes back by what he came by.
    drawn = _drawn(answer)
    largest = max((drawn.of(row) for row in rows if _step(row, step)), default=0.0)
    grain, people = grain_of(answer), next(each for each in answer.measures if each.name == "people")
    title, by = _("Who came back"), _("share of each cohort, by the number of the step since")
    darker = _("The darker a cell, the larger the share.")
    if drawn.measure.unit == "money":
        title, by = _("What a person brought"), _("mean of each cohort, by the number of the step since")
        darker = _("The darker a cell, the more a person brought.")
    note = _("A dashed outline is a step that is not over yet.")
    note = f"{darker} {note}"
    if len(answer.rows) < answer.total_rows or len(cohorts) > ROWS_MOST:
        more = _("Only the newest cohorts are drawn; the table has all of them.")
        note = f"{note} {more}"
    return Grid(
        title=title,
        by=by,
        heads=[str(answer.dimensions[0].label), str(people.label), *_heads(rows, step)],
        rows=[_line(each, cohort, grain, drawn, largest) for each in cohorts[-ROWS_MOST:]],
        note=note,
    )


def _heads(rows: Iterable[Row], step: str) -> list[str]:
    """Return each step, or the first and the last of those that are counted as one."""
    ends = {_step(row, step): int(row.values.get("until") or _step(row, step)) for row in rows}
    return [f"{first}–{last}" if first < last else f"{first}" for first, last in sorted(ends.items())]


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What cells show: a measure, the names of its bounds, and the currency of what is money."""

    measure: Measure
    bounds: tuple[str, str]
    currency: str

    def of(self, row: Row) -> float:
        return float(row.values[self.measure.name] or 0)

    def text(self, figure: Figure) -> str:
        return figure_text(figure, self.measure, self.currency)

    def said(self, row: Row) -> str:
        """Return of how many people it is, with its interval where there is one."""
        low, high = (row.values[name] for name in self.bounds)
        people = formats.count(_whole(row, "people"))
        if self.measure.unit == "money":
            said = _("%(each)s for each of %(people)s")
            told = {"each": self.text(row.values[self.measure.name]), "people": people}
        else:
            said = _("%(came)s of %(people)s")
            told = {"came": formats.count(_whole(row, "came")), "people": people}
        if low is None or high is None:
            return said % told
        bounds = {"said": said % told, "low": self.text(low), "high": self.text(high)}
        return _("%(said)s; 95%% interval from %(low)s to %(high)s") % bounds


def _drawn(answer: Answer) -> _Drawn:
    at = next(n for n, each in enumerate(answer.measures) if each.unit in ("percent", "money"))
    measure, low, high = answer.measures[at : at + 3]
    return _Drawn(measure, (low.name, high.name), answer.question.site.currency)


def _line(rows: list[Row], cohort: str, grain: str, drawn: _Drawn, largest: float) -> Line:
    start = rows[0].key[cohort]
    name = bucket_label(start, grain, whole=True) if isinstance(start, datetime) else str(start)
    return Line(name, formats.count(_whole(rows[0], "people")), list(_cells(rows, drawn, largest)))


def _cells(rows: Iterable[Row], drawn: _Drawn, largest: float) -> Iterable[Cell]:
    for row in rows:
        if row.values[drawn.measure.name] is None:
            yield Cell(_("not yet"), "open", "")
            continue
        share = drawn.of(row)
        look = min(LOOKS, ceil(round(LOOKS * share / largest, 9))) if largest > 0 else 0
        text = drawn.text(row.values[drawn.measure.name])
        yield Cell(text, f"h{look}" if look > 0 else "", drawn.said(row))


def _step(row: Row, name: str) -> int:
    return int(str(row.key[name]))


def _whole(row: Row, name: str) -> int:
    return int(row.values[name] or 0)
