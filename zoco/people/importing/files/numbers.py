"""Numbers as people write them: 1,234 is a thousand or one and a bit, and often only its column can tell."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Literal

from django.utils.translation import gettext_noop

from zoco.people.attributes import ValueWrong, value_read

Sign = Literal["", ",", "."]
"""What stands before decimals; "" where each value tells by itself."""
POINT_UNSURE, COMMA_UNSURE = "?.", "?,"
WRITTEN = re.compile(r"[-+]?\d+(?:[.,]\d+)*\Z")
_SPACES = str.maketrans("", "", " \u00a0\u202f\u2009'’")
_WHOLE = {
    sign: re.compile(rf"[-+]?(?:\d+|\d{{1,3}}(?:{re.escape(other)}\d{{3}})+)(?:{re.escape(sign)}\d+)?\Z")
    for sign, other in ((",", "."), (".", ","))
}
_OTHER = {",": ".", ".": ","}
_WRONG = {
    ",": gettext_noop("%(value)r is no number whose decimals stand behind a comma, such as 1.234,5."),
    ".": gettext_noop("%(value)r is no number whose decimals stand behind a point, such as 1,234.5."),
}


def sign_told(text: str) -> str:
    """Return what a value tells of the sign before decimals: one, POINT_UNSURE, COMMA_UNSURE, or "".

    One sign with three digits behind it and one to three before may part thousands as well.
    """
    bare = text.translate(_SPACES)
    if not ("," in bare or "." in bare) or not WRITTEN.match(bare):
        return ""
    if "," in bare and "." in bare:
        sign = bare[max(bare.rfind(","), bare.rfind("."))]
        return sign if _WHOLE[sign].match(bare) else ""
    sign = "," if "," in bare else "."
    if bare.count(sign) > 1:
        return _OTHER[sign] if _WHOLE[_OTHER[sign]].match(bare) else ""
    before, _sign, behind = bare.lstrip("+-").partition(sign)
    if len(behind) != 3 or len(before) > 3 or before[0] == "0":
        return sign
    return f"?{sign}"


def sign_guessed(columns: Iterable[Mapping[str, Any]], delimiters: Collection[str]) -> Sign:
    """Return the sign that most likely stands before decimals in a file.

    Columns of numbers decide, then all others. Where no value is sure, a comma parts thousands: programs
    whose files have commas between columns write so, those that write decimals behind a comma use semicolons.
    """
    rows = list(columns)
    for some in ([each for each in rows if each["kind"] == "number"], rows):
        told = {sign for each in some for sign in each.get("signs", ())}
        sure = told & {",", "."}
        if len(sure) > 1 or told == {POINT_UNSURE, COMMA_UNSURE}:
            return ""
        if sure:
            return "," if "," in sure else "."
        if told:
            return "," if COMMA_UNSURE in told and set(delimiters) == {";"} else "."
    return ""


def number_plain(text: str, sign: Sign) -> str:
    """Write a number as programs do, without marks between thousands. Raises ValueWrong."""
    bare = text.translate(_SPACES)
    if not WRITTEN.match(bare):
        return text
    if not sign:
        told = sign_told(bare)
        sign = "," if told in {",", COMMA_UNSURE} else "."
        if not _WHOLE[sign].match(bare):
            return text
    elif not _WHOLE[sign].match(bare):
        raise ValueWrong(_WRONG[sign], value=text[:40])
    return bare.replace(_OTHER[sign], "").replace(sign, ".")


def number_read(text: str, sign: Sign) -> float:
    """Read a number of a file. Raises ValueWrong."""
    return float(value_read("number", number_plain(text, sign)))  # type: ignore[arg-type]
