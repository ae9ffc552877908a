"""pytest plug-in of this repository: a database that a test emptied is refilled with what migrations wrote.

Django writes it as JSON and saves it object by object before each such test, 0.3 s a time. Here each
table is copied once and copied back as it was; on PostgreSQL only tables with rows are emptied, for to
truncate all of them takes as long.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

KEPT = "zoco_kept"
"""A schema of PostgreSQL, a second file of SQLite: no test that lists tables comes upon it."""


def pytest_configure() -> None:
    from django.db.backends.base.creation import BaseDatabaseCreation
    from django.db.backends.postgresql.operations import DatabaseOperations

    patch = pytest.MonkeyPatch()
    patch.setattr(BaseDatabaseCreation, "serialize_db_to_string", _kept)
    patch.setattr(BaseDatabaseCreation, "deserialize_db_from_string", _refilled)
    patch.setattr(DatabaseOperations, "sql_flush", _emptying(DatabaseOperations.sql_flush))


def _kept(self: Any) -> str:
    """Copy all tables with rows; return what Django keeps in place of its JSON: their names."""
    connection = self.connection
    tables = _filled(connection, connection.introspection.django_table_names(only_existing=True))
    with _aside(connection, is_new=True) as aside, connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"CREATE TABLE {aside}.{table} AS SELECT * FROM {table}")  # noqa: S608
    # Django keeps it at the connection. Where a browser was driven there is another one for the same thread,
    # because an event loop runs there from then on; it has to be refilled as well.
    type(connection)._test_serialized_contents = "\n".join(tables)
    return "\n".join(tables)


def _refilled(self: Any, data: str) -> None:
    """Copy them back. References are checked at the end of the transaction."""
    from django.db.transaction import atomic

    with (
        _aside(self.connection) as aside,
        atomic(using=self.connection.alias),
        self.connection.cursor() as cursor,
    ):
        for table in data.splitlines():
            # Before the first such test they have not been emptied.
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608
            cursor.execute(f"INSERT INTO {table} SELECT * FROM {aside}.{table}")  # noqa: S608


@contextmanager
def _aside(connection: Any, *, is_new: bool = False) -> Iterator[str]:
    """Give the name of the place where copies are."""
    if connection.vendor == "postgresql":
        if is_new:
            with connection.cursor() as cursor:
                cursor.execute(f"DROP SCHEMA IF EXISTS {KEPT} CASCADE")
                cursor.execute(f"CREATE SCHEMA {KEPT}")
        yield KEPT
        return
    with connection.cursor() as cursor:
        cursor.execute(f"ATTACH DATABASE %s AS {KEPT}", [f"{connection.settings_dict['NAME']}.kept"])
    yield KEPT
    with connection.cursor() as cursor:
        cursor.execute(f"DETACH DATABASE {KEPT}")


def _filled(connection: Any, tables: list[str]) -> list[str]:
    """Return those of some tables in which there are rows, quoted."""
    quoted = [connection.ops.quote_name(table) for table in sorted(tables)]
    if not quoted:
        return []
    asked = ", ".join(f"EXISTS (SELECT 1 FROM {table})" for table in quoted)  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {asked}")
        found = cursor.fetchone()
    return [table for table, has_rows in zip(quoted, found, strict=True) if has_rows]


def _emptying(truncating: Any) -> Any:
    def sql_flush(self: Any, style: Any, tables: list[str], **named: Any) -> list[str]:
        if named.get("reset_sequences"):
            statements: list[str] = truncating(self, style, tables, **named)
            return statements
        return [f"DELETE FROM {table}" for table in _filled(self.connection, tables)]  # noqa: S608

    return sql_flush
