"""Blanks: moments of a period and words of filters left open, so that one text serves all of them.

Writing a statement costs more than filling it in. A report gets an `Outline` for its period: what
`expr` and `Facts` take from it becomes a blank, whatever else a report reads of it binds the
statement to that one period. A word of a filter is a blank between quotes.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from zoco.kit.periods import Period, midnight, moment_at
from zoco.ledger.store.base import Dialect

DAY = 86_400_000_000
# What a blank of a name stands for; those that hold a moment, the others are whole microseconds.
MOMENTS = frozenset({"start", "end", "since", "month"})
START, END, SINCE, OFFSET, MONTH, WALL = "start", "end", "since", "offset", "month", "wall"
WORD = "word"
BLANK_LENGTH = 3


class Outline:
    """Stands in for a period while a statement is written. `role` tells the two periods of one apart."""

    def __init__(self, period: Period, role: str, mark: str) -> None:
        self._period = period
        self._prefix = f"{mark}.{role}."
        self.is_bound = False

    def __getattr__(self, name: str) -> Any:
        self.is_bound = True
        return getattr(self._period, name)

    def __str__(self) -> str:
        self.is_bound = True
        return str(self._period)

    def shaping(self) -> Period:
        """Return the period, for what the statement's shape says anyway; it binds nothing."""
        return self._period

    def blank(self, what: str, number: int = 0) -> str:
        """Return the text of a blank."""
        return f"{self._prefix}{what}.{number}."

    def count(self, what: str) -> int:
        """Return how many offsets or months there are: what the shape of a statement depends on."""
        return len(values(self._period, what))


class Template(msgspec.Struct, frozen=True):
    """A statement in pieces: text, blank, text, …, text. A blank is (role, what, number)."""

    texts: tuple[str, ...]
    blanks: tuple[tuple[int, str, int], ...]
    counts: tuple[tuple[int, str, int], ...]
    """How many offsets or months the periods must have: (role, what, how many)."""
    is_bound: bool = False

    def fits(self, periods: Sequence[Period]) -> bool:
        """Say whether the statement is right for these periods."""
        return all(len(values(periods[role], what)) == many for role, what, many in self.counts)

    def has_words(self, many: int) -> bool:
        """Say whether each of so many words has its place."""
        return {number for _, what, number in self.blanks if what == WORD} == set(range(many))

    def filled(self, periods: Sequence[Period], words: Sequence[str], dialect: Dialect) -> str:
        """Return the statement for these periods and words."""
        pieces = [self.texts[0]]
        for text, (role, what, number) in zip(self.texts[1:], self.blanks, strict=True):
            if what == WORD:
                pieces += [quoted(words[number], dialect), text]
                continue
            value = values(periods[role], what)[number]
            pieces += [moment_sql(value, dialect) if what in MOMENTS else str(value), text]
        return "".join(pieces)


class Outlines:
    """The outlines of one statement's periods and its words, and its text taken apart again afterwards."""

    def __init__(self, periods: Sequence[Period], words: int = 0) -> None:
        # Nobody who writes a filter can guess the mark and so forge a blank.
        self._mark = f"blank{secrets.token_hex(8)}"
        self.periods = periods
        self.each = [Outline(period, str(role), self._mark) for role, period in enumerate(periods)]
        self.words = [f"{self._mark}.0.{WORD}.{number}." for number in range(words)]

    def template(self, sql: str) -> Template:
        """Take a written statement apart."""
        first, *others = sql.split(f"{self._mark}.")
        texts, blanks = [first], []
        for piece in others:
            role, what, number, text = piece.split(".", BLANK_LENGTH)
            blanks.append((int(role), what, int(number)))
            texts.append(text)
        counts = tuple(self._counts([each for each in blanks if each[1] != WORD]))
        return Template(tuple(texts), tuple(blanks), counts, any(each.is_bound for each in self.each))

    def _counts(self, blanks: list[tuple[int, str, int]]) -> Iterable[tuple[int, str, int]]:
        shaping = {(role, OFFSET if what == SINCE else what) for role, what, _ in blanks}
        shaping |= {(role, MONTH) for role, what in shaping if what == WALL}
        for role, what in sorted(shaping):
            if what in {OFFSET, MONTH}:
                yield role, what, len(values(self.periods[role], what))


def quoted(word: str, dialect: Dialect) -> str:
    """Return a word as it stands between the single quotes of a literal."""
    if dialect == "clickhouse":
        word = word.replace("\\", "\\\\")
    return word.replace("'", "''")


def moment_sql(at_micros: int, dialect: Dialect) -> str:
    """Write a moment from UTC microseconds; depends on no zone of server or session."""
    text = moment_at(at_micros).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
    return f"TIMESTAMP '{text}'" if dialect == "duckdb" else f"toDateTime64('{text}', 6, 'UTC')"


def values(period: Period, what: str) -> list[int]:
    """Return what the blanks of a kind stand for in a period."""
    if what == START:
        return [period.start]
    if what == END:
        return [period.end]
    if what in {SINCE, OFFSET}:
        offsets = period.offsets()
        return [each.since if what == SINCE else each.micros for each in offsets]
    starts = [start.date() for start in period.buckets("month")]
    if what == MONTH:
        return [midnight(start, period.zone) for start in starts]
    return [(start - moment_at(0).date()).days * DAY for start in starts]
