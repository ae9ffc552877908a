"""Writing many rows: one short statement for each, sent together.

Django's own `bulk_update` makes one long CASE of all rows, and `bulk_create` asks each field of each object
how it is written: that costs up to ten times as much as writing.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from django.db import connections, models, router

VALUES_MOST = 30_000
"""In one statement; SQLite takes no more than 32,766."""
PLAIN = {type(None), str, int, float, bool}
"""What databases take as it is."""
HASHED = {type(None), datetime}


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
    updates_by: str = "",
) -> None:
    """Add rows, each the values of these fields (of a relation the key); what it leaves out has no default.

    `is_ignoring` passes over those that a constraint does not let in; with `updates_by`, a field that is
    unique, those that are there get these values.
    """
    connection = connections[router.db_for_write(model)]
    begins, places, values = _ready(model, fields, rows)
    if not values:
        return
    ending = " ON CONFLICT DO NOTHING" if is_ignoring else ""
    if updates_by:
        ending = _updating(model, [each for each in fields if each != updates_by], updates_by)
    with connection.cursor() as cursor:
        cursor.executemany(f"{begins} VALUES {places}{ending}", values)


def _updating(model: type[models.Model], fields: Sequence[str], unique: str) -> str:
    """Return how a statement ends that writes these fields of rows which are there already."""
    quoted = connections[router.db_for_write(model)].ops.quote_name
    columns: list[Any] = [model._meta.get_field(each) for each in fields]
    names = [quoted(each.column) for each in columns]
    sets = ", ".join(f"{name} = EXCLUDED.{name}" for name in names)
    return f" ON CONFLICT ({quoted(unique)}) DO UPDATE SET {sets}"


def rows_keyed(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[Any]:
    """Add rows as `rows_add` does and return their keys, in order."""
    connection = connections[router.db_for_write(model)]
    begins, places, values = _ready(model, fields, rows)
    key: Any = model._meta.pk
    ending = f"RETURNING {connection.ops.quote_name(key.column)}"
    found: list[Any] = []
    at_once = max(VALUES_MOST // len(fields), 1)
    with connection.cursor() as cursor:
        for start in range(0, len(values), at_once):
            some = values[start : start + at_once]
            statement = f"{begins} VALUES {', '.join([places] * len(some))} {ending}"
            cursor.execute(statement, list(chain.from_iterable(some)))
            found += [each for (each,) in cursor.fetchall()]
    return found


def _ready(
    model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]
) -> tuple[str, str, list[tuple[Any, ...]]]:
    """Return how a statement begins, the places of one row, and the values of all, as they are written."""
    connection = connections[router.db_for_write(model)]
    columns: list[Any] = [model._meta.get_field(name) for name in fields]
    by_column = list(zip(*rows, strict=True)) or [()] * len(columns)
    found = [_written(column, each, connection) for column, each in zip(columns, by_column, strict=True)]
    quoted = connection.ops.quote_name
    names = ", ".join(quoted(each.column) for each in columns)
    begins = f"INSERT INTO {quoted(model._meta.db_table)} ({names})"
    return begins, f"({', '.join(['%s'] * len(columns))})", list(zip(*found, strict=True))


def _written(column: Any, values: Sequence[Any], connection: Any) -> Sequence[Any]:
    """Return the values of a column as they are written: most columns are so already, as a whole."""
    kinds = set(map(type, values))
    if kinds <= PLAIN:
        return values
    if kinds <= HASHED:  # there are few, and each many times
        made = {each: column.get_db_prep_save(each, connection) for each in set(values)}
        return [made[each] for each in values]
    return [
        each
        if each is None or isinstance(each, str | int | float)
        else column.get_db_prep_save(each, connection)
        for each in values
    ]
