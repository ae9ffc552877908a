"""Names of countries in the interface's languages, by ISO 3166-1 code; from Unicode's CLDR 48 (regions).

They are a table and not catalogue entries, so that translators do not meet 250 names.
"""

from functools import cache
from pathlib import Path

from django.utils.translation import get_language

LANGUAGES = ("en", "es", "ru", "zh")


@cache
def _names() -> dict[str, tuple[str, ...]]:
    lines = (Path(__file__).parent / "countries.tsv").read_text("utf-8").splitlines()
    return {code: tuple(names) for code, *names in (line.split("\t") for line in lines)}


def country_codes() -> list[str]:
    """Return the codes of all countries."""
    return list(_names())


def country_name(code: str) -> str:
    """Return the name of a country in the language in force; the code itself when it is not known."""
    names = _names().get(code.upper())
    return names[_column()] if names else code


def country_code(text: str) -> str:
    """Return the code of the country with this name in the language in force, or the text as it is."""
    wanted, column = text.strip().casefold(), _column()
    if wanted.upper() in _names():
        return wanted.upper()
    return next((code for code, names in _names().items() if names[column].casefold() == wanted), text)


def _column() -> int:
    tongue = (get_language() or "en").lower().split("-")[0]
    return LANGUAGES.index(tongue) if tongue in LANGUAGES else 0
