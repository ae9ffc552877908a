"""From a row of a file to a day's spend, by what its reader chose for each column.

A row of which a cell cannot be read is refused as a whole, with the reason. Rows that add others up are left
out and counted; they have no day.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from unicodedata import category

from django.utils.translation import gettext_noop

from zoco.campaigns.costs.importing.formats.base import TOTALS
from zoco.campaigns.costs.importing.made import Line, Options
from zoco.campaigns.costs.models import AMOUNT_MOST, SOURCES_MOST
from zoco.campaigns.days import OLDEST
from zoco.kit.said import Said
from zoco.people.attributes import ValueWrong
from zoco.people.importing.files.numbers import number_plain
from zoco.people.importing.files.reading import LONG, Row

NOTHING = {"", "-", "--", "–", "—", "n/a", "null"}
COUNT_MOST = 10**12
DIGITS_MOST = 30
PLACES = Decimal("0.000001")
_MONEY = re.compile(r"(?:[A-Z]{2,3}|US\$|[€$£¥₽])?\s*(-?\d[\d.,'’\s]*)(?:[A-Z]{3}|руб\.?|[€$£¥₽])?\Z")
CELL_LONGEST = 60
"""Of a day or a number."""
_SLASHED = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4}|\d\d)\Z")
_TIMED = re.compile(r"(.*?\d)[T ]\d{1,2}:\d\d.*\Z")
WRITTEN = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日", "%b %d, %Y", "%B %d, %Y", "%d %b %Y",
           "%d %B %Y")  # fmt: skip


class CostRefused(Said, ValueError):
    """A row cannot be taken."""


class Mapper:
    """Reads rows. `campaigns` has keys by code and by name in small letters; `today` is the site's day.

    `sources` are those that the site's costs have already.
    """

    def __init__(
        self,
        columns: Sequence[Mapping[str, Any]],
        mapping: Mapping[str, str],
        options: Options,
        *,
        campaigns: Mapping[str, int],
        today: date,
        sources: Iterable[str] = (),
    ) -> None:
        self.options, self.campaigns, self.today = options, campaigns, today
        self.sources = set(sources)
        self.places = {
            mapping[column["key"]]: at
            for at, column in enumerate(columns)
            if mapping.get(column["key"], "out") != "out"
        }

    def cell(self, row: Row, target: str) -> str:
        """Return what a row has for a target, "" for nothing."""
        at = self.places.get(target)
        return row[2][at] if at is not None and at < len(row[2]) else ""

    def is_total(self, row: Row) -> bool:
        """Say whether a row adds others up, or is a footer: it has no day of its own."""
        cells = row[2]
        if not cells or cells[0] == LONG:
            return False
        if not self.cell(row, "on") and not self.cell(row, "campaign"):
            return True
        first = next((each for each in cells if each), "").casefold()
        return first.startswith(TOTALS) and not _is_day(self.cell(row, "on"), self.options.days)

    def line(self, row: Row) -> Line:
        """Read a row. Raises CostRefused."""
        if row[2][:1] == [LONG]:
            raise CostRefused(gettext_noop("It has more cells than the head of its table."))
        on = self._day(row)
        campaign = self._campaign(row)
        currency = (self.cell(row, "currency") or self.options.currency).upper()
        if len(currency) != 3 or not currency.isascii() or not currency.isalpha():
            raise CostRefused(gettext_noop("The currency is not three letters, such as EUR"))
        texts = [
            self._text(row, target, most)
            for target, most in (("source", 100), ("medium", 100), ("creative", 200), ("account", 100))
        ]
        line = Line(
            (on.isoformat(), campaign, *texts, currency),  # type: ignore[arg-type]
            self._amount(self.cell(row, "amount")),
            self._count(row, "impressions"),
            self._count(row, "clicks"),
        )
        self._source(texts[0])
        return line

    def _source(self, source: str) -> None:
        """Note a source, and refuse one more than a site's costs may have."""
        if source not in self.sources and len(self.sources) >= SOURCES_MOST:
            words = gettext_noop(
                "The costs of a site have at most %(most)s sources, and this is one more. Choose the column "
                "of where the ads stood for the source, or one source for all rows"
            )
            raise CostRefused(words, most=SOURCES_MOST)
        self.sources.add(source)

    def _day(self, row: Row) -> date:
        on = day_read(self.cell(row, "on"), self.options.days)
        if not OLDEST <= on <= self.today:
            raise CostRefused(gettext_noop("The day lies in the future, or before 2000"))
        until = self.cell(row, "until")
        if until and day_read(until, self.options.days) != on:
            raise CostRefused(
                gettext_noop("The row is about more than one day; export the report broken down by day")
            )
        return on

    def _campaign(self, row: Row) -> int:
        name = self.cell(row, "campaign")
        found = self.campaigns.get(name.casefold()) or self.options.fallback
        if not found:
            raise CostRefused(
                gettext_noop("The site has no campaign of the code or name %(name)s"), name=name[:100]
            )
        return found

    def _text(self, row: Row, target: str, most: int) -> str:
        text = self.cell(row, target) or str(getattr(self.options, target, ""))
        if len(text) > most:
            raise CostRefused(gettext_noop("A text is longer than %(most)s characters"), most=most)
        if any(category(each) in ("Cc", "Cs") for each in text):
            raise CostRefused(gettext_noop("A name holds control characters; write it anew without them"))
        return text

    def _amount(self, text: str) -> Decimal:
        if text.casefold() in NOTHING:
            if text:
                return Decimal(0)
            raise CostRefused(gettext_noop("There is no amount"))
        found = _MONEY.match(text) if len(text) <= CELL_LONGEST else None
        if not found:
            raise CostRefused(gettext_noop("The amount is no number"))
        amount = self._number(found[1])
        if not 0 <= amount <= AMOUNT_MOST:
            raise CostRefused(gettext_noop("The amount is below 0, or too large"))
        return amount.quantize(PLACES)

    def _count(self, row: Row, target: str) -> int | None:
        text = self.cell(row, target)
        if text.casefold() in NOTHING:
            return None
        count = self._number(text)
        # The bounds first: `int` of a number with a huge exponent takes days.
        if not 0 <= count <= COUNT_MOST or count != count.to_integral_value():
            raise CostRefused(gettext_noop("Impressions or clicks are no whole number"))
        return int(count)

    def _number(self, text: str) -> Decimal:
        try:
            found = Decimal(number_plain(text.strip()[:CELL_LONGEST], self.options.decimal))
        except (InvalidOperation, ValueWrong):
            raise CostRefused(gettext_noop("The amount is no number")) from None
        if not found.is_finite() or abs(found.adjusted()) > DIGITS_MOST:
            raise CostRefused(gettext_noop("The amount is no number"))
        return found


def day_read(text: str, days: str) -> date:
    """Read a day as programs write it. Raises CostRefused."""
    text = text[:CELL_LONGEST]
    if timed := _TIMED.match(text):
        text = timed[1]
    if slashed := _SLASHED.match(text):
        first, second, year = (int(each) for each in slashed.groups())
        day, month = (second, first) if days == "mdy" and "/" in text else (first, second)
        text = f"{year + 2000 if year < 100 else year}-{month:02}-{day:02}"
    for pattern in WRITTEN:
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise CostRefused(gettext_noop("No day, or not written as 2026-11-30 or 30.11.2026"))


def _is_day(text: str, days: str) -> bool:
    try:
        day_read(text, days)
    except CostRefused:
        return False
    return True


def days_told(samples: Sequence[str]) -> str:
    """Return "dmy" or "mdy" where days with slashes tell which it is, else ""."""
    for text in samples:
        found = _SLASHED.match(text) if "/" in text else None
        if found and int(found[1]) > 12:
            return "dmy"
        if found and int(found[2]) > 12:
            return "mdy"
    return ""
