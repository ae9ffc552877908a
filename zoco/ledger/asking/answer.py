"""Answers: what comes back from a report, ready for a page, a file or a program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoco.kit.periods import Period
    from zoco.ledger.asking.question import Question
    from zoco.ledger.report import Dimension, Measure, Report

Key = str | int | datetime
Figure = int | float | Decimal | None


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `key` by dimension, `values` by measure, and what they were the period before.

    A bucket is a naive datetime of the site's wall clock; `before_key` is the bucket compared with.
    `before` is None without a comparison; a row that was not there before has zeros for what counts.
    """

    key: Mapping[str, Key]
    values: Mapping[str, Figure]
    before: Mapping[str, Figure] | None = None
    before_key: Mapping[str, Key] | None = None
    is_unfinished: bool = False
    """The bucket is not over yet."""
    is_cut: bool = False
    """The period begins or ends inside the bucket."""
    is_hidden: bool = False
    """Too few people are behind it to say anything (or nobody); its figures are not known."""
    is_imported: bool = False
    """Its figures are, in part or whole, sums that came from elsewhere; None where those do not say."""


@dataclass(frozen=True, slots=True)
class Imported:
    """Where the days came from that are not our own, the first and last of them and how many."""

    names: tuple[str, ...]
    first: date
    last: date
    days: int


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """Sums of imported days for one value of a report's dimension, as the other program named it.

    None is what its export does not state. People are not in it: theirs and ours do not add up.
    """

    label: str
    page_views: int | None
    sessions: int | None
    events: int | None


@dataclass(frozen=True, slots=True)
class Answer:
    """A report's answer to one question.

    `total_rows` counts all rows, `rows` holds this page (of a curve: all). `totals` has only
    measures that add up; `overall` has the report's own figures over all rows, where it has some.
    `largest` is the largest value of each measure over all rows, for bars.
    """

    report: Report
    question: Question
    rows: list[Row]
    total_rows: int
    totals: Mapping[str, Figure]
    largest: Mapping[str, Figure]
    sql: str
    """The query as it was asked, laid out to be read."""
    seconds: float
    newest_at: datetime | None
    """When the newest fact of the period happened, aware, in UTC."""
    facts_used: int
    facts_left_out: Mapping[str, int]
    """How many facts of the same kind other verdicts have, by verdict; zeros are left out."""
    totals_before: Mapping[str, Figure] | None = None
    overall: Mapping[str, Figure] = field(default_factory=dict)
    overall_before: Mapping[str, Figure] | None = None
    period_before: Period | None = None
    hidden_rows: int = 0
    """How many rows of a table the question's guard leaves out; not told where no row is shown."""

    imported: Imported | None = None
    """The days of the period that are taken from imports."""
    imported_rows: tuple[ImportedRow, ...] = ()
    """Of a table: what imports say of those days, a page of it; never part of `rows` or of totals."""
    imported_total: int = 0
    """How many such rows there are."""

    @property
    def is_guarded(self) -> bool:
        """Return whether rows with few people are left out."""
        return self.question.guard is not None and self.question.guard.least > 0

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to show."""
        if self.question.guard:
            return not self.overall and all(row.is_hidden for row in self.rows)
        return not self.facts_used and self.imported is None

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        return self.report.dimensions

    @property
    def measures(self) -> tuple[Measure, ...]:
        return self.report.measures

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total_rows // self.question.size))
