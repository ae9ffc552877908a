"""Outlines: a site, its periods and the words of filters left open: one text serves all of them.

A word is a blank between quotes, and so is a host name of the site's. Its key is a number left blank.
Whatever else is read of a site while a statement is written, other sites must have as well to get that text.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, cast

import msgspec

from zoco.kit.periods import Period
from zoco.ledger.asking.statements.blanks import (
    MOMENTS,
    MONTH,
    OFFSET,
    Outline,
    counted_by,
    kind_of,
    moment_sql,
    quoted,
    values,
)
from zoco.ledger.expr import Value
from zoco.ledger.sitebook import SiteInfo
from zoco.ledger.store.base import Dialect

WORD, SITE, HOST = "word", "site", "host"
BLANK_LENGTH = 3
_EVER = (date(1970, 1, 1), date(9999, 12, 31))
_PARTS = frozenset(each.name for each in fields(SiteInfo))


@dataclass(frozen=True, slots=True)
class Given:
    """What a statement is about. While it is written, outlines stand in for the site and the periods, and
    marks for the words.
    """

    site: SiteInfo
    periods: Sequence[Period]
    words: Sequence[str] = ()

    def values(self, role: int, what: str) -> Sequence[int | str]:
        """Return what the blanks of a kind stand for."""
        if what == SITE:
            return (self.site.id,)
        if what == HOST:
            return self.site.own_hosts
        return self.words if what == WORD else values(self.periods[role], what)


class SiteOutline(SiteInfo):
    """Stands in for a site while a statement is written, and notes what is read of it."""

    __slots__ = ("_mark", "_read", "_site")

    def __init__(self, site: SiteInfo, mark: str) -> None:
        for name, value in (("_site", site), ("_mark", mark), ("_read", set())):
            object.__setattr__(self, name, value)

    def __getattribute__(self, name: str) -> Any:
        if name not in _PARTS:
            return object.__getattribute__(self, name)
        self._read.add(name)
        return getattr(self._site, name)

    def __eq__(self, other: object) -> bool:
        self._read.update(_PARTS)
        return bool(self._site == other)

    def __hash__(self) -> int:
        self._read.update(_PARTS)
        return hash(self._site)

    def shaping(self) -> SiteInfo:
        """Return the site, for what the statement's shape says anyway; it is not noted."""
        found: SiteInfo = self._site
        return found

    @property
    def blank(self) -> str:
        """The text of a blank for the site's key."""
        return f"{self._mark}.0.{SITE}.0."

    @property
    def own_hosts(self) -> tuple[str, ...]:
        """Blanks for the site's host names, to be compared with as they are."""
        self._read.add(HOST)
        return tuple(f"{self._mark}.0.{HOST}.{number}." for number in range(len(self._site.own_hosts)))

    @property
    def has_read_hosts(self) -> bool:
        return HOST in self._read

    def told(self) -> tuple[tuple[str, str], ...]:
        """Return what was read of the site, by its name, but for what is left blank."""
        return tuple((name, repr(getattr(self._site, name))) for name in sorted(self._read - {HOST}))


def key_of(site: SiteInfo) -> Value:
    """Return a site's key, to be compared with. Whoever reads `site.id` instead binds a statement to it."""
    from zoco.ledger.asking.statements.engines import BlankWhole

    if not isinstance(site, SiteOutline):
        return site.id
    blank: Any = BlankWhole(site.blank)
    return blank.to_expr()


def counting_in(site: SiteInfo, period: Period) -> tuple[tuple[int, str], ...]:
    """Return which origins count in a period, though outlines may stand in for both: the shape tells it.

    Of a period that is not the question's own it does not, and what is read of the site is noted.
    """
    if not isinstance(period, Outline):
        return site.counting_in(period)
    site = site.shaping() if isinstance(site, SiteOutline) else site
    return site.counting_in(period.shaping())


def counting_of(site: SiteInfo, period: Period) -> tuple[object, ...]:
    """Return the origins that count in a period, and when they change; not when it begins."""
    (_, first), *changes = site.counting_in(period)
    return (first, *changes)


def counting_ever(site: SiteInfo) -> tuple[tuple[int, str], ...]:
    """Return which origins count at any time, for what looks beyond a period: only sites at which they are
    the same share the statement.
    """
    return site.counting_in(Period(*_EVER, site.zone if len(site.counted) > 1 else "UTC"))


class Template(msgspec.Struct, frozen=True):
    """A statement in pieces: text, blank, text, …, text. A blank is (role, what, number)."""

    texts: tuple[str, ...]
    blanks: tuple[tuple[int, str, int], ...]
    counts: tuple[tuple[int, str, int], ...]
    """How many offsets or months the periods must have, and hosts the site: (role, what, how many)."""
    site: tuple[tuple[str, str], ...] = ()
    """What else the site must have."""
    is_bound: bool = False

    def fits(self, given: Given) -> bool:
        """Say whether the statement is right for this site and these periods."""
        return all(repr(getattr(given.site, name)) == value for name, value in self.site) and all(
            len(given.values(role, what)) == many for role, what, many in self.counts
        )

    def has_all(self, words: int) -> bool:
        """Say whether each of so many words has its place, and each host if they were read."""
        hosts = sum(many for _, what, many in self.counts if what == HOST)
        return self._numbers(WORD) == set(range(words)) and self._numbers(HOST) == set(range(hosts))

    def _numbers(self, kind: str) -> set[int]:
        return {number for _, what, number in self.blanks if what == kind}

    def filled(self, given: Given, dialect: Dialect) -> str:
        """Return the statement for what is given."""
        pieces = [self.texts[0]]
        for text, (role, what, number) in zip(self.texts[1:], self.blanks, strict=True):
            value = given.values(role, what)[number]
            if isinstance(value, str):
                pieces += [quoted(value, dialect), text]
            else:
                pieces += [moment_sql(value, dialect) if kind_of(what) in MOMENTS else str(value), text]
        return "".join(pieces)


class Outlines:
    """The outlines of all that is given to one statement, and its text taken apart again afterwards."""

    def __init__(self, given: Given) -> None:
        # Nobody who writes a filter can guess the mark and so forge a blank.
        self._mark = f"blank{secrets.token_hex(8)}"
        self._given = given
        self._site = SiteOutline(given.site, self._mark)
        self._periods = [Outline(each, str(role), self._mark) for role, each in enumerate(given.periods)]

    @property
    def given(self) -> Given:
        """What the statement is to be written over."""
        words = [f"{self._mark}.0.{WORD}.{number}." for number in range(len(self._given.words))]
        return Given(self._site, cast("Sequence[Period]", self._periods), words)

    def template(self, sql: str) -> Template:
        """Take a written statement apart."""
        first, *others = sql.split(f"{self._mark}.")
        texts, blanks = [first], []
        for piece in others:
            role, what, number, text = piece.split(".", BLANK_LENGTH)
            blanks.append((int(role), what, int(number)))
            texts.append(text)
        return Template(
            tuple(texts),
            tuple(blanks),
            tuple(self._counts(blanks)),
            self._site.told(),
            any(each.is_bound for each in self._periods),
        )

    def _counts(self, blanks: list[tuple[int, str, int]]) -> Iterable[tuple[int, str, int]]:
        shaping = {(role, counted_by(what)) for role, what, _ in blanks}
        shaping |= {(0, HOST)} if self._site.has_read_hosts else set()
        for role, what in sorted(shaping):
            if kind_of(what) in {OFFSET, MONTH, HOST}:
                yield role, what, len(self._given.values(role, what))
