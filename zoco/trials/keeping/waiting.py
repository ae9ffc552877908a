"""How long a request waits for a database that others write into: less than who works in the background."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections


@contextmanager
def impatient(using: str, seconds: float) -> Iterator[None]:
    """Let the database wait so long for others that write, within a transaction or around one."""
    connection = connections[using]
    name = "busy_timeout" if connection.vendor == "sqlite" else "lock_timeout"
    ask, give = (
        ("PRAGMA {}", "PRAGMA {} = {}") if connection.vendor == "sqlite" else ("SHOW {}", "SET {} = '{}'")
    )
    with connection.cursor() as cursor:
        cursor.execute(ask.format(name))
        (usual,) = cursor.fetchone()
        cursor.execute(give.format(name, round(seconds * 1_000)))
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(give.format(name, usual))
