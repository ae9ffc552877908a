"""Questions about daily sums from elsewhere, alike on both engines."""

from datetime import date


def days_sql(site: int, first: date, last: date) -> str:
    """Write the SELECT of the whole site's sums of these days, both included."""
    return (
        "SELECT origin_key, day, measure, amount FROM imported_daily"
        f" WHERE site = {site} AND dimension = '' AND day >= {_day(first)} AND day <= {_day(last)}"
        " ORDER BY day, origin_key, measure"
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


def _day(day: date) -> str:
    return f"CAST('{day.isoformat()}' AS DATE)"


def key_text(text: str) -> str:
    """Write the key of an import."""
    if not all(letter.isalnum() or letter in "-_:." for letter in text):
        raise ValueError(f"{text!r} is no key of an import.")
    return f"'{text}'"
