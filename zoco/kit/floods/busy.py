"""Why a database took nothing although nothing is broken: the same may be asked again.

PostgreSQL says it by its SQLSTATE (appendix A of its manual), SQLite by its result code. A server that cannot
be reached has no code to say; a password that it does not take looks the same.
"""

import sqlite3
from enum import StrEnum

from django.db import Error, OperationalError


class Busy(StrEnum):
    """What a busy database is busy with."""

    LOCKED = "locked"
    """Others were writing for longer than may be waited."""
    CROSSED = "crossed"
    """Two who wait for each other, or who saw different things: the database let one of them go on."""
    SLOW = "slow"
    """A statement took longer than the server lets it."""
    FULL = "full"
    """The server takes no more connections, or has no memory for more."""
    AWAY = "away"
    """The server does not answer, starts, stops, or was started again."""


_STATES = {
    "55P03": Busy.LOCKED,
    "40001": Busy.CROSSED,
    "40P01": Busy.CROSSED,
    "57014": Busy.SLOW,
    "25P03": Busy.SLOW,
    "53200": Busy.FULL,
    "53300": Busy.FULL,
    "57P01": Busy.AWAY,
    "57P02": Busy.AWAY,
    "57P03": Busy.AWAY,
}
_CONNECTION = "08"


def busy_of(error: BaseException) -> Busy | None:
    """Return with what the database was busy; None of an error that asking again does not heal."""
    if not isinstance(error, Error):
        return None
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):  # the code may be an extended one; its last byte says it
        code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
        return Busy.LOCKED if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) else None
    state = getattr(cause, "sqlstate", "")
    if state is None:  # who has no server to ask was told no state
        return Busy.AWAY if isinstance(error, OperationalError) else None
    return _STATES.get(state, Busy.AWAY if state.startswith(_CONNECTION) else None)
