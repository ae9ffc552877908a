"""Writing many rows: one short statement for each, sent together.

Django's own `bulk_update` makes one long CASE of all rows, and `bulk_create` asks each field of each object
how it is written: that costs up to ten times as much as writing.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connections, models, router


def rows_write(rows: Sequence[models.Model], fields: Sequence[str]) -> None:
    """Write these fields of rows of one model, each by its key; a row that is gone is passed over."""
    if not rows:
        return
    model = type(rows[0])
    connection = connections[router.db_for_write(model)]
    columns: list[Any] = [model._meta.get_field(name) for name in fields]
    key: Any = model._meta.pk
    quoted = connection.ops.quote_name
    sets = ", ".join(f"{quoted(each.column)} = %s" for each in columns)
    values = [
        [*(each.get_db_prep_save(getattr(row, each.attname), connection) for each in columns), row.pk]
        for row in rows
    ]
    statement = f"UPDATE {quoted(model._meta.db_table)} SET {sets} WHERE {quoted(key.column)} = %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)


def rows_add(
    model: type[models.Model],
    fields: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    is_ignoring: bool = False,
) -> None:
    """Add rows, each the values of these fields (of a relation the key); what it leaves out has no default.

    `is_ignoring` passes over those that a constraint does not let in.
    """
    connection = connections[router.db_for_write(model)]
    columns: list[Any] = [model._meta.get_field(name) for name in fields]
    kept: dict[Any, Any] = {}

    def ready(column: Any, value: Any) -> Any:
        if value is None or isinstance(value, str | int | float):
            return value
        if isinstance(value, datetime):  # there are few, and each many times
            if value not in kept:
                kept[value] = column.get_db_prep_save(value, connection)
            return kept[value]
        return column.get_db_prep_save(value, connection)

    values = [[ready(column, value) for column, value in zip(columns, row, strict=True)] for row in rows]
    if not values:
        return
    quoted = connection.ops.quote_name
    names = ", ".join(quoted(each.column) for each in columns)
    places = ", ".join(["%s"] * len(columns))
    ending = " ON CONFLICT DO NOTHING" if is_ignoring else ""
    table = quoted(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places}){ending}", values)  # noqa: S608
