"""The statements that make the tables, as text; and upgrades on the engine in process."""

import pytest

from zoco.ledger import schema
from zoco.ledger.store.base import StoreNewer
from zoco.ledger.store.clickhouse import ddl
from zoco.ledger.store.clickhouse.address import Address, AddressUnreadable
from zoco.ledger.store.clickhouse.client import Client
from zoco.ledger.tests.store import chdb

TOUCH_COLUMNS = (
    "id UUID, site Int32, occurred_at DateTime64(6, 'UTC'), row_version Int32, visitor Int64, person Int64,"
    " source LowCardinality(String), medium LowCardinality(String), campaign LowCardinality(String),"
    " content LowCardinality(String), term LowCardinality(String), click_id LowCardinality(String),"
    " channel LowCardinality(String)"
)


def named(name: str) -> ddl.Table:
    return next(table for table in ddl.tables() if table.name == name)


def test_one_server_gets_one_table() -> None:
    assert ddl.create(named("touch")) == [
        f"CREATE TABLE IF NOT EXISTS touch ({TOUCH_COLUMNS}) ENGINE = ReplacingMergeTree(row_version)"
        " PARTITION BY toYYYYMM(occurred_at) ORDER BY (site, toDate(occurred_at), visitor, id)"
    ]


def test_a_cluster_gets_shards_and_a_table_over_them() -> None:
    assert ddl.create(named("touch"), "farm") == [
        f"CREATE TABLE IF NOT EXISTS touch_shard ON CLUSTER farm ({TOUCH_COLUMNS})"
        " ENGINE = ReplicatedReplacingMergeTree("
        "'/clickhouse/tables/{shard}/{database}/touch_shard', '{replica}', row_version)"
        " PARTITION BY toYYYYMM(occurred_at) ORDER BY (site, toDate(occurred_at), visitor, id)",
        f"CREATE TABLE IF NOT EXISTS touch ON CLUSTER farm ({TOUCH_COLUMNS})"
        " ENGINE = Distributed(farm, currentDatabase(), touch_shard,"
        " if(visitor != 0, visitor, toInt64(bitAnd(cityHash64(id), 9223372036854775807))))",
    ]


def test_small_tables_are_whole_on_every_server() -> None:
    assert ddl.create(named("meta"), "farm") == [
        "CREATE TABLE IF NOT EXISTS meta ON CLUSTER farm (key String, number Int64)"
        " ENGINE = ReplicatedReplacingMergeTree("
        "'/clickhouse/tables/all/{database}/meta', '{shard}-{replica}', number) ORDER BY key"
    ]


def test_facts_have_every_column_of_the_schema_and_no_nulls() -> None:
    facts = named("facts")

    assert [name for name, _ in facts.columns] == [column.name for column in schema.columns("facts")]
    assert dict(facts.columns)["props"] == "String DEFAULT '{}'"
    assert dict(facts.columns)["path"] == "String"
    assert dict(facts.columns)["country"] == "LowCardinality(String)"
    assert not any("Nullable" in kind for table in ddl.tables() for _, kind in table.columns)


def test_missing_columns_are_added_to_the_shards_first() -> None:
    there = {name for name, _ in named("touch").columns} - {"term", "channel"}
    added = (
        "ADD COLUMN IF NOT EXISTS term LowCardinality(String),"
        " ADD COLUMN IF NOT EXISTS channel LowCardinality(String)"
    )

    assert ddl.add_columns(named("touch"), there) == [f"ALTER TABLE touch {added}"]
    assert ddl.add_columns(named("touch"), there, "farm") == [
        f"ALTER TABLE touch_shard ON CLUSTER farm {added}",
        f"ALTER TABLE touch ON CLUSTER farm {added}",
    ]
    assert ddl.add_columns(named("touch"), there | {"term", "channel"}) == []


def test_an_older_database_gets_the_new_columns_and_keeps_its_rows() -> None:
    url = chdb.new_url()
    client = Client(Address.parse(url))
    ddl.migrate(client)
    client.change("ALTER TABLE facts DROP COLUMN screen, DROP COLUMN props")
    client.change(
        "INSERT INTO facts (id, site, path) VALUES ('00000000-0000-7000-8000-000000000001', 1, '/a')"
    )

    store = chdb.opened(url=url)

    row = store.query("SELECT path, screen, props FROM facts").to_pylist()
    assert row == [{"path": "/a", "screen": "", "props": "{}"}]
    store.close()
    client.close()


def test_a_newer_database_is_refused() -> None:
    url = chdb.new_url()
    client = Client(Address.parse(url))
    ddl.migrate(client)
    client.change(f"INSERT INTO meta VALUES ('schema', {schema.VERSION + 1})")

    with pytest.raises(StoreNewer, match="install the newer one"):
        chdb.opened(url=url)
    client.close()


def test_addresses_are_read() -> None:
    assert Address.parse("clickhouse://zoco:p%40ss@db.example:9000/ledger?cluster=farm") == Address(
        "ledger", host="db.example", port=9000, user="zoco", password="p@ss", cluster="farm"
    )
    assert Address.parse("clickhouses://db.example/ledger") == Address(
        "ledger", host="db.example", port=8443, is_encrypted=True
    )
    assert Address.parse("chdb:///var/x/main") == Address("main", folder="/var/x")


@pytest.mark.parametrize(
    "url",
    [
        "postgres://a:secret@b/c",
        "clickhouse:///db",
        "clickhouse://h/a/b",
        "clickhouse://h/a;b",
        "clickhouse://h",
    ],
)
def test_what_is_no_address_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(AddressUnreadable) as refusal:
        Address.parse(url)

    assert "secret" not in str(refusal.value)


def test_a_password_is_not_shown() -> None:
    assert "hidden" not in repr(Address.parse("clickhouse://a:hidden@h/db"))


def test_joins_of_an_older_database_stay_and_bear_a_second_proof_of_their_hour() -> None:
    client = Client(Address.parse(chdb.new_url()))
    ddl.migrate(client)
    client.change("DROP TABLE visitor_person")
    client.change(
        "CREATE TABLE visitor_person (site Int32, known Int64, person Int64, said_at DateTime64(6, 'UTC'),"
        " is_taken_back Bool, rank Int64) ENGINE = ReplacingMergeTree(rank) PARTITION BY toYYYYMM(said_at)"
        " ORDER BY (site, known, person, toStartOfHour(said_at), is_taken_back)"
    )
    client.change("INSERT INTO visitor_person VALUES (1, 5, 7, '2026-03-28 10:00:00', false, -1)")

    ddl.migrate(client)
    client.change("INSERT INTO visitor_person VALUES (1, 5, 7, '2026-03-28 10:20:00', false, 1, true)")

    assert client.rows("SELECT count() FROM visitor_person FINAL") == [(2,)]
