"""Tables of the ClickHouse, made from ledger.schema: for one server, or replicated and sharded.

On a cluster each table `x` is Distributed over the tables `x_shard`, by visitor, so that all facts
of one visitor lie together; what has no visitor is spread by its id. Small tables are replicated
to every server instead.
"""

from dataclasses import dataclass

from zoco.ledger import schema
from zoco.ledger.store.base import StoreNewer
from zoco.ledger.store.clickhouse.client import Client

TYPES: dict[schema.Kind, str] = {
    "uuid": "UUID",
    "int": "Int64",
    "small": "Int32",
    "text": "String",
    "moment": "DateTime64(6, 'UTC')",
    "money": "Decimal(18, 4)",
    "json": "String DEFAULT '{}'",
}
_KEYS = ("id", "site", "occurred_at", "row_version", "visitor", "person")
_BY_DAY = "(site, toDate(occurred_at), visitor, id)"
_SPREAD = "if(visitor != 0, visitor, toInt64(bitAnd(cityHash64(id), 9223372036854775807)))"
_PATH = "/clickhouse/tables/{part}/{database}/{table}"


@dataclass(frozen=True, slots=True)
class Table:
    """`order` is the sorting key; rows equal in it are one row, of which the greatest `newest` stays."""

    name: str
    columns: tuple[tuple[str, str], ...]
    order: str
    newest: str = ""
    partition: str = ""
    spread: str = ""


def _declared(column: schema.Column) -> tuple[str, str]:
    kind = "LowCardinality(String)" if column.kind == "text" and column.few else TYPES[column.kind]
    return column.name, f"{kind} DEFAULT '{column.text_default}'" if column.text_default else kind


def _from_schema(name: str, columns: tuple[schema.Column, ...]) -> Table:
    declared = tuple(_declared(column) for column in columns)
    return Table(name, declared, _BY_DAY, "row_version", "toYYYYMM(occurred_at)", _SPREAD)


def tables() -> tuple[Table, ...]:
    """Return the tables of this version of the schema."""
    facts = schema.columns("facts")
    keys = tuple(column for column in facts if column.name in _KEYS)
    touch = tuple(column for column in facts if column.name in schema.TOUCH)
    return (
        _from_schema("facts", facts),
        _from_schema("evidence", keys + schema.columns("evidence")),
        _from_schema("touch", keys + touch),
        *_small_tables(),
    )


def _small_tables() -> tuple[Table, ...]:
    """Links over midnight, imported totals, what was loaded, who was erased, the version."""
    moment = TYPES["moment"]
    return (
        Table(
            "midnight",
            (("site", "Int32"), ("before", "Int64"), ("visitor", "Int64"), ("occurred_at", moment)),
            "(site, toDate(occurred_at), visitor, before)",
            partition="toYYYYMM(occurred_at)",
            spread="visitor",
        ),
        Table(
            "imported_daily",
            (
                ("site", "Int32"),
                ("origin_key", "LowCardinality(String)"),
                ("day", "Date32"),
                ("dimension", "LowCardinality(String)"),
                ("label", "String"),
                ("measure", "LowCardinality(String)"),
                ("amount", "Decimal(18, 4)"),
            ),
            "(site, origin_key, day, dimension, label, measure)",
        ),
        Table(
            "journal",
            (("kind", "LowCardinality(String)"), ("name", "String"), ("at", moment)),
            "(kind, name)",
            "at",
        ),
        Table(
            "erasures",
            (("kind", "LowCardinality(String)"), ("mark", "Int64"), ("until", moment)),
            "(kind, mark)",
            "until",
        ),
        Table("meta", (("key", "String"), ("number", "Int64")), "key", "number"),
        *_people_tables(),
    )


