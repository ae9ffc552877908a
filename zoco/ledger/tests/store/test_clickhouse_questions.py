"""What may be asked of the ClickHouse, and what is refused before it gets there."""

import pytest

from zoco.ledger.store.base import QueryFailed, QueryRefused
from zoco.ledger.store.clickhouse.questions import one_select
from zoco.ledger.tests.store import chdb


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FROM facts",
        "WITH a AS (SELECT site FROM facts) SELECT * FROM a UNION ALL SELECT site FROM evidence",
        "SELECT * FROM (SELECT 1 AS x) AS t",
        "SELECT f.path FROM facts AS f LEFT JOIN evidence AS e ON e.id = f.id",
        "SELECT path FROM facts WHERE path IN ('/a', '/b') AND id NOT IN (SELECT id FROM evidence)",
        "SELECT argMin(path, tuple(occurred_at, toString(id))) FROM facts",
    ],
)
def test_a_select_over_the_ledger_is_answered(sql: str) -> None:
    assert one_select(sql) == sql


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO facts SELECT * FROM facts",
        "DROP TABLE facts",
        "ALTER TABLE facts DELETE WHERE true",
        "SELECT 1; SELECT 2",
        "SELECT * FROM system.tables",
        "SELECT * FROM other",
        "SELECT * FROM url('http://inside/', 'CSV', 'a String')",
        "SELECT * FROM numbers(10)",
        "SELECT file('secret')",
        "SELECT dictGet('d', 'a', 1)",
        "SELECT * FROM facts SETTINGS final = 0",
        "SELECT * FROM facts FORMAT JSON",
        "SELECT name FROM facts WHERE id IN (SELECT id FROM system.one)",
        "SELECT 'default' IN system.users",
        "SELECT count(*) FROM facts WHERE path GLOBAL NOT IN filesystem('/etc')",
        "SELECT notIn(1, system.one)",
        "SELECT globalNullIn(1, facts)",
        "",
    ],
)
def test_anything_else_is_refused(sql: str) -> None:
    with pytest.raises(QueryRefused):
        one_select(sql)


def test_what_is_no_sql_fails() -> None:
    with pytest.raises(QueryFailed):
        one_select("SELEC 1 FROM")


def test_a_column_that_is_not_there_fails() -> None:
    store = chdb.opened()

    with pytest.raises(QueryFailed, match="nothing"):
        store.query("SELECT nothing FROM facts")
    store.close()
