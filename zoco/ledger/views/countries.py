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


def country_name(code: str) -> str:
    """Return the name of a country in the language in force; the code itself when it is not known."""
    tongue = (get_language() or "en").lower().split("-")[0]
    names = _names().get(code.upper())
    return names[LANGUAGES.index(tongue) if tongue in LANGUAGES else 0] if names else code
