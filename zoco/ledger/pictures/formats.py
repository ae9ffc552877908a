"""How numbers, dates, money and lengths are written in each language of the interface.

English is en-GB. A space that belongs to a figure never breaks; minus is U+2212. The patterns are
a table of our own: Django's formats know neither ranges nor units, and CLDR's Chinese range
(2026/11/1 – 2026/11/30) reads worse than the sentence.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache

from django.utils.translation import get_language

NBSP, MINUS, DASH = "\u00a0", "\u2212", "\u2013"
# Currencies of ISO 4217 in use that have no cents.
WITHOUT_CENTS = frozenset((
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV",
    "XAF", "XOF", "XPF",
))  # fmt: skip
CENTS_BELOW = 1000
SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "CNY": "¥", "JPY": "¥", "RUB": "₽", "INR": "₹"}


@dataclass(frozen=True, slots=True)
class Spelling:
    """The habits of one language. `grouped_from` is the first number that is parted into groups."""

    decimal: str
    group: str
    grouped_from: int
    percent: str
    symbol_first: bool
    short: tuple[tuple[int, str], ...]
    months: tuple[str, ...]
    units: tuple[str, str, str, str]  # day, hour, minute, second
    between_units: str
    before_unit: str


_EN = "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec"
_ES = "ene feb mar abr may jun jul ago sept oct nov dic"
_RU = "янв. февр. мар. апр. мая июн. июл. авг. сент. окт. нояб. дек."

SPELLINGS = {
    "en": Spelling(
        ".", ",", 1000, "%", True, ((10**9, "B"), (10**6, "M"), (10**3, "k")),
        tuple(_EN.split()), ("d", "h", "min", "s"), NBSP, NBSP,
    ),
    "es": Spelling(
        ",", ".", 10000, NBSP + "%", False, ((10**6, NBSP + "M"), (10**3, NBSP + "mil")),
        tuple(_ES.split()), ("d", "h", "min", "s"), NBSP, NBSP,
    ),
    "ru": Spelling(
        ",", NBSP, 1000, NBSP + "%", False,
        ((10**9, NBSP + "млрд"), (10**6, NBSP + "млн"), (10**3, NBSP + "тыс.")),
        tuple(_RU.split()), ("д", "ч", "мин", "с"), NBSP, NBSP,
    ),
    "zh": Spelling(
        ".", ",", 1000, "%", True, ((10**8, "亿"), (10**4, "万")),
        (), ("天", "小时", "分", "秒"), "", "",
    ),
}  # fmt: skip


def spelling() -> Spelling:
    """Return the habits of the language in force; English where we have none."""
    return SPELLINGS.get(_tongue(), SPELLINGS["en"])


def _tongue() -> str:
    return _root(get_language() or "en")


@lru_cache(maxsize=64)
def _root(language: str) -> str:
    return language.lower().split("-")[0]


def decimal(number: float | Decimal, places: int = 0) -> str:
    """Write a number with this many decimals, rounded half to even."""
    exact = number if isinstance(number, Decimal) else Decimal(repr(number))
    return _decimal(exact, places, spelling())


def _decimal(exact: Decimal, places: int, how: Spelling) -> str:
    rounded = exact.quantize(_last_place(places), ROUND_HALF_EVEN)
    whole, _, rest = f"{abs(rounded):f}".partition(".")
    if len(whole) > 3 and abs(rounded) >= how.grouped_from:
        whole = f"{int(whole):,}".replace(",", how.group)
    sign = MINUS if rounded < 0 else ""
    return sign + whole + (how.decimal + rest if rest else "")


@lru_cache(maxsize=16)
def _last_place(places: int) -> Decimal:
    return Decimal(1).scaleb(-places)


def count(number: float | Decimal) -> str:
    """Write a whole number: 81,240."""
    return decimal(number)


def percent(share: float | Decimal, places: int = 1) -> str:
    """Write a share, where 1 is all, as per cent: 41.2%."""
    return percents([share], places)[0]


def percents(shares: Iterable[float | Decimal], places: int = 1) -> list[str]:
    """Write several shares: the language is asked for once, which tables of a thousand shares feel."""
    how = spelling()
    exact = (each if isinstance(each, Decimal) else Decimal(repr(each)) for each in shares)
    return [_decimal(each * 100, places, how) + how.percent for each in exact]


def money(amount: float | Decimal, currency: str, *, cents: bool = False) -> str:
    """Write money in its currency; `cents` where the currency has any."""
    return _with_currency(decimal(amount, 2 if cents and currency not in WITHOUT_CENTS else 0), currency)


def money_figure(amount: float | Decimal, currency: str) -> str:
    """Write a sum with the digits that matter: €12.50, €92,418, and €0 for nothing."""
    return money(amount, currency, cents=bool(amount) and -CENTS_BELOW < amount < CENTS_BELOW)


def money_charged(amount: Decimal, currency: str) -> str:
    """Write what one fact is worth: its cents, and the parts of a cent where there are any."""
    if currency in WITHOUT_CENTS and amount == amount.to_integral():
        return money(amount, currency)
    parts = -int(amount.normalize().as_tuple().exponent)
    return _with_currency(decimal(amount, max(2, parts)), currency)


def _with_currency(figure: str, currency: str) -> str:
    symbol = SYMBOLS.get(currency, currency)
    if not currency:
        return figure
    if not spelling().symbol_first:
        return figure + NBSP + symbol
    gap = NBSP if symbol == currency else ""
    return MINUS + symbol + gap + figure[1:] if figure.startswith(MINUS) else symbol + gap + figure


def short(number: float) -> str:
    """Write a large number for an axis: 1.2M, 120万."""
    for size, word in spelling().short:
        if abs(number) >= size:
            scaled = Decimal(repr(number)) / size
            places = 0 if abs(scaled) >= 100 or scaled == scaled.to_integral() else 1
            return decimal(scaled, places) + word
    return decimal(number, 0 if float(number).is_integer() else 1)


def day(on: date, *, year: bool = True) -> str:
    """Write a date: 30 Nov 2026."""
    if _tongue() == "zh":
        return (f"{on.year}年" if year else "") + f"{on.month}月{on.day}日"
    text = f"{on.day}{NBSP}{spelling().months[on.month - 1]}"
    return f"{text}{NBSP}{on.year}{_year_mark()}" if year else text


def month(on: date) -> str:
    """Write a month: Nov 2026."""
    if _tongue() == "zh":
        return f"{on.year}年{on.month}月"
    name = "май" if _tongue() == "ru" and on.month == 5 else spelling().months[on.month - 1]
    return f"{name}{NBSP}{on.year}{_year_mark()}"


def _year_mark() -> str:
    return NBSP + "г." if _tongue() == "ru" else ""


def span(first: date, last: date) -> str:
    """Write a range of days, both included: 1 – 30 Nov 2026."""
    if first == last:
        return day(first)
    same_year, same_month = first.year == last.year, (first.year, first.month) == (last.year, last.month)
    if _tongue() == "zh":
        end = f"{last.day}日" if same_month else day(last, year=not same_year)
        return f"{day(first)}至{end}"
    if same_month:
        gap = NBSP if _tongue() == "en" else ""
        return f"{first.day}{gap}{DASH}{gap}{day(last)}"
    return f"{day(first, year=not same_year)} {DASH} {day(last)}"


def clock(at: datetime, *, seconds: bool = False) -> str:
    """Write the time of day: 14:05."""
    return at.strftime("%H:%M:%S" if seconds else "%H:%M")


def moment(at: datetime, *, seconds: bool = False) -> str:
    """Write a date with its time, in the zone that it carries."""
    gap = " " if _tongue() == "zh" else ", "
    return day(at.date()) + gap + clock(at, seconds=seconds)


def length(seconds: float) -> str:
    """Write how long something took with its two largest units: 2 min 14 s."""
    how = spelling()
    if seconds < 0:
        return MINUS + length(-seconds)
    if 0 < seconds < 10 and seconds != int(seconds):
        return decimal(seconds, 1) + how.before_unit + how.units[3]
    left = round(seconds)
    parts: list[str] = []
    for size, unit in zip((86400, 3600, 60, 1), how.units, strict=True):
        number, left = divmod(left, size)
        if number or (unit == how.units[3] and not parts):
            parts.append(f"{decimal(number)}{how.before_unit}{unit}")
    return how.between_units.join(parts[:2])


def length_short(seconds: float) -> tuple[str, str]:
    """Return figure and unit for a strip of figures: ("2:14", "min"), ("1:05", "h")."""
    total = round(abs(seconds))
    sign = MINUS if seconds < 0 else ""
    units = spelling().units
    if total >= 3600:
        return f"{sign}{total // 3600}:{total % 3600 // 60:02d}", units[1]
    return f"{sign}{total // 60}:{total % 60:02d}", units[2]
