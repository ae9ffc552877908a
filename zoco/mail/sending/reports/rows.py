"""Rows of reports: figures with the bounds of their shares, what people did afterwards, and money."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from zoco.ledger.pictures import formats
from zoco.ledger.pictures.bars import bar
from zoco.ledger.pictures.labels import language_name
from zoco.mail.counting.credit import Credited, Place, credited, revenue
from zoco.mail.counting.domains import DomainFigures
from zoco.mail.counting.figures import Share, links_leading, links_of, share
from zoco.mail.counting.scope import Scope, chunks
from zoco.mail.counting.tallies import Outline, Tally, outline_of, single_counted, tallies_of, together
from zoco.mail.sending.reports.scopes import Part

Cell = dict[str, str]
LINKS_MOST = 50
FEW_PLACES = 2
"""Decimals of shares that are looked at closely: one complaint in a thousand letters is already many."""


@dataclass(frozen=True, slots=True)
class Credit:
    """What counts as success: the name of a fact, for how many days after a click, as it is known now."""

    fact: str
    days: int
    now: datetime


@dataclass(frozen=True, slots=True)
class Row:
    """What came of some letters."""

    figures: Outline
    credited: list[Credited]

    @property
    def converted(self) -> Share:
        """How many letters led to what counts as success, of those that were delivered."""
        return share(len({each.message for each in self.credited}), self.figures.delivered.count)


@dataclass(frozen=True, slots=True)
class Whole:
    """All letters of a report, counted once: by batch, and what left one by one as one."""

    scope: Scope
    by_batch: Mapping[int, Tally]
    tally: Tally
    row: Row


def whole_of(scope: Scope, credit: Credit) -> Whole:
    """Count all letters of a report. As many queries for three hundred sendings as for one."""
    by_batch = tallies_of(scope.many, scope.only)
    single = [single_counted(scope.single)] if scope.single is not None else []
    tally = together([*by_batch.values(), *single])
    found = credited(scope, fact=credit.fact, days=credit.days, now=credit.now)
    return Whole(scope, by_batch, tally, Row(outline_of(tally), found))


def rows_of(parts: Sequence[Part], whole: Whole) -> list[Row]:
    """Count parts of a report out of the whole; only what left one by one is asked for again."""
    by_batch: dict[int, list[Credited]] = defaultdict(list)
    for each in whole.row.credited:
        by_batch[each.link[0]].append(each)
    rows = []
    for part in parts:
        scope = part.scope
        counted = [whole.by_batch[batch] for batch in scope.many if batch in whole.by_batch]
        mine = [each for batch in scope.batches for each in by_batch[batch]]
        if scope.single is not None:
            counted.append(single_counted(scope.single))
            mine = _among(scope, mine)
        rows.append(Row(outline_of(*counted), mine))
    return rows


def _among(scope: Scope, found: list[Credited]) -> list[Credited]:
    """Return what was credited to letters of a part: prints may be of two parts."""
    asked = sorted({each.message for each in found})
    rows = (scope.messages.filter(pk__in=some).values_list("pk", flat=True) for some in chunks(asked))
    mine = {pk for each in rows for pk in each}
    return [each for each in found if each.message in mine]


def heads() -> list[str]:
    """Return what columns of figures are called, in their order."""
    return [
        _("Sent"), _("Delivered"), _("Opened by people"), _("Followed a link"), _("Did it afterwards"),
        _("Revenue"), _("Unsubscribed"), _("Complained"),
    ]  # fmt: skip


def cells(row: Row) -> list[Cell]:
    """Return the figures of a row, in the order of `heads`."""
    found = row.figures
    shares = (found.delivered, found.opened, found.clicked, row.converted)
    said = [{"count": formats.count(found.sent)}, *(cell(each) for each in shares)]
    few = (found.unsubscribed, found.complained)
    return [*said, {"count": money(row.credited)}, *(cell(each, places=FEW_PLACES) for each in few)]


def whole_said(row: Row) -> list[tuple[str, Cell]]:
    """Return the figures of all letters, each with the bar of its part of what was sent; money has none."""
    found = row.figures
    steps = (found.delivered, found.opened, found.clicked, row.converted)
    counts = [
        found.sent,
        *(each.count for each in steps),
        0,
        found.unsubscribed.count,
        found.complained.count,
    ]
    drawn = [bar(count, found.sent) for count in counts]
    named = zip(heads(), cells(row), drawn, strict=True)
    return [(label, each | {"bar": picture}) for label, each, picture in named]


def parts_said(parts: Sequence[Part], whole: Whole, url: Callable[..., str]) -> list[dict[str, Any]]:
    """Return parts of a report as lines of a table; `url` narrows the report to an arm."""
    names = heads()
    return [
        {
            "label": part.label,
            "url": url(arm=part.arm) if part.arm else part.url,
            "cells": list(zip(names, cells(row), strict=True)),
        }
        for part, row in zip(parts, rows_of(parts, whole), strict=True)
    ]


def cell(found: Share, *, places: int = 1) -> Cell:
    """Return a number with its share and the bounds of that (Wilson, 95 %)."""
    if found.value is None or found.low is None or found.high is None:
        return {"count": formats.count(found.count)}
    said, low, high = formats.percents((found.value, found.low, found.high), places)
    return {"count": formats.count(found.count), "share": said, "bounds": f"{low} – {high}"}


def money(found: Iterable[Credited]) -> str:
    """Write money: each currency by itself, never added up."""
    sums = revenue(found)
    return " + ".join(formats.money_charged(Decimal(each), name) for name, each in sums.items()) or "–"


def links_said(whole: Whole, url: Callable[..., str]) -> tuple[list[dict[str, Any]], int]:
    """Return the most followed links: who followed them, what that led to; and how many more there are.

    `url` returns where the report is narrowed to whoever followed one.
    """
    leads = links_leading(whole.scope.batches)
    links = links_of(leads, whole.tally.links)
    by_place: dict[Place, list[Credited]] = defaultdict(list)
    for each in whole.row.credited:
        by_place[each.link].append(each)
    by_link: dict[tuple[str, str], list[Credited]] = defaultdict(list)
    for place, to in leads:
        by_link[place[1], to] += by_place.get(place, [])
    of = whole.row.figures.delivered.count
    found = []
    for link in links[:LINKS_MOST]:
        mine = by_link.get((link.language, link.address), [])
        found.append(
            {
                "address": link.address,
                "url": url(link=f"{link.language}:{link.address}"),
                "language": language_name(link.language),
                "people": cell(share(link.people, of)),
                "clicks": formats.count(link.clicks),
                "did": formats.count(len({each.message for each in mine})),
                "revenue": money(mine),
            }
        )
    return found, len(links) - len(found)


def delivery_said(figures: Outline) -> str:
    """Say how it is known what was delivered."""
    if not figures.sent:
        return ""
    if figures.by_word == 0:
        return _("Delivered is what was sent less what came back.")
    if figures.by_word >= figures.delivered.count:
        return _("Delivered is what the provider told to be.")
    return _("Delivered is what the provider told to be, and elsewhere what was sent less what came back.")


def domains_said(found: Sequence[DomainFigures], url: Callable[..., str]) -> list[dict[str, Any]]:
    """Return what became of letters to each domain as lines of a table; `url` narrows the report to one."""
    names = [
        _("Sent to"), _("Delivered"), _("Not taken"), _("Came back"), _("Opened by people"),
        _("Followed a link"), _("Complained"),
    ]  # fmt: skip
    others = _("all others")
    return [
        {
            "label": each.domain or others,
            "url": url(domain=each.domain) if each.domain else "",
            "cells": list(zip(names, _domain_cells(each), strict=True)),
        }
        for each in found
    ]


def _domain_cells(found: DomainFigures) -> list[Cell]:
    shares = (found.delivered, found.failed, found.bounced, found.opened, found.clicked)
    said = [{"count": formats.count(found.tried)}, *map(cell, shares)]
    return [*said, cell(found.complained, places=FEW_PLACES)]
