"""Reading many rows by their keys: one statement whose text is the same for a thousand keys as for one.

Django asks each key how it is compared and each value of each row what it is in Python; where letters leave
by the hundred a second that costs more than the database does.
"""

import json
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from django.db import connection


def rows_among(statement: str, values: Collection[Any], among: Collection[Any]) -> list[tuple[Any, ...]]:
    """Return rows as the database has them; `= ANY_OF` in the statement stands for these, its last values.

    Keys are numbers or texts. For moments see `moment_of`.
    """
    if not among:
        return []
    if connection.vendor == "postgresql":
        statement, last = statement.replace("ANY_OF", "ANY(%s)"), list(among)
    else:
        statement = statement.replace("= ANY_OF", "IN (SELECT value FROM json_each(%s))")
        last = json.dumps(list(among))  # type: ignore[assignment]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, last])
        return list(cursor.fetchall())


def lock() -> str:
    """Return what ends a statement that locks the rows it finds; nothing where all are locked anyway."""
    return " FOR UPDATE" if connection.features.has_select_for_update else ""


def moment_of(value: Any) -> datetime | None:
    """Return a moment of a row, if it has one."""
    return moment_known(value) if value else None


def moment_known(value: Any) -> datetime:
    """Return a moment of a row: what SQLite keeps is UTC and does not say so."""
    moment: datetime = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def written(moment: datetime) -> Any:
    """Return a moment as a statement takes it."""
    return connection.ops.adapt_datetimefield_value(moment)
