"""Counting what one import brought in, without the machinery of reports."""

from datetime import UTC, datetime, timedelta

from zoco.ledger.store.base import Store


def count_received(store: Store, *, site: int, origin: str, received_at: int) -> int:
    """Return how many facts of a site carry this very moment (UTC microseconds) as received."""
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=received_at)
    if not origin.isalpha():
        raise ValueError(f"{origin!r} is no origin")
    table = store.query(
        "SELECT count(*) AS received FROM facts"
        f" WHERE site = {int(site)} AND origin = '{origin}' AND received_at = '{at:%Y-%m-%d %H:%M:%S.%f}'"
    )
    return int(table.column("received")[0].as_py())
