"""What may be asked of the ledger: one SELECT over its tables, and nothing that reaches beyond them.

The statement's kind is not enough: DuckDB calls `WITH x AS (DELETE …) SELECT …` a SELECT, and
`read_json` reaches the spool, which the engine itself must read. So the parsed tree is walked.
`json_serialize_plan` binds a query in a text, which opens the files that it names.
"""

import ctypes
import os
import re
import threading
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import duckdb
import msgspec

from zoco.ledger.store.base import QueryFailed, QueryRefused

SQL_LIMIT = 4 << 20
_NODES = {"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"}
_SOURCES = {"BASE_TABLE", "SUBQUERY", "JOIN", "TABLE_FUNCTION", "EXPRESSION_LIST", "EMPTY", "PIVOT"}
_TABLE_FUNCTIONS = {"unnest", "range", "generate_series", "json_each", "json_tree", "repeat"}
_FORBIDDEN = {
    "nextval", "setval", "currval", "setseed", "write_log", "sleep_ms", "pg_sleep", "current_setting",
    "getenv", "getvariable", "query", "query_table", "json_execute_serialized_sql", "json_serialize_plan",
    "glob",
}  # fmt: skip
_VOLATILE = {
    "random", "uuid", "uuidv4", "uuidv7", "gen_random_uuid", "now", "today", "current_date", "current_time",
    "current_timestamp", "get_current_timestamp", "get_current_time", "transaction_timestamp",
    "localtime", "localtimestamp", "current_localtime", "current_localtimestamp",
}  # fmt: skip
# What no query can hide behind: between these quotes stand digits either way, and nothing is named there.
_MOMENT = re.compile(r"TIMESTAMP '[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}'")
_ANY_MOMENT = "TIMESTAMP '2000-01-01 00:00:00.000000'"
# The same holds of a site's key: a whole number either way, wherever it stands.
_SITE = re.compile(r'(?<=\."site" = )[0-9]{1,10}\b(?!\.)')
_OUTSIDE = re.compile(r"[./\\*?:\[\]]|^(duckdb_|pragma_|sqlite_|pg_)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Select:
    """A query that may run. What is volatile gives another answer each time and is not kept."""

    sql: str
    is_volatile: bool


_parser: list[duckdb.DuckDBPyConnection] = []
_gate = [threading.Lock()]


def one_select(sql: str) -> Select:
    """Check a query. Raises QueryRefused for what may not run, QueryFailed for what is no SQL.

    Reports ask the same of other moments every minute, and of other sites; a query is checked once for all.
    """
    if len(sql) > SQL_LIMIT:
        raise QueryRefused(f"The query is longer than {SQL_LIMIT} characters.")
    try:
        return Select(sql, checked(_SITE.sub("1", _MOMENT.sub(_ANY_MOMENT, sql))))
    except (QueryRefused, QueryFailed):
        # What is said of it is said of the words that were asked.
        return Select(sql, checked(sql))


@lru_cache(maxsize=256)
def checked(sql: str) -> bool:
    """Say whether a query that may run is volatile; raise what `one_select` raises."""
    tree = _parsed(sql)
    if tree.get("error"):
        kind, message = tree.get("error_type"), tree.get("error_message", "")
        if kind in ("parser", "syntax"):
            raise QueryFailed(message)
        raise QueryRefused(f"Only a SELECT is answered: {message}")
    if len(tree["statements"]) != 1:
        raise QueryRefused(f"One SELECT is answered at a time, these are {len(tree['statements'])}.")
    return _walk(tree["statements"][0])


def _parsed(sql: str) -> dict[str, Any]:
    try:
        with _gate[0]:
            if not _parser:
                _parser.append(duckdb.connect(":memory:", config={"threads": 1}))
            cursor = _parser[0].cursor()
        row = cursor.execute("SELECT json_serialize_sql(?)", [sql]).fetchone()
        tree: dict[str, Any] = msgspec.json.decode(row[0] if row else "{}")
    except (duckdb.Error, msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise QueryFailed(f"The query cannot be read: {error}") from error
    return tree


def _walk(tree: object) -> bool:
    """Look at every node; say whether one of them is volatile."""
    is_volatile = False
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting.extend(node)
        elif isinstance(node, dict):
            is_volatile |= _look(node)
            waiting.extend(value for value in node.values() if isinstance(value, (dict, list)))
    return is_volatile


def _look(node: dict[str, Any]) -> bool:
    kind = node.get("type")
    if isinstance(kind, str) and not node.get("class"):
        if kind.endswith("_NODE") and kind not in _NODES:
            raise QueryRefused("A query may not change anything.")
        if kind.endswith("_REF"):
            raise QueryRefused("Tables cannot be described here; their columns are in the reference.")
    for side in ("from_table", "left", "right", "source"):
        source = node.get(side)
        if isinstance(source, dict) and not source.get("class"):
            _allow_source(source)
    if kind == "BASE_TABLE":
        _allow_table(node)
    if kind == "TABLE_FUNCTION":
        _allow_table_function(node["function"]["function_name"])
    name = str(node.get("function_name") or "").lower()
    if name in _FORBIDDEN or name.startswith(("read_", "pragma_", "duckdb_")) or name.endswith("_scan"):
        raise QueryRefused(f"The function {name} may not be used in a query.")
    return bool(node.get("sample")) or name in _VOLATILE or _is_clock(node)


def _is_clock(node: dict[str, Any]) -> bool:
    """Say whether a name without brackets is the clock: `current_timestamp` parses as a column."""
    names = node.get("column_names")
    return isinstance(names, list) and len(names) == 1 and str(names[0]).lower() in _VOLATILE


def _allow_source(source: dict[str, Any]) -> None:
    kind = source.get("type")
    if isinstance(kind, str) and not kind.endswith("_NODE") and kind not in _SOURCES:
        raise QueryRefused(f"A query may not read from {kind.lower()}.")


def _allow_table(node: dict[str, Any]) -> None:
    name = str(node.get("table_name", ""))
    if node.get("catalog_name") or node.get("schema_name") not in ("", "main") or _OUTSIDE.search(name):
        raise QueryRefused(f"A query reads tables of the ledger, {name!r} is none.")


def _allow_table_function(name: str) -> None:
    if name.lower() not in _TABLE_FUNCTIONS:
        raise QueryRefused(f"The table function {name} may not be used in a query.")


def _after_fork() -> None:
    """In a child: leave the parent's parser alone, even at the end; its threads are not here."""
    _gate[0] = threading.Lock()
    for con in _parser:
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(con))
    _parser.clear()


os.register_at_fork(after_in_child=_after_fork)
