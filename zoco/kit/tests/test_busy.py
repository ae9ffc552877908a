"""What a database is busy with, and what is broken: as libpq and SQLite say it."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import OperationalError
from psycopg import errors

from zoco.kit.floods.busy import Busy, busy_of, is_odd


@contextmanager
def server(said: bytes) -> Iterator[int]:
    """Answer whoever connects with a few bytes, and close."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            with listening.accept()[0] as taken:
                taken.recv(1024)
                taken.sendall(said)

        thread = threading.Thread(target=answer)
        thread.start()
        yield listening.getsockname()[1]
        thread.join()


def fatal(state: str, words: str) -> bytes:
    """Return an ErrorResponse (PostgreSQL's manual, "Message Formats")."""
    fields = b"".join(
        f"{key}{value}".encode() + b"\0"
        for key, value in {"S": "FATAL", "V": "FATAL", "C": state, "M": words}.items()
    )
    return b"E" + struct.pack("!I", len(fields) + 5) + fields + b"\0"


def raised(port: int, host: str = "127.0.0.1") -> OperationalError:
    """Return what Django raises when it cannot connect."""
    with pytest.raises(psycopg.OperationalError) as caught:
        psycopg.connect(
            host=host, port=port, dbname="zoco", user="zoco", sslmode="disable", connect_timeout=5
        )
    return of(caught.value)


def of(cause: Exception) -> OperationalError:
    error = OperationalError(str(cause))
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (b"", Busy.AWAY),
        (fatal("57P03", "the database system is starting up"), Busy.AWAY),
        (fatal("53300", "sorry, too many clients already"), Busy.FULL),
        (fatal("28P01", 'password authentication failed for user "zoco"'), None),
        (fatal("3D000", 'database "zoco" does not exist'), None),
        (fatal("28000", 'role "zoco" is not permitted to log in'), None),
    ],
)
def test_who_cannot_connect_may_come_again_if_it_is_for_a_moment(said: bytes, found: Busy | None) -> None:
    with server(said) as port:
        error = raised(port)

    assert (busy_of(error), is_odd(error)) == (found, False)


def test_a_server_that_is_not_there_is_away() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    assert busy_of(raised(port)) is Busy.AWAY


@pytest.mark.parametrize(
    ("cause", "found", "odd"),
    [
        (psycopg.OperationalError("the connection is closed"), None, False),
        (psycopg.OperationalError("consuming input failed: server closed the connection unexpectedly"),
         Busy.AWAY, False),
        (errors.AdminShutdown("terminating connection"), Busy.AWAY, False),
        (errors.LockNotAvailable("lock timeout"), Busy.LOCKED, False),
        (errors.DeadlockDetected("deadlock detected"), Busy.CROSSED, True),
        (errors.SerializationFailure("could not serialize access"), Busy.CROSSED, True),
        (errors.QueryCanceled("statement timeout"), Busy.SLOW, True),
        (errors.UndefinedTable("nowhere"), None, False),
    ],
)  # fmt: skip
def test_what_may_be_a_mistake_of_ours_is_odd(cause: Exception, found: Busy | None, odd: bool) -> None:
    assert (busy_of(of(cause)), is_odd(of(cause))) == (found, odd)