def _people_tables() -> tuple[Table, ...]:
    """Who is joined to whom. They are parted so that rewriting takes the bytes of the erased with it."""
    numbers = (("person", "Int64"), ("survivor", "Int64"), ("rank", "Int64"))
    return (
        Table(
            "visitor_person",
            (
                ("site", "Int32"),
                ("known", "Int64"),
                ("person", "Int64"),
                ("said_at", TYPES["moment"]),
                ("is_taken_back", "Bool"),
                ("rank", "Int64"),
                ("is_last", "Bool"),
            ),
            "(site, known, person, toStartOfHour(said_at), is_taken_back, is_last)",
            "rank",
            "toYYYYMM(said_at)",
        ),
        Table("person_current", numbers, "person", "rank", "intDiv(person, 9223372036854775807)"),
    )


def create(table: Table, cluster: str = "") -> list[str]:
    """Return the statements that make a table where it is missing."""
    columns = ", ".join(f"{name} {kind}" for name, kind in table.columns)
    rest = f" PARTITION BY {table.partition}" if table.partition else ""
    rest += f" ORDER BY {table.order}"
    if not cluster:
        engine = f"ReplacingMergeTree({table.newest})"
        return [f"CREATE TABLE IF NOT EXISTS {table.name} ({columns}) ENGINE = {engine}{rest}"]
    local = shard(table, cluster)
    part = "{shard}" if table.spread else "all"
    path = _PATH.format(part=part, database="{database}", table=local)
    newest = f", {table.newest}" if table.newest else ""
    replica = "{replica}" if table.spread else "{shard}-{replica}"
    engine = f"ReplicatedReplacingMergeTree('{path}', '{replica}'{newest})"
    made = [f"CREATE TABLE IF NOT EXISTS {local} ON CLUSTER {cluster} ({columns}) ENGINE = {engine}{rest}"]
    if table.spread:
        spread = f"Distributed({cluster}, currentDatabase(), {local}, {table.spread})"
        made.append(
            f"CREATE TABLE IF NOT EXISTS {table.name} ON CLUSTER {cluster} ({columns}) ENGINE = {spread}"
        )
    return made


def shard(table: Table, cluster: str) -> str:
    """Return the name of the table that holds the rows, which ALTER and OPTIMIZE must name."""
    return f"{table.name}_shard" if cluster and table.spread else table.name


def add_columns(table: Table, there: set[str], cluster: str = "") -> list[str]:
    """Return the statements that bring an older table up to this version, shards first."""
    missing = [f"ADD COLUMN IF NOT EXISTS {name} {kind}" for name, kind in table.columns if name not in there]
    if not missing:
        return []
    if table.name == "visitor_person":  # its new column is part of the key, which tables so small bear
        missing.append(f"MODIFY ORDER BY {table.order}")
    where = f" ON CLUSTER {cluster}" if cluster else ""
    names = dict.fromkeys((shard(table, cluster), table.name))
    return [f"ALTER TABLE {name}{where} {', '.join(missing)}" for name in names]


def migrate(client: Client) -> None:
    """Create what is missing and add new columns. Raises StoreNewer for a newer database."""
    cluster = client.address.cluster
    held = _version(client)
    if held > schema.VERSION:
        raise StoreNewer(
            f"The ledger is of version {held}, this program knows {schema.VERSION}; install the newer one."
        )
    there = _columns(client)
    for table in tables():
        for statement in create(table, cluster):
            client.change(statement)
        if table.name in there:
            for statement in add_columns(table, there[table.name], cluster):
                client.change(statement)
    if held < schema.VERSION:
        client.change(f"INSERT INTO meta VALUES ('schema', {schema.VERSION})")


def journal_sql(kind: str, name: str) -> str:
    """Return the INSERT that notes a change; its moment is later than all before, whatever clocks say."""
    after = "SELECT addMicroseconds(max(at), 1) FROM journal"
    return f"INSERT INTO journal SELECT '{kind}', '{name}', greatest(now64(6), ({after}))"


def _version(client: Client) -> int:
    known = client.rows("SELECT name FROM system.tables WHERE database = currentDatabase() AND name = 'meta'")
    if not known:
        return 0
    found = client.rows("SELECT number FROM meta WHERE key = 'schema'")
    return int(found[0][0]) if found else 0


def _columns(client: Client) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for table, name in client.rows(
        "SELECT table, name FROM system.columns WHERE database = currentDatabase()"
    ):
        found.setdefault(table, set()).add(name)
    return found
