"""Attributes: what is known of people beyond the fields that all have. Their kind says how one is read.

A value is kept as JSON; beside it stand rows by which people of a value are found quickly: text without
regard to case, numbers (flags as 0 and 1, days and moments as seconds since 1970).
"""

import unicodedata
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Literal, get_args

from django.utils.translation import gettext_noop

from zoco.kit.said import Said

AttributeKind = Literal["text", "number", "flag", "day", "moment", "choice", "choices"]
KINDS: tuple[AttributeKind, ...] = get_args(AttributeKind)
Value = str | float | bool | list[str]
Indexed = tuple[str, float | None]

TEXT_LONGEST = 1_000
INDEXED_LONGEST = 100
NUMBER_MOST = 1e15
TRUE = frozenset({"1", "true", "yes", "y", "on", "sí", "si", "да", "是"})
FALSE = frozenset({"0", "false", "no", "n", "off", "нет", "否"})


class ValueWrong(Said, ValueError):
    """A value is not of its attribute's kind."""


def folded(text: str) -> str:
    """Return text as it is compared: without regard to case and to how letters are put together."""
    return unicodedata.normalize("NFKC", text).casefold().strip()[:INDEXED_LONGEST]


def value_read(kind: str, raw: object, *, choices: Sequence[str] = ()) -> Value:
    """Read a value as it comes from a form, a table or JSON. Raises ValueWrong."""
    match kind:
        case "text":
            return _text(raw)
        case "number":
            return _number(raw)
        case "flag":
            return _flag(raw)
        case "day":
            return _day(raw).isoformat()
        case "moment":
            return _moment(raw).isoformat()
        case "choice":
            return _choice(raw, choices)
        case "choices":
            several = raw if isinstance(raw, list | tuple) else _text(raw).split("|")
            return [_choice(each, choices) for each in dict.fromkeys(several)]
    raise ValueWrong(
        gettext_noop("There is no kind %(kind)r; there are: %(kinds)s."), kind=kind, kinds=", ".join(KINDS)
    )


def value_indexed(kind: str, value: Value) -> list[Indexed]:
    """Return the rows by which people of a value are found."""
    match kind:
        case "number":
            return [("", float(value))]  # type: ignore[arg-type]
        case "flag":
            return [("", 1.0 if value else 0.0)]
        case "day":
            begins = datetime.combine(date.fromisoformat(str(value)), datetime.min.time(), UTC)
            return [("", begins.timestamp())]
        case "moment":
            return [("", datetime.fromisoformat(str(value)).timestamp())]
        case "choices":
            return [(folded(each), None) for each in value]  # type: ignore[union-attr]
    return [(folded(str(value)), None)]


def _text(raw: object) -> str:
    text = unicodedata.normalize("NFC", str(raw)).strip()
    if len(text) > TEXT_LONGEST or "\0" in text:
        words = gettext_noop("A text has at most %(most)s characters; this one has %(has)s.")
        raise ValueWrong(words, most=TEXT_LONGEST, has=len(text))
    return text


def _number(raw: object) -> float:
    text = str(raw).strip().replace("\u00a0", "").replace(" ", "")
    if "," in text and "." not in text:
        text = text.replace(",", ".")
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not abs(number) <= NUMBER_MOST:
        raise ValueWrong(gettext_noop("%(value)r is no number; write it such as 12.5."), value=str(raw)[:40])
    return number


def _flag(raw: object) -> bool:
    word = str(raw).strip().casefold()
    if word in TRUE:
        return True
    if word in FALSE:
        return False
    raise ValueWrong(gettext_noop("%(value)r is neither yes nor no."), value=str(raw)[:40])


def _day(raw: object) -> date:
    try:
        day = raw if isinstance(raw, date) else date.fromisoformat(str(raw).strip()[:10])
        if not 1 < day.year < 9999:  # the day after, or another zone's, would lie outside of all years
            raise ValueError(day.year)  # noqa: TRY301 - said in the same words
        return day.date() if isinstance(day, datetime) else day
    except ValueError as wrong:
        words = gettext_noop("%(value)r is no day; write it such as 2026-05-17.")
        raise ValueWrong(words, value=str(raw)[:40]) from wrong


def _moment(raw: object) -> datetime:
    try:
        moment = raw if isinstance(raw, datetime) else datetime.fromisoformat(str(raw).strip())
        if not 1 < moment.year < 9999:  # in another zone it would lie outside of all years
            raise ValueError(moment.year)  # noqa: TRY301 - said in the same words
    except ValueError as wrong:
        words = gettext_noop("%(value)r is no moment; write it such as 2026-05-17T12:30:00+02:00.")
        raise ValueWrong(words, value=str(raw)[:40]) from wrong
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _choice(raw: object, choices: Sequence[str]) -> str:
    wanted = folded(str(raw))
    for each in choices:
        if folded(each) == wanted:
            return each
    words = gettext_noop("%(value)r is none of: %(choices)s.")
    raise ValueWrong(words, value=str(raw)[:40], choices=", ".join(choices))
