"""A grid of cohorts: a row each, a column for each step since; the darker a cell, the more came back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from math import ceil

from django.utils.translation import gettext as _

from zoco.ledger.asking.answer import Answer, Row
from zoco.ledger.pictures import formats
from zoco.ledger.pictures.labels import bucket_label, grain_of

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
    """Heads of all columns, cohorts from the earliest on, and how to read it."""

    heads: list[str]
    rows: list[Line]
    note: str


def grid(answer: Answer) -> Grid | None:
    """Return the grid of a report with a bucket, a number, and people, came, share, rate_low, rate_high."""
    if answer.report.picture != "grid" or not answer.rows:
        return None
    cohort, step = (each.name for each in answer.dimensions)
    rows = sorted(answer.rows, key=lambda row: (str(row.key[cohort]), _step(row, step)))
    cohorts = [list(found) for _start, found in groupby(rows, key=lambda row: row.key[cohort])]
    # The first column is everybody where somebody comes back by what he came by.
    largest = max((_share(row) for row in rows if _step(row, step)), default=0.0)
    grain, people = grain_of(answer), next(each for each in answer.measures if each.name == "people")
    steps = max(_step(row, step) for row in rows)
    note = _("The darker a cell, the larger the share. A dashed outline is a step that is not over yet.")
    if len(answer.rows) < answer.total_rows or len(cohorts) > ROWS_MOST:
        more = _("Only the newest cohorts are drawn; the table has all of them.")
        note = f"{note} {more}"
    return Grid(
        heads=[str(answer.dimensions[0].label), str(people.label), *map(str, range(steps + 1))],
        rows=[_line(each, cohort, grain, largest) for each in cohorts[-ROWS_MOST:]],
        note=note,
    )


def _line(rows: list[Row], cohort: str, grain: str, largest: float) -> Line:
    start = rows[0].key[cohort]
    name = bucket_label(start, grain, whole=True) if isinstance(start, datetime) else str(start)
    return Line(name, formats.count(_whole(rows[0], "people")), list(_cells(rows, largest)))


def _cells(rows: Iterable[Row], largest: float) -> Iterable[Cell]:
    for row in rows:
        if row.values["share"] is None:
            yield Cell(_("not yet"), "open", "")
            continue
        share = _share(row)
        look = min(LOOKS, ceil(round(LOOKS * share / largest, 9))) if largest else 0
        yield Cell(formats.percent(share), f"h{look}" if look else "", _said(row))


def _said(row: Row) -> str:
    low, high = row.values["rate_low"], row.values["rate_high"]
    said = {
        "came": formats.count(_whole(row, "came")),
        "people": formats.count(_whole(row, "people")),
    }
    if low is None or high is None:
        return _("%(came)s of %(people)s") % said
    bounds = {"low": formats.percent(float(low)), "high": formats.percent(float(high))}
    return _("%(came)s of %(people)s; 95%% interval from %(low)s to %(high)s") % (said | bounds)


def _step(row: Row, name: str) -> int:
    return int(str(row.key[name]))


def _whole(row: Row, name: str) -> int:
    return int(row.values[name] or 0)


def _share(row: Row) -> float:
    return float(row.values["share"] or 0)
