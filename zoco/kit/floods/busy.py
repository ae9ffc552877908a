"""Why a database took nothing although nothing is broken: the same may be asked again.

PostgreSQL says it by its SQLSTATE (appendix A of its manual), SQLite by its result code. Who could not
connect, or was cut off, was told no state: then the words decide, which are English unless the server's
`lc_messages` says otherwise; words that are not known here are no reason to ask again.
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
_SAID = {
    "connection refused": Busy.AWAY,
    "is the server running": Busy.AWAY,
    "failed to resolve host": Busy.AWAY,  # the name of a container that is started again
    "timeout expired": Busy.AWAY,
    "connection timed out": Busy.AWAY,
    "connection reset": Busy.AWAY,
    "no route to host": Busy.AWAY,
    "network is unreachable": Busy.AWAY,
    "server closed the connection": Busy.AWAY,
    "connection has been closed unexpectedly": Busy.AWAY,  # what TLS says of it
    "could not receive data from server": Busy.AWAY,
    "could not send data to server": Busy.AWAY,
    "unexpected eof": Busy.AWAY,
    "terminating connection": Busy.AWAY,
    "the database system is": Busy.AWAY,  # starting up, shutting down, in recovery, not yet accepting
    "too many clients": Busy.FULL,
    "too many connections": Busy.FULL,
    "remaining connection slots": Busy.FULL,
}


def busy_of(error: BaseException) -> Busy | None:
    """Return with what the database was busy; None of an error that asking again does not heal."""
    if not isinstance(error, Error):
        return None
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        code = _code(cause)
        return Busy.LOCKED if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) else None
    state = getattr(cause, "sqlstate", "")
    if state is None:
        return _said(str(cause)) if isinstance(error, OperationalError) else None
    return _STATES.get(state, Busy.AWAY if state.startswith(_CONNECTION) else None)


def is_odd(error: BaseException) -> bool:
    """Say whether a mistake of ours may be behind it, so that its traceback is worth a look.

    Two who wait for each other may always do so, a statement may be slow every time, and SQLite calls a table
    locked that the same connection holds.
    """
    return busy_of(error) in (Busy.CROSSED, Busy.SLOW) or _code(error.__cause__) == sqlite3.SQLITE_LOCKED


def _code(cause: BaseException | None) -> int:
    """Return SQLite's code; it may be an extended one, whose last byte says it."""
    return getattr(cause, "sqlite_errorcode", 0) & 0xFF


def _said(words: str) -> Busy | None:
    words = words.lower()
    return next((found for said, found in _SAID.items() if said in words), None)
