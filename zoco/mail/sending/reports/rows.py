"""Rows of reports: figures with the bounds of their shares, what people did afterwards, and money."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from zoco.ledger.pictures import formats
from zoco.mail.counting.credit import Credited, Place, credited, revenue
from zoco.mail.counting.domains import DomainFigures
from zoco.mail.counting.figures import LetterFigures, LinkFigure, Share, letter_figures, link_figures, share
from zoco.mail.counting.models import LetterLink
from zoco.mail.counting.scope import Scope
from zoco.mail.counting.tallies import Outline, outline_of, tallies_of
from zoco.mail.sending.reports.scopes import Part

Cell = dict[str, str]


@dataclass(frozen=True, slots=True)
class Credit:
    """What counts as success: the name of a fact, for how many days after a click, as it is known now."""

    fact: str
    days: int
    now: datetime


@dataclass(frozen=True, slots=True)
class Row:
    """What came of some letters."""

    figures: LetterFigures | Outline
    credited: list[Credited]

    @property
    def converted(self) -> Share:
        """How many letters led to what counts as success, of those that were delivered."""
        return share(len({each.message for each in self.credited}), self.figures.delivered.count)


def row_of(scope: Scope, credit: Credit) -> Row:
    """Count some letters."""
    return Row(letter_figures(scope), _credited(scope, credit))


def whole_of(scope: Scope, credit: Credit) -> tuple[Row, tuple[LinkFigure, ...]]:
    """Count all letters of a report, and who followed which of their links."""
    if scope.is_bulk:
        outline = outline_of(scope.batches, tallies_of(scope.batches))
        return Row(outline, _credited(scope, credit)), link_figures(scope)
    figures = letter_figures(scope)
    return Row(figures, _credited(scope, credit)), figures.links


def _credited(scope: Scope, credit: Credit) -> list[Credited]:
    return credited(scope, fact=credit.fact, days=credit.days, now=credit.now)


def rows_of(parts: Sequence[Part], whole: list[Credited], credit: Credit) -> list[Row]:
    """Count the parts of a report; those of sendings by as many queries as one. `whole` is of all of them."""
    tallies = tallies_of({batch for each in parts if each.scope.is_bulk for batch in each.scope.batches})
    by_batch: dict[int, list[Credited]] = defaultdict(list)
    for each in whole:
        by_batch[each.link[0]].append(each)
    rows = []
    for part in parts:
        batches = part.scope.batches
        if part.scope.is_bulk:
            mine = [each for batch in batches for each in by_batch[batch]]
            rows.append(Row(outline_of(batches, tallies), mine))
        else:
            rows.append(row_of(part.scope, credit))
    return rows


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
    return [*said, {"count": money(row.credited)}, cell(found.unsubscribed), cell(found.complained)]


def parts_said(parts: Sequence[Part], whole: list[Credited], credit: Credit) -> list[dict[str, Any]]:
    """Return the parts of a report as lines of a table."""
    return [
        {"label": part.label, "url": part.url, "cells": list(zip(heads(), cells(row), strict=True))}
        for part, row in zip(parts, rows_of(parts, whole, credit), strict=True)
    ]


def cell(found: Share) -> Cell:
    """Return a number with its share and the bounds of that (Wilson, 95 %)."""
    if found.value is None or found.low is None or found.high is None:
        return {"count": formats.count(found.count)}
    bounds = f"{formats.percent(found.low)} – {formats.percent(found.high)}"
    return {"count": formats.count(found.count), "share": formats.percent(found.value), "bounds": bounds}


def money(found: Iterable[Credited]) -> str:
    """Write money: each currency by itself, never added up."""
    sums = revenue(found)
    return " + ".join(formats.money_charged(Decimal(each), name) for name, each in sums.items()) or "–"


def links_said(scope: Scope, row: Row, links: Iterable[LinkFigure]) -> list[dict[str, Any]]:
    """Return the links of letters: who followed them, and what that led to."""
    address: dict[Place, tuple[str, str]] = {}
    kept = LetterLink.objects.filter(batch__in=scope.batches)
    for batch, language, number, to in kept.values_list("batch", "language", "number", "address"):
        address[batch, language, number] = (language, to)
    by_link: dict[tuple[str, str], list[Credited]] = {}
    for each in row.credited:
        if each.link in address:
            by_link.setdefault(address[each.link], []).append(each)
    of = row.figures.delivered.count
    found = []
    for link in links:
        mine = by_link.get((link.language, link.address), [])
        found.append(
            {
                "address": link.address,
                "language": link.language,
                "people": cell(share(link.people, of)),
                "clicks": formats.count(link.clicks),
                "did": formats.count(len({each.message for each in mine})),
                "revenue": money(mine),
            }
        )
    return found


def domain_said(found: DomainFigures) -> dict[str, Any]:
    """Return what became of letters to a domain as a line of a table."""
    named = [
        (_("Sent to"), {"count": formats.count(found.tried)}),
        (_("Delivered"), cell(found.delivered)),
        (_("Not taken"), cell(found.failed)),
        (_("Came back"), cell(found.bounced)),
        (_("Opened by people"), cell(found.opened)),
        (_("Followed a link"), cell(found.clicked)),
        (_("Complained"), cell(found.complained)),
    ]
    return {"label": found.domain or _("all others"), "url": "", "cells": named}
