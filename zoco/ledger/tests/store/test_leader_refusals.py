"""What the query socket lets through: one SELECT over the ledger's tables, whoever asks."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from zoco.ledger.store.base import QueryFailed, QueryRefused
from zoco.ledger.store.duckdb import permitted
from zoco.ledger.store.duckdb.permitted import one_select
from zoco.ledger.store.duckdb.socket import address, wire
from zoco.ledger.store.duckdb.store import DuckStore
from zoco.ledger.tests.store.leading import count, fact, spooled

REFUSED = [
    "INSERT INTO facts (id) VALUES (uuid())",
    "DELETE FROM facts",
    "UPDATE facts SET path = ''",
    "DROP TABLE facts",
    "CREATE TABLE mine (a INT)",
    "COPY facts TO '/tmp/x.csv'",
    "ATTACH '/tmp/x.duckdb'",
    "PRAGMA database_list",
    "SET memory_limit = '1TB'",
    "CALL pragma_version()",
    "CHECKPOINT",
    "LOAD httpfs",
    "EXPORT DATABASE '/tmp/x'",
    "EXPLAIN ANALYZE SELECT 1",
    "BEGIN",
    "PREPARE p AS SELECT 1",
    "SELECT 1; SELECT 2",
    "SELECT 1; DROP TABLE facts",
    "WITH gone AS (DELETE FROM facts RETURNING *) SELECT * FROM gone",
    "WITH new AS (INSERT INTO facts (id) VALUES (uuid()) RETURNING *) SELECT * FROM new",
    "WITH new AS (UPDATE facts SET path = '' RETURNING *) SELECT * FROM new",
    "SELECT * FROM (WITH gone AS (DELETE FROM facts RETURNING *) SELECT * FROM gone)",
    "SELECT * FROM read_json('{spool}/*')",
    "SELECT * FROM read_csv('{spool}/x.ndjson')",
    "SELECT * FROM read_text('{spool}/*')",
    "SELECT * FROM read_blob('{spool}/*')",
    "SELECT * FROM read_parquet('{spool}/*')",
    "SELECT * FROM read_duckdb('{spool}/x')",
    "SELECT * FROM '{spool}/x.ndjson'",
    "SELECT * FROM 'x.parquet'",
    "SELECT 1 WHERE EXISTS (SELECT 1 FROM Read_Json_Auto('{spool}/x'))",
    "SELECT (SELECT content FROM read_text('{spool}/x'))",
    "SELECT * FROM glob('{spool}/*')",
    "SELECT * FROM sniff_csv('{spool}/x')",
    "SELECT * FROM query('DELETE FROM facts')",
    "SELECT * FROM query_table('facts')",
    "SELECT * FROM json_execute_serialized_sql('x')",
    "SELECT * FROM duckdb_settings()",
    "SELECT * FROM duckdb_secrets()",
    "SELECT * FROM duckdb_tables",
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM pg_catalog.pg_class",
    "SELECT * FROM elsewhere.main.facts",
    "SELECT * FROM checkpoint()",
    "SELECT * FROM enable_logging()",
    "SELECT current_setting('temp_directory')",
    "SELECT nextval('s')",
    "SELECT write_log('x')",
    "SELECT pg_sleep(60)",
    "SELECT json_serialize_plan('SELECT * FROM read_json(''{spool}/x'')')",
    "SELECT system.main.JSON_SERIALIZE_PLAN('SELECT 1', optimize := true)",
    "DESCRIBE facts",
    "SHOW TABLES",
    "SUMMARIZE facts",
    "SELECT * FROM (DESCRIBE facts)",
    "",
]
ALLOWED = [
    "SELECT 1 AS a",
    "FROM facts",
    "VALUES (1), (2)",
    "WITH t AS (SELECT * FROM facts) SELECT path, count(*) FROM t GROUP BY ALL ORDER BY 2 DESC, 1 LIMIT 5",
    "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 3) SELECT * FROM r",
    "SELECT * FROM (SELECT path FROM facts UNION ALL SELECT path FROM facts) AS t0",
    "SELECT f.id, e.user_agent FROM facts AS f LEFT JOIN evidence AS e ON f.id = e.id AND f.site = e.site",
    "SELECT path, row_number() OVER (PARTITION BY visitor ORDER BY occurred_at, id) FROM facts",
    "SELECT range FROM range(3) SEMI JOIN facts ON true",
    "SELECT unnest([1, 2]), list_transform([1], lambda x: x + 1)",
    "SELECT * FROM facts WHERE visitor IN (SELECT visitor FROM touch) AND name LIKE '%.viewed'",
    "SELECT quantile_cont(status, 0.5) FILTER (WHERE status > 0) FROM facts;",
    "SELECT json_extract_string(props, '/plan') FROM facts -- a remark",
]


@pytest.fixture(params=["leader", "client"])
def asked(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[DuckStore]:
    led = DuckStore(tmp_path, lead=True)
    spooled(tmp_path, [fact(number) for number in range(100)])
    led.drain()
    client = DuckStore(tmp_path, lead=False)
    yield led if request.param == "leader" else client
    client.close()
    led.close()


def test_whatever_is_not_one_select_on_the_ledger_is_refused(asked: DuckStore) -> None:
    (asked.files.spool / "x.ndjson").write_bytes(b"")

    answered = []
    for sql in REFUSED:
        try:
            asked.query(sql.format(spool=asked.files.spool))
            answered.append(sql)
        except QueryRefused:
            continue

    assert answered == []
    assert count(asked) == (100, 100)


def test_what_reports_ask_is_answered(asked: DuckStore) -> None:
    for sql in ALLOWED:
        assert asked.query(sql).num_columns >= 1


def test_no_variable_of_the_program_can_be_read_as_a_table(asked: DuckStore) -> None:
    for name in ("sql", "secret", "batch"):
        with pytest.raises(QueryFailed, match="does not exist"):
            asked.query(f"SELECT * FROM {name}")


def test_a_checked_query_is_not_parsed_again() -> None:
    before = permitted.checked.cache_info().hits

    first = one_select("SELECT 1 AS checked_once")

    assert one_select("SELECT 1 AS checked_once") == first
    assert permitted.checked.cache_info().hits == before + 1
    assert not first.is_volatile
    assert one_select("SELECT uuid()").is_volatile


def test_a_query_of_another_moment_is_not_parsed_again() -> None:
    asks = "SELECT count(*) AS moments FROM facts WHERE occurred_at < TIMESTAMP '{}'"
    one_select(asks.format("2026-03-29 00:00:00.000000"))
    before = permitted.checked.cache_info().misses

    other = one_select(asks.format("2026-03-30 07:25:00.000000"))

    assert permitted.checked.cache_info().misses == before
    assert other.sql == asks.format("2026-03-30 07:25:00.000000")


def test_a_query_of_another_site_is_not_parsed_again() -> None:
    asks = 'SELECT count(*) AS sites FROM facts AS t0 WHERE "t0"."site" = {}'
    one_select(asks.format("7"))
    before = permitted.checked.cache_info().misses

    assert one_select(asks.format("2000000011")).sql == asks.format("2000000011")
    assert permitted.checked.cache_info().misses == before
    for other in ("7.5", "7e1", "7x", "(SELECT 7)", "read_text('7')", "7; DELETE FROM facts", "uuid()"):
        with suppress(QueryRefused, QueryFailed):
            assert one_select(asks.format(other)).is_volatile == (other == "uuid()")
        assert permitted.checked.cache_info().misses > before
        before = permitted.checked.cache_info().misses


MOMENT = "TIMESTAMP '2026-03-29 00:00:00.000000'"
HIDDEN_BY_A_MOMENT = (
    f"SELECT 1 AS {MOMENT}",
    f'SELECT * FROM "{MOMENT}"',
    f'SELECT "read_text"({MOMENT})',
    f"SELECT * FROM read_text({MOMENT})",
    f"SELECT {MOMENT}; DELETE FROM facts",
    f"WITH x AS (DELETE FROM facts WHERE occurred_at > {MOMENT} RETURNING id) SELECT * FROM x",
    f"SELECT '{MOMENT}'; DELETE FROM facts --'",
    f"SELECT $a${MOMENT}$a$; DELETE FROM facts",
    f"SELECT /* {MOMENT} */ 1; DELETE FROM facts",
    """SELECT '."site" = 7'; DELETE FROM facts --'""",
    """SELECT * FROM "x.""site"" = 7.csv\"""",
    """SELECT 1 /* ."site" = 7 */; DELETE FROM facts""",
    """SELECT * FROM facts AS t0 WHERE t0."site" = 7 AND read_text('7') = '7'""",
)


@pytest.mark.parametrize("sql", HIDDEN_BY_A_MOMENT)
def test_a_moment_hides_nothing(sql: str) -> None:
    with pytest.raises((QueryRefused, QueryFailed)):
        one_select(sql)


def test_what_is_said_of_a_refused_query_names_its_own_moment() -> None:
    with pytest.raises(QueryRefused, match="2026-03-29"):
        one_select(f'SELECT * FROM "{MOMENT}"')


def test_a_request_that_claims_to_be_huge_is_not_waited_for(asked: DuckStore) -> None:
    link = address.connect(asked.files.socket)
    link.settimeout(5)

    link.sendall(wire.HEAD.pack(wire.ASK, wire.REQUEST_LIMIT + 1))

    with pytest.raises(wire.ConnectionLost):
        wire.receive(link)
    link.close()
    assert count(asked) == (100, 100)
