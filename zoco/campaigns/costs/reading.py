"""Read costs from a CSV: one line a day and campaign, any order of columns. Nothing here writes."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext_lazy as _

from zoco.campaigns.costs.models import AMOUNT_MOST

SIZE_MOST = 4 << 20
LINES_MOST = 50_000
REFUSED_MOST = 200
OLDEST = date(2000, 1, 1)
# What a column may be called, in small letters.
NAMES: dict[str, tuple[str, ...]] = {
    "on": ("date", "day", "reporting starts", "fecha", "día", "дата", "день", "日期"),
    "campaign": (
        "campaign",
        "campaign code",
        "utm_campaign",
        "campaign name",
        "campaña",
        "кампания",
        "广告系列",
    ),
    "source": ("source", "utm_source", "network", "fuente", "источник", "来源"),
    "amount": (
        "amount",
        "cost",
        "spend",
        "amount spent",
        "costo",
        "coste",
        "importe",
        "расход",
        "сумма",
        "费用",
    ),
    "currency": ("currency", "currency code", "moneda", "divisa", "валюта", "货币"),
}
DAYS = ("%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d", "%Y年%m月%d日")
REASONS = {
    "no_day": _("No day, or not written as 2026-11-30 or 30.11.2026"),
    "day_outside": _("The day lies in the future, or before 2000"),
    "no_campaign": _("The site has no campaign of this code or name"),
    "no_amount": _("The amount is no number"),
    "amount_outside": _("The amount is not above 0, has parts of a cent, or is too large"),
    "no_currency": _("The currency is not three letters, such as EUR"),
    "source_long": _("The source is longer than 100 characters, or has a character that cannot be kept"),
}
Key = tuple[int, date, str, str]


class CostsUnreadable(ValueError):
    """The file as a whole cannot be read; the message says why and what to do."""


@dataclass(slots=True)
class Read:
    """Sums by campaign (its key), day, source and currency; lines that were refused, with their reasons."""

    sums: dict[Key, Decimal] = field(default_factory=dict)
    lines: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    examples: list[tuple[int, str]] = field(default_factory=list)
    """Numbers of the first refused lines, each with its reason."""


class _Refused(Exception):
    """A line that cannot be kept."""


def costs_read(content: bytes, campaigns: Mapping[str, int], currency: str, *, today: date) -> Read:
    """Read a file. `campaigns` has keys by code and by name in small letters. Raises CostsUnreadable."""
    read = Read()
    for number, line in _lines(content):
        read.lines += 1
        try:
            key, amount = _cost(line, campaigns, currency, today)
        except _Refused as error:
            why = str(error)
            read.refused[why] = read.refused.get(why, 0) + 1
            if len(read.examples) < REFUSED_MOST:
                read.examples.append((number, why))
            continue
        read.sums[key] = read.sums.get(key, Decimal(0)) + amount
    return read


def _lines(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    if len(content) > SIZE_MOST:
        raise CostsUnreadable(str(_("The file is larger than 4 MB; cut it by month.")))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CostsUnreadable(str(_("The file is not in UTF-8; export it as CSV UTF-8."))) from None
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        columns = _columns(next(rows, []))
        for row in rows:
            if rows.line_num > LINES_MOST + 1:
                words = _("The file has more than 50,000 lines; cut it by month.")
                raise CostsUnreadable(str(words))
            if any(cell.strip() for cell in row):
                yield (
                    rows.line_num,
                    {name: row[place].strip() if place < len(row) else "" for name, place in columns.items()},
                )
    except csv.Error:
        raise CostsUnreadable(str(_("The file is no CSV that can be read."))) from None


def _columns(head: list[str]) -> dict[str, int]:
    """Return where each column is; "Amount spent (EUR)" is known by what stands before the bracket."""
    plain = [cell.strip().casefold().partition(" (")[0] for cell in head]
    found = {
        name: next(place for place, cell in enumerate(plain) if cell in words)
        for name, words in NAMES.items()
        if any(cell in words for cell in plain)
    }
    if missing := [name for name in ("on", "campaign", "amount") if name not in found]:
        words = _("The first line must name the columns date, campaign and amount; missing: %(names)s.")
        there = {"on": "date"}
        raise CostsUnreadable(str(words) % {"names": ", ".join(there.get(name, name) for name in missing)})
    return found


def _cost(
    line: dict[str, str], campaigns: Mapping[str, int], currency: str, today: date
) -> tuple[Key, Decimal]:
    on = _day(line["on"])
    if not OLDEST <= on <= today:
        raise _Refused("day_outside")
    campaign = campaigns.get(line["campaign"].casefold())
    if campaign is None:
        raise _Refused("no_campaign")
    amount = _amount(line["amount"])
    charged = (line.get("currency") or currency).upper()
    if len(charged) != 3 or not charged.isascii() or not charged.isalpha():
        raise _Refused("no_currency")
    source = line.get("source", "")
    if len(source) > 100 or "\0" in source:
        raise _Refused("source_long")
    return (campaign, on, source, charged), amount


def _day(text: str) -> date:
    for pattern in DAYS:
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise _Refused("no_day")


def _amount(text: str) -> Decimal:
    """Read 1234.5, 1,234.50, 1.234,50 and 1 234,50: the last mark parts the cents where two digits follow."""
    plain = "".join(sign for sign in text if not sign.isspace() and sign not in "'€$£¥₽")
    last = max(plain.rfind(","), plain.rfind("."))
    if last >= 0 and (len(plain) - last - 1 != 3 or (plain.count(plain[last]) == 1 and plain[last] == ".")):
        whole = plain[:last].replace(",", "").replace(".", "")
        plain = f"{whole}.{plain[last + 1 :]}"
    else:
        plain = plain.replace(",", "").replace(".", "")
    try:
        amount = Decimal(plain)
    except InvalidOperation:
        raise _Refused("no_amount") from None
    if not amount.is_finite() or not 0 < amount <= AMOUNT_MOST or amount != round(amount, 2):
        raise _Refused("amount_outside")
    return round(amount, 2)
