"""What may be asked: one SELECT over the ledger's own tables, with no function that reaches outside.

The server's own rights are the wall (give the program a user with rights on one database); this
check says no early, and in words.
"""

import re
from functools import lru_cache

import sqlglot
from sqlglot import expressions as parsed
from sqlglot.errors import SqlglotError

from zoco.ledger.store.base import QueryFailed, QueryRefused
from zoco.ledger.store.clickhouse.ddl import tables

_OUTSIDE = """
    file fileCluster url urlCluster s3 s3Cluster hdfs remote remoteSecure cluster clusterAllReplicas
    mysql postgresql mongodb sqlite jdbc odbc executable input dictionary merge getSetting getMacro
    getServerPort sleep sleepEachRow catboostEvaluate joinGet joinGetOrNull hostName currentUser
    initializeAggregation redis iceberg deltaLake
"""
_FORBIDDEN = set(_OUTSIDE.lower().split())
_IN = re.compile(r"(global)?(not)?(null)?in(ignoreset)?", re.IGNORECASE)
_CHANGES = (
    parsed.Insert,
    parsed.Update,
    parsed.Delete,
    parsed.Create,
    parsed.Drop,
    parsed.Alter,
    parsed.Command,
)


@lru_cache(maxsize=512)
def one_select(sql: str) -> str:
    """Return the query as it came. Raises QueryRefused, and QueryFailed for what is no SQL."""
    try:
        statements = [tree for tree in sqlglot.parse(sql, dialect="clickhouse") if tree is not None]
    except (SqlglotError, RecursionError) as error:
        raise QueryFailed(f"The query cannot be read: {str(error).splitlines()[0]}") from error
    if len(statements) != 1:
        raise QueryRefused(f"One SELECT is answered at a time, these are {len(statements)}.")
    tree = statements[0]
    if not isinstance(tree, parsed.Query) or tree.find(*_CHANGES):
        raise QueryRefused("Only a SELECT is answered.")
    known = {table.name for table in tables()} | {cte.alias for cte in tree.find_all(parsed.CTE)}
    for table in tree.find_all(parsed.Table):
        if table.db or not isinstance(table.this, parsed.Identifier) or table.name not in known:
            raise QueryRefused(f"A query reads tables of the ledger, {table.sql()!r} is none.")
    # What stands bare behind IN is a table or a table function, as is the second argument of notIn().
    for among in tree.find_all(parsed.In):
        if among.args.get("field") is not None:
            raise QueryRefused("Behind IN stands a list or a SELECT in brackets.")
    for function in tree.find_all(parsed.Func):
        name = function.name if isinstance(function, parsed.Anonymous) else function.sql_name()
        if name.lower() in _FORBIDDEN or name.lower().startswith("dict") or _IN.fullmatch(name):
            raise QueryRefused(f"The function {name} may not be used in a query.")
    for query in tree.find_all(parsed.Query):
        if query.args.get("settings") or query.args.get("format"):
            raise QueryRefused("A query may not carry settings or a format of its own.")
    return sql
