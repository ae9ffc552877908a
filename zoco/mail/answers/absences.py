"""Since when and until when somebody says to be away. What can be read in two ways is left unknown."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from zoco.mail.answers.kinds import Away

TEXT_MOST = 2000
FARTHEST_DAYS = 400
_MONTHS = (
    ("jan", "ene", "янв", "gen"),
    ("feb", "фев", "fév", "fev"),
    ("mar", "мар", "mär"),
    ("apr", "abr", "апр", "avr"),
    ("may", "мая", "май", "mai", "mag"),
    ("jun", "июн", "juin", "giu"),
    ("jul", "июл", "juil", "lug"),
    ("aug", "ago", "авг", "aoû"),
    ("sep", "сен", "set"),
    ("oct", "окт", "okt", "out", "ott"),
    ("nov", "ноя"),
    ("dec", "dic", "дек", "dez", "déc"),
)
_DATES = re.compile(
    r"(?P<iso>\b\d{4}-\d{1,2}-\d{1,2}\b)"
    r"|(?P<han>(?:\d{4}\s?年\s?)?\d{1,2}\s?月\s?\d{1,2}\s?[日号號])"
    r"|(?P<dots>\b\d{1,2}\.\d{1,2}\.(?:\d{4}|\d{2})?(?!\d))"
    r"|(?P<slashes>\b\d{1,2}/\d{1,2}/(?:\d{4}|\d{2})\b)"
    r"|(?P<word>\b\d{1,2}(?:st|nd|rd|th|º|\.)?\s(?:de\s|of\s)?[^\W\d_]{3,12}\.?(?:,?\s(?:de\s|del\s)?\d{4})?)"
    r"|(?P<american>\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?\s\d{1,2}"
    r"(?:st|nd|rd|th)?(?:,?\s\d{4})?\b)",
    re.IGNORECASE,
)
_NUMBERS = re.compile(r"\d+")
_WORD = re.compile(r"[^\W\d_]{3,12}")
_BACK = re.compile(
    r"(?:\bback\b|\breturn|\bregres|\bvuelv|\bvuelt|\bincorpor|верну|возвращ|выйду|返回|回来|回來|恢复|\bzurück|\bretour"
    r"|復帰|戻)[^.\n]{0,40}$",
    re.IGNORECASE,
)
_UNTIL = re.compile(
    r"(?:\buntil|\btill|\bthrough|\bthru|\bto|\bhasta(?: el)?|\bal|\ba|\bпо|\bдо|至|到|\bbis(?: zum)?|\bau"
    r"|\bjusqu\S{0,3}|[-–—~～])\s{0,3}(?:the\s|el\s|\w{3,12},?\s)?(?:día\s)?$",
    re.IGNORECASE,
)
_SINCE = re.compile(
    r"(?:\bfrom|\bsince|\bstarting|\bbetween|\bdesde(?: el)?|\bdel|\bс|\bсо|从|從|自|\bvom|\bab|\bdu)\s{0,3}"
    r"(?:the\s|el\s|\w{3,12},?\s)?(?:día\s)?$",
    re.IGNORECASE,
)


class _Said(NamedTuple):
    day: date
    start: int
    end: int


def away_in(text: str, sent: str) -> Away | None:
    """Return the absence that a text tells of; `sent` is the Date field of its message."""
    text = text[:TEXT_MOST]
    since = until = None
    for said in _said(text, _day_of(sent)):
        before = text[max(0, said.start - 60) : said.start]
        after = text[said.end : said.end + 6]
        if _BACK.search(before):
            until = until or said.day - timedelta(days=1)
        elif _UNTIL.search(before) or after.startswith((" まで", "まで", "为止")):
            until = until or said.day
        elif _SINCE.search(before) or after.startswith(("から", " - ", " – ", "-", "–", "至", "到")):
            since = since or said.day
    if since and until and since > until:
        return None
    return Away(since, until) if since or until else None


def _day_of(sent: str) -> date | None:
    try:
        return parsedate_to_datetime(sent[:100]).date()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _said(text: str, sent: date | None) -> Iterator[_Said]:
    for found in _DATES.finditer(text):
        day = _read(found, sent)
        if day is not None and (sent is None or abs((day - sent).days) <= FARTHEST_DAYS):
            yield _Said(day, found.start(), found.end())


def _read(found: re.Match[str], sent: date | None) -> date | None:
    numbers = [int(digits) for digits in _NUMBERS.findall(found[0])]
    match found.lastgroup:
        case "iso":
            year, month, day = numbers
        case "han":
            year, month, day = numbers if len(numbers) == 3 else [0, *numbers]
        case "dots":
            day, month, year = [*numbers, 0][:3]
        case "slashes":
            first, second, year = numbers
            if first <= 12 and second <= 12 and first != second:
                return None
            day, month = (first, second) if first > 12 else (second, first)
        case _:
            month = _month(found[0])
            day, year = [*numbers, 0][:2]
    return _date(year + 2000 if 0 < year < 100 else year, month, day, sent)


def _month(words: str) -> int:
    for word in _WORD.findall(words.lower()):
        for number, starts in enumerate(_MONTHS, 1):
            if word.startswith(starts):
                return number
    return 0


def _date(year: int, month: int, day: int, sent: date | None) -> date | None:
    """Return a day; without a year the one nearest to the day on which it was said."""
    if not year and sent is None:
        return None
    years = [year] if year or sent is None else [sent.year, sent.year + 1, sent.year - 1]
    days = []
    for each in years:
        try:
            days.append(date(each, month, day))
        except ValueError:
            continue
    return min(days, key=lambda found: abs((found - sent).days)) if days and sent else next(iter(days), None)
