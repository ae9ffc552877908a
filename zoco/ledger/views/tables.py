"""The table of a report: heads that sort, rows that filter, figures that open their facts, pages."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zoco.ledger.asking.answer import Answer, Figure, Row
from zoco.ledger.pictures import formats
from zoco.ledger.pictures.bars import bar
from zoco.ledger.pictures.figures import Change, Grade, change_of, few_text, figure_text, grade_of
from zoco.ledger.pictures.labels import bucket_label, grain_of, value_label
from zoco.ledger.pictures.names import Names, has_code, names_of
from zoco.ledger.report import Dimension, Measure
from zoco.ledger.views.address import Address


@dataclass(frozen=True, slots=True)
class Head:
    """A column's head. `sort` is "ascending", "descending" or "" as aria-sort wants it."""

    label: str
    url: str
    sort: str
    is_figure: bool


@dataclass(frozen=True, slots=True)
class Name:
    """A cell that says what the row is about, with its column's head; `code` stands small beside a name."""

    label: str
    url: str
    head: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure under its head; `url` opens its facts, empty for a reader who may not see them."""

    text: str
    url: str
    head: str
    grade: Grade | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table."""

    names: list[Name]
    bar: SafeString
    cells: list[Cell]
    change: Change | None
    note: str


@dataclass(frozen=True, slots=True)
class Paged:
    """A page of rows with the words about it: "1–50 of 412"."""

    heads: list[Head]
    lines: list[Line]
    range_text: str
    previous_url: str
    next_url: str
    has_change: bool
    has_bars: bool
    has_long_names: bool
    is_panel: bool

    @property
    def stacks(self) -> bool:
        """Return whether rows are too wide for a phone, and become blocks there."""
        return len(self.heads) + self.has_change > 3 and not self.is_panel

    @property
    def sorts(self) -> bool:
        """Return whether heads are to be pressed, and stay to be seen."""
        return any(head.url for head in self.heads)


def name_label(dimension: Dimension, row: Row, grain: str) -> str:
    """Return the words for a row's value of a dimension."""
    value = row.key[dimension.name]
    if isinstance(value, datetime):
        return bucket_label(value, grain, whole=True)
    return value_label(dimension.filter or dimension.name, dimension.kind, value)


def sorted_measure(answer: Answer) -> Measure:
    """Return the measure that the table is ordered by, the first one when it is ordered by a name."""
    name, _descending = answer.question.order_for(answer.report)
    return next((each for each in answer.measures if each.name == name), answer.measures[0])


def paged(answer: Answer, address: Address, *, can_view_facts: bool, is_panel: bool = False) -> Paged:
    """Prepare a page of a report's rows. In a panel there is room for two figures, and nothing to sort by."""
    question, measure = answer.question, sorted_measure(answer)
    columns = answer.measures[: max(1, 3 - len(answer.dimensions))] if is_panel else answer.measures
    offset = (question.page - 1) * question.size
    # A curve's answer holds all of its rows, any other just those of the page.
    is_whole = answer.report.picture == "curve"
    rows = answer.rows[offset : offset + question.size] if is_whole else answer.rows
    names = names_of(question.site, answer.dimensions, rows)
    written = Writer(answer, address, measure, columns, can_view_facts, _open_since(answer), names)
    return Paged(
        heads=_heads(answer, address, columns, is_panel),
        lines=[written.line(row) for row in rows],
        range_text=_range_text(answer, offset + 1, offset + len(rows)),
        previous_url=address.changed(page=str(question.page - 1)) if question.page > 1 else "",
        next_url=address.changed(page=str(question.page + 1)) if question.page < answer.pages else "",
        has_change=answer.period_before is not None,
        has_bars=answer.report.picture == "bars",
        has_long_names=answer.report.picture == "bars" and len(answer.dimensions) == 1,
        is_panel=is_panel,
    )


def _open_since(answer: Answer) -> datetime | None:
    """Return the start of the bucket that is running now; those after it have not begun."""
    starts = (_start(row) for row in answer.rows if row.is_unfinished)
    return min((start for start in starts if start is not None), default=None)


def _start(row: Row) -> datetime | None:
    return next((value for value in row.key.values() if isinstance(value, datetime)), None)


def range_text(first: int, last: int, total: int) -> str:
    """Say which rows are shown: "1–50 of 412"."""
    if first == 1 and last >= total:
        return ngettext("%(total)s row", "%(total)s rows", total) % {"total": formats.count(total)}
    span = f"{formats.count(first)}{formats.DASH}{formats.count(last)}"
    return _("%(rows)s of %(total)s") % {"rows": span, "total": formats.count(total)}


def _range_text(answer: Answer, first: int, last: int) -> str:
    shown = range_text(first, last, answer.total_rows)
    if not answer.hidden_rows or not answer.question.guard:
        return shown
    hidden = ngettext(
        "%(rows)s row is not shown, to keep groups of fewer than %(least)s visitors unseen",
        "%(rows)s rows are not shown, to keep groups of fewer than %(least)s visitors unseen",
        answer.hidden_rows,
    ) % {"rows": formats.count(answer.hidden_rows), "least": formats.count(answer.question.guard.least)}
    return f"{shown} · {hidden}"


