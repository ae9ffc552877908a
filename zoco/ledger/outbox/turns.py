"""Turns among machines that share a ClickHouse: a lock in the PostgreSQL that they share as well.

The lock belongs to a transaction on a connection of its own, so that it ends with its process, bears a
pooler of connections, and knows nothing of the transaction that the caller may be in.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error, connections

from zoco.kit.ids import hash63
from zoco.ledger.outbox.rows import database
from zoco.ledger.store.base import StoreBusy

log = logging.getLogger(__name__)

KEY = hash63(b"zoco.ledger.turn")
WAIT_SECONDS = 300


@contextmanager
def turn_by_database() -> Iterator[None]:
    """Take a turn among all processes on this database; on SQLite, which one machine has, nothing happens.

    Raises StoreBusy when the database does not answer, or nobody else ends in WAIT_SECONDS. Not
    guaranteed: that a turn whose connection breaks is noticed before it ends; then it is logged.
    """
    own = connections[database()].copy()
    if own.vendor != "postgresql":
        yield
        return
    try:
        own.ensure_connection()
        own.set_autocommit(False)
        with own.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{WAIT_SECONDS}s'")
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [KEY])
    except Error as error:
        own.close()
        raise StoreBusy(f"The turn to settle could not be taken: {str(error).strip()}") from error
    try:
        yield
    finally:
        try:
            own.rollback()
        except Error as error:
            log.warning("A turn to settle was lost before its end. error=%s", error)
        own.close()
