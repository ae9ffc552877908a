"""How long a request waits for a database that others write into: less than who works in the background."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections, transaction


@contextmanager
def impatient(using: str, seconds: float) -> Iterator[None]:
    """Hold a transaction, or a part of one, in which the database waits so long for others that write.

    On PostgreSQL the setting belongs to the transaction, so that it bears a pooler of connections.
    """
    connection, wait = connections[using], round(seconds * 1_000)
    is_part = connection.in_atomic_block
    if connection.vendor != "sqlite":
        with transaction.atomic(using=using), connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('lock_timeout')")
            (usual,) = cursor.fetchone()
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [str(wait)])
            yield
            if is_part:  # what is rolled back takes its setting along
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", [usual])
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        (usual,) = cursor.fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {wait}")
    try:
        with transaction.atomic(using=using):
            yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {usual}")