def _heads(answer: Answer, address: Address, measures: Sequence[Measure], is_panel: bool) -> list[Head]:
    name, descending = answer.question.order_for(answer.report)
    found = []
    columns: tuple[Dimension | Measure, ...] = (*answer.dimensions, *measures)
    for column in columns:
        is_figure = isinstance(column, Measure)
        is_sorted = column.name == name and not is_panel
        turned = not descending if is_sorted else is_figure
        sort = ("descending" if descending else "ascending") if is_sorted else ""
        url = "" if is_panel else address.changed(order=f"-{column.name}" if turned else column.name)
        found.append(Head(str(column.label), url, sort, is_figure))
    return found


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes the lines of one table; `measure` is the one that bars and changes are about."""

    answer: Answer
    address: Address
    measure: Measure
    columns: Sequence[Measure]
    can_view_facts: bool
    open_since: datetime | None = None
    names: Names = field(default_factory=dict)

    def line(self, row: Row) -> Line:
        currency = self.answer.question.site.currency
        facts = facts_url(self.answer, row, self.address) if self.can_view_facts else ""
        value, largest = row.values.get(self.measure.name), self.answer.largest.get(self.measure.name)
        is_drawn = self.answer.report.picture == "bars" and value is not None and largest is not None
        # A day that is not over cannot be held against a whole one.
        before = row.before.get(self.measure.name) if row.before and not row.is_unfinished else None
        return Line(
            names=[self._name(each, row) for each in self.answer.dimensions],
            bar=bar(float(value or 0), float(largest or 0)) if is_drawn else SafeString(""),
            cells=[self._cell(self._known(row, each), each, facts) for each in self.columns],
            change=change_of(value, before, self.measure, currency),
            note=self._note(row),
        )

    def _name(self, dimension: Dimension, row: Row) -> Name:
        written = _name(self.answer, dimension, row, self.address)
        name = self.names.get(dimension.name, {}).get(str(row.key[dimension.name]), "")
        code = written.label if has_code(dimension) else ""
        return replace(written, label=name, code=code) if name else written

    def _cell(self, value: Figure, measure: Measure, facts: str) -> Cell:
        text = figure_text(value, measure, self.answer.question.site.currency)
        return Cell(text, facts, str(measure.label), grade_of(value, measure))

    def _known(self, row: Row, measure: Measure) -> Figure:
        """Return a figure; none where the time that it is about has not begun."""
        value = row.values.get(measure.name)
        return None if not value and self._is_ahead(row) else value

    def _is_ahead(self, row: Row) -> bool:
        start = _start(row)
        return start is not None and self.open_since is not None and start > self.open_since

    def _note(self, row: Row) -> str:
        if self._is_ahead(row):
            return _("not begun yet")
        if row.is_hidden:
            return few_text(self.answer)
        if row.is_unfinished:
            return _("not over yet")
        if row.is_cut:
            return _("only in part")
        lacking = (each for each in self.columns if row.values.get(each.name) is None)
        return next((str(each.lack) for each in lacking if each.lack and (each.grades or each.may_lack)), "")


def _name(answer: Answer, dimension: Dimension, row: Row, address: Address) -> Name:
    label, head = name_label(dimension, row, grain_of(answer)), str(dimension.label)
    if dimension.kind == "bucket":
        days = _bucket_days(answer, row, dimension)
        return Name(label, address.changed(period=days, grain=_finer(answer)), head)
    url = address.filtered(dimension.filter, str(row.key[dimension.name])) if dimension.filter else ""
    return Name(label, url, head)


def _bucket_days(answer: Answer, row: Row, dimension: Dimension) -> str:
    """Return the bucket's days within the period, as in an address."""
    start = row.key[dimension.name]
    first = start.date() if isinstance(start, datetime) else answer.question.period.first
    period = answer.question.period
    match grain_of(answer):
        case "month":
            last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        case "week":
            last = first + timedelta(days=6)
        case _:
            last = first
    return f"{max(first, period.first)}..{min(last, period.last)}"


def _finer(answer: Answer) -> str:
    """Return the grain that shows what is within a bucket, the same one where the report has none finer."""
    grain = grain_of(answer)
    finer = "day" if grain in {"month", "week"} else "hour"
    known = (
        value for each in answer.report.parameters if each.name == "grain" for value, _label in each.choices
    )
    return finer if finer in known else grain


def facts_url(answer: Answer, row: Row, address: Address) -> str:
    """Return the address of the facts behind a row's figures."""
    query = address.shared()
    query["report"] = answer.report.key
    for dimension in answer.dimensions:
        if dimension.kind == "bucket":
            query["period"] = _bucket_days(answer, row, dimension)
        elif dimension.kind == "verdict":
            query["verdicts"] = str(row.key[dimension.name])
        elif dimension.filter:
            query.setlist(f"f.{dimension.filter}", [str(row.key[dimension.name])])
    return address.to("facts", query=query)
