"""What an answer left changed in the database, and that it is taken back."""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.test import Client

from tests.api.forms.shown import Pairs, sent
from tests.api.test_doors import PASSING

_WRITES = re.compile(r'\s*(?:INSERT (?:OR \w+ )?INTO|UPDATE|DELETE FROM) "(\w+)"')


def asked_and_changed(client: Client, method: str, where: str, pairs: Pairs) -> tuple[Any, list[str]]:
    """Ask, and take back all that it changed; returns the answer, and the tables with other rows by then.

    Of a fault no tables are told: what it wrote is taken back with it.
    """
    written: set[str] = set()

    def noted(execute: Callable[..., Any], sql: str, *more: Any) -> Any:
        if found := _WRITES.match(sql):
            written.add(found[1])
        return execute(sql, *more)

    with connection.execute_wrapper(noted), transaction.atomic():
        answer = sent(client, method, where, pairs)
        after = _rows(written - _passing()) if answer.status_code < 500 else {}
        transaction.set_rollback(True)
    before = _rows(set(after))
    return answer, sorted(table for table in after if after[table] != before[table])


def _rows(tables: set[str]) -> dict[str, list[str]]:
    found = {}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found[table] = sorted(map(repr, cursor.fetchall()))
    return found


@cache
def _passing() -> set[str]:
    """Return the tables of what only passes."""
    models = apps.get_models(include_auto_created=True)
    return {each._meta.db_table for each in models if each._meta.label_lower.startswith(PASSING)}
