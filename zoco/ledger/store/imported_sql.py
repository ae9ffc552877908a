"""Questions about daily sums from elsewhere, alike on both engines."""

from collections.abc import Sequence
from datetime import date

# The figures of values of a dimension that add up.
PARTS = ("page_views", "visits", "events")


def days_sql(site: int, first: date, last: date) -> str:
    """Write the SELECT of the whole site's sums of these days, both included."""
    return (
        "SELECT origin_key, day, measure, amount FROM imported_daily"
        f" WHERE site = {site} AND dimension = '' AND day >= {_day(first)} AND day <= {_day(last)}"
        " ORDER BY day, origin_key, measure"
    )


def rows_sql(site: int, dimension: str, days: Sequence[date], order: str, *, size: int, offset: int) -> str:
    """Write the SELECT of sums of these days by the values of a dimension, a page of them.

    A figure that no import states is null; `whole` is the count of all values.
    """
    sums = ", ".join(f"sum(CASE WHEN measure = '{name}' THEN amount END) AS {name}" for name in PARTS)
    chosen, place = ", ".join(map(_day, days)), f"LIMIT {size} OFFSET {offset}"
    return (
        f"SELECT label, {sums}, count(*) OVER () AS whole FROM imported_daily"
        f" WHERE site = {site} AND dimension = {key_text(dimension)} AND day IN ({chosen})"
        f" GROUP BY label ORDER BY {key_text(order)[1:-1]} DESC NULLS LAST, label {place}"
    )


def held_sql(site: int) -> str:
    """Write the SELECT of which days each import of a site holds."""
    return (
        "SELECT DISTINCT origin_key, day FROM imported_daily"
        f" WHERE site = {site} AND dimension = '' ORDER BY day, origin_key"
    )


def sums_sql(site: int, key: str) -> str:
    """Write the SELECT of what an import holds altogether, by dimension and measure."""
    return (
        "SELECT dimension, measure, sum(amount) AS amount FROM imported_daily"
        f" WHERE site = {site} AND origin_key = {key_text(key)}"
        " GROUP BY dimension, measure ORDER BY dimension, measure"
    )


def first_sql(site: int) -> str:
    """Write the SELECT of how many sums a site has from elsewhere, and of their first day."""
    return f"SELECT count(*) AS number, min(day) AS first FROM imported_daily WHERE site = {site}"


def _day(day: date) -> str:
    return f"CAST('{day.isoformat()}' AS DATE)"


def key_text(text: str) -> str:
    """Write the key of an import."""
    if not all(letter.isalnum() or letter in "-_:." for letter in text):
        raise ValueError(f"{text!r} is no key of an import.")
    return f"'{text}'"
