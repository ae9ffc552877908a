"""What may stand behind a | of a placeholder."""

import re
from collections.abc import Callable
from datetime import date, datetime
from urllib.parse import quote

from django.utils.formats import date_format, number_format
from jinja2 import Undefined

UNKNOWN = (Undefined, type(None))
SCHEMES = {"http", "https", "mailto", "tel"}
"""What a letter may lead to."""
ADDRESS = "address"
"""Stands behind every placeholder with which a link begins."""
_BLANK = re.compile(r"[\x00-\x20\x7f-\x9f]")
_PATH = re.compile(r"[/?#]")


def _default(value: object, other: str = "") -> object:
    """Return the other for what is unknown or empty."""
    return other if value == "" or isinstance(value, UNKNOWN) else value


def _text(change: Callable[[str], str]) -> Callable[[object], str]:
    return lambda value: change("" if isinstance(value, UNKNOWN) else str(value))


def _day(value: object) -> str:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return str(value)
    return date_format(value, "DATE_FORMAT") if isinstance(value, date) else ""


def _number(value: object, places: int = 0) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "" if isinstance(value, UNKNOWN) else str(value)
    return number_format(round(value, min(max(places, 0), 6)), decimal_pos=places, use_l10n=True)


def _shortened(value: object, most: int = 80) -> str:
    text = "" if isinstance(value, UNKNOWN) else str(value)
    return text if len(text) <= most else text[: max(most - 1, 0)].rstrip() + "…"


def _address(value: object) -> str:
    """Return where a link may lead: what browsers take for a script leads nowhere."""
    text = "" if isinstance(value, UNKNOWN) else str(value).strip()
    scheme, colon, _rest = _BLANK.sub("", text).partition(":")
    return text if not colon or _PATH.search(scheme) or scheme.lower() in SCHEMES else "#"


FILTERS: dict[str, Callable[..., object]] = {
    "default": _default,
    "upper": _text(str.upper),
    "lower": _text(str.lower),
    "capitalize": _text(str.capitalize),
    "title": _text(str.title),
    "trim": _text(str.strip),
    "urlencode": _text(lambda value: quote(value, safe="")),
    "day": _day,
    "number": _number,
    "shorten": _shortened,
    ADDRESS: _address,
}
"""What may stand behind a |."""
