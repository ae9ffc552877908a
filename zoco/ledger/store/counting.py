"""Counting what was received, without the machinery of reports."""

from datetime import UTC, datetime, timedelta

from zoco.kit.periods import micros
from zoco.ledger.store.base import Store

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
LATEST = timedelta(hours=73)
"""Facts that arrive live are no older than 72 hours."""


def count_received(store: Store, *, site: int, origin: str, received_at: int) -> int:
    """Return how many facts of a site carry this very moment (UTC microseconds) as received."""
    at = EPOCH + timedelta(microseconds=received_at)
    if not origin.isalpha():
        raise ValueError(f"{origin!r} is no origin")
    table = store.query(
        "SELECT count(*) AS received FROM facts"
        f" WHERE site = {int(site)} AND origin = '{origin}' AND received_at = '{at:%Y-%m-%d %H:%M:%S.%f}'"
    )
    return int(table.column("received")[0].as_py())


def newest_received(store: Store, *, now: int) -> dict[int, str]:
    """Return a mark of each site of whose last three days facts came in this hour or the last.

    A mark is when the newest came (UTC microseconds) and how many, as "1764284400000000-12"; it changes
    when facts are added, and once an hour by itself. What the collector tells of its own work does not
    count. `now` in UTC microseconds.
    """
    since = EPOCH + (timedelta(microseconds=now) // HOUR - 1) * HOUR
    table = store.query(
        "SELECT site, count(*) AS number, max(received_at) AS newest FROM facts"
        f" WHERE received_at >= '{since:%Y-%m-%d %H:%M:%S}'"
        f" AND occurred_at >= '{since - LATEST:%Y-%m-%d %H:%M:%S}' AND name NOT LIKE 'collector.%'"
        " GROUP BY site ORDER BY site"
    )
    return {row["site"]: f"{_micros(row['newest'])}-{row['number']}" for row in table.to_pylist()}


def _micros(at: datetime) -> int:
    return micros(at if at.tzinfo else at.replace(tzinfo=UTC))
