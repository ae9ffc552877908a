"""The fields that all people have, read as they come from a table or a program."""

import re
import zoneinfo
from functools import cache, lru_cache

from django.utils.translation import gettext_noop, override

from zoco.kit.masks import plain_text
from zoco.ledger.pictures.countries import LANGUAGES, country_code
from zoco.people.attributes import ValueWrong, value_read
from zoco.people.models import FIELDS

LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*\Z")
"""What a code of a language looks like."""


def field_read(name: str, raw: object) -> str:
    """Read a field; a country may be written by its name in our languages. Raises ValueWrong.

    It is one line: a name of several fits above no letter.
    """
    text = plain_text(str(value_read("text", raw)))
    if not text:
        return ""
    match name:
        case "country":
            return _country(text)
        case "language":
            return _language(text)
        case "zone":
            return _zone(text)
    return text[: FIELDS[name]]


def _country(value: str) -> str:
    code = _codes(value.casefold())
    if code is None:
        words = gettext_noop("%(value)r is no country; write its code, such as ES, or its name.")
        raise ValueWrong(words, value=value[:40])
    return code


@lru_cache(maxsize=4_096)
def _codes(name: str) -> str | None:
    for language in ("en", "es", "ru", "zh-hans")[: len(LANGUAGES)]:
        with override(language):
            code = country_code(name)
        if len(code) == 2 and code.isupper():
            return code
    return None


def _language(value: str) -> str:
    code = value.strip().casefold().replace("_", "-")
    if not LANGUAGE.match(code) or len(code) > FIELDS["language"]:
        words = gettext_noop("%(value)r is no language; write its code, such as es or pt-br.")
        raise ValueWrong(words, value=value[:40])
    return code


@cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def _zone(value: str) -> str:
    if value not in _zones():
        words = gettext_noop("%(value)r is no time zone; write it such as Europe/Madrid.")
        raise ValueWrong(words, value=value[:40])
    return value
