"""Blanks: moments of a period left open, and what is filled in for them; `outlines` leaves more open.

Writing a statement costs more than filling it in. A report gets an `Outline` for its period: what
`expr` and `Facts` take from it becomes a blank, whatever else a report reads of it binds the
statement to that one period. What is left open of a longer period has its days at its end: "since_91", or
"since_-21" where they come before it, "since_-21_91" where both.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from zoco.kit.periods import Period, midnight, moment_at
from zoco.ledger.store.base import Dialect

DAY = 86_400_000_000
ALL = (date(1971, 1, 1), date(2200, 1, 1))
# What a blank of a name stands for; those that hold a moment, the others are whole microseconds.
MOMENTS = frozenset({"start", "end", "horizon", "since", "month"})
START, END, HORIZON, SINCE = "start", "end", "horizon", "since"
OFFSET, MONTH, WALL = "offset", "month", "wall"


class Outline:
    """Stands in for a period while a statement is written. `role` tells the two periods of one apart."""

    def __init__(self, period: Period, role: str, mark: str) -> None:
        self._period = period
        self._prefix, self._suffix = f"{mark}.{role}.", ""
        self._of: Outline | None = None
        self.is_bound = False

    def __getattr__(self, name: str) -> Any:
        self._bind()
        return getattr(self._period, name)

    def __str__(self) -> str:
        self._bind()
        return str(self._period)

    def _bind(self) -> None:
        self.is_bound = True
        if self._of is not None:
            self._of._bind()

    def longer(self, days: int) -> Outline:
        """Return the outline of a period with so many days more, below 0 before it; what binds it binds this
        one.
        """
        made = Outline(longer(self._period, days), "", "")
        made._prefix, made._suffix, made._of = self._prefix, f"{self._suffix}_{days}", self
        return made

    def shaping(self) -> Period:
        """Return the period, for what the statement's shape says anyway; it binds nothing."""
        return self._period

    def blank(self, what: str, number: int = 0) -> str:
        """Return the text of a blank."""
        return f"{self._prefix}{what}{self._suffix}.{number}."

    def count(self, what: str) -> int:
        """Return how many offsets or months there are: what the shape of a statement depends on."""
        return len(values(self._period, what))


def quoted(word: str, dialect: Dialect) -> str:
    """Return a word as it stands between the single quotes of a literal."""
    if dialect == "clickhouse":
        word = word.replace("\\", "\\\\")
    return word.replace("'", "''")


def moment_sql(at_micros: int, dialect: Dialect) -> str:
    """Write a moment from UTC microseconds; depends on no zone of server or session."""
    text = moment_at(at_micros).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
    return f"TIMESTAMP '{text}'" if dialect == "duckdb" else f"toDateTime64('{text}', 6, 'UTC')"


def longer(period: Period | Outline, days: int) -> Any:
    """Return a period, or its outline, with so many days more after it, or if below 0 before it."""
    if isinstance(period, Outline):
        return period.longer(days)
    if days < 0:
        return Period(period.first + timedelta(days=days), period.last, period.zone)
    return Period(period.first, period.last + timedelta(days=days), period.zone)


def ever(zone: str) -> Period:
    """Return a period in which all facts lie."""
    return Period(*ALL, zone)


def kind_of(what: str) -> str:
    """Return the kind of a blank, of whichever longer period it is."""
    return what.partition("_")[0]


def counted_by(what: str) -> str:
    """Return the kind of which a period has as many as of this one: each offset has its moment."""
    kind = kind_of(what)
    return {SINCE: OFFSET, WALL: MONTH}.get(kind, kind) + what.removeprefix(kind)


def values(period: Period, what: str) -> list[int]:
    """Return what the blanks of a kind stand for in a period."""
    what, *more = what.split("_")
    for days in more:
        period = longer(period, int(days))
    if what == START:
        return [period.start]
    if what == END:
        return [period.end]
    if what == HORIZON:
        return [period.horizon]
    if what in {SINCE, OFFSET}:
        offsets = period.offsets()
        return [each.since if what == SINCE else each.micros for each in offsets]
    starts = [start.date() for start in period.buckets("month")]
    if what == MONTH:
        return [midnight(start, period.zone) for start in starts]
    return [(start - moment_at(0).date()).days * DAY for start in starts]
