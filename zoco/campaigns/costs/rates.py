"""Money of other currencies in the site's own, by rates that people keep: each in force from its day on.

A day before the first rate has none, and nothing is guessed for it. VAT is put on or taken off besides.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Literal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_noop

from zoco.campaigns.costs.importing.mapping import CostRefused, day_read
from zoco.campaigns.costs.models import Rate
from zoco.campaigns.costs.services import rate_set
from zoco.ledger.sitebook import SiteInfo
from zoco.people.importing.files.tables import TableWrong, form_of, rows_read

Basis = Literal["net", "gross"]
FILE_BYTES, LINES_MOST = 1 << 20, 20_000
HEADINGS = {
    "currency": ("currency", "currency code", "moneda", "divisa", "валюта", "货币"),
    "on": ("date", "day", "from", "fecha", "día", "дата", "день", "日期"),
    "rate": ("rate", "exchange rate", "tasa", "tipo de cambio", "курс", "汇率"),
}


@dataclass(frozen=True, slots=True)
class Rates:
    """What currencies are worth in a site's own."""

    own: str
    days: dict[str, list[date]]
    worths: dict[str, list[Decimal]]

    def at(self, currency: str, on: date) -> Decimal | None:
        """Return what a unit is worth on a day, None where no rate was in force."""
        if currency == self.own:
            return Decimal(1)
        place = bisect_right(self.days.get(currency, []), on)
        return self.worths[currency][place - 1] if place else None


def rates_of(site: SiteInfo) -> Rates:
    """Return the rates of a site."""
    days, worths = defaultdict[str, list[date]](list), defaultdict[str, list[Decimal]](list)
    found = Rate.objects.filter(site=site.id).order_by("currency", "on")
    for currency, on, rate in found.values_list("currency", "on", "rate"):
        days[currency].append(on)
        worths[currency].append(rate)
    return Rates(site.currency, dict(days), dict(worths))


def taxed(amount: Decimal, *, with_vat: bool, vat_percent: Decimal, basis: Basis) -> Decimal:
    """Return an amount without VAT ("net") or with it ("gross")."""
    factor = 1 + vat_percent / 100
    if with_vat:
        return amount / factor if basis == "net" else amount
    return amount if basis == "net" else amount * factor


@dataclass(frozen=True, slots=True)
class RatesTaken:
    """How many rates were set, and which lines were refused, each with the reason."""

    set: int
    refused: list[tuple[int, CostRefused]]


@transaction.atomic
def rates_take(*, site: int, path: Path) -> RatesTaken:
    """Take rates from a CSV with the columns currency, date and rate. Raises TableWrong."""
    rows = rows_read(path, form_of(path))
    _line, head = next(rows, (0, []))
    plain = [cell.strip().casefold().removeprefix("\ufeff") for cell in head]
    places = {
        name: next((at for at, cell in enumerate(plain) if cell in some), -1)
        for name, some in HEADINGS.items()
    }
    if min(places.values()) < 0:
        raise TableWrong(gettext_noop("The first line must name the columns currency, date and rate."))
    count, refused = 0, list[tuple[int, CostRefused]]()
    for number, (line, cells) in enumerate(rows):
        if number >= LINES_MOST:
            raise TableWrong(gettext_noop("The file has more than %(most)s lines."), most=LINES_MOST)
        try:
            _rate_take(
                site, {name: cells[at].strip() if at < len(cells) else "" for name, at in places.items()}
            )
        except CostRefused as wrong:
            refused.append((line, wrong))
        else:
            count += 1
    return RatesTaken(count, refused)


def _rate_take(site: int, cells: dict[str, str]) -> None:
    on = day_read(cells["on"], "dmy")
    text = cells["rate"][:40]
    try:
        rate = Decimal(text.replace(",", ".") if text.count(",") == 1 and "." not in text else text)
        rate_set(site=site, currency=cells["currency"].upper()[:4], on=on, rate=rate)
    except InvalidOperation:
        raise CostRefused(gettext_noop("The rate is no number")) from None
    except ValidationError as error:
        words = gettext_noop("Currency or rate cannot be kept: %(why)s")
        raise CostRefused(words, why=" ".join(error.messages)) from None
