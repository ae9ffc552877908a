"""Rewriting all parts, and waiting until the old ones have left the disk.

A mutation writes new parts beside the old. The server keeps the old ones (`old_parts_lifetime`, eight
minutes) and the text of the mutation, which names whom it deleted. Both go here, on every server.
"""

import time

from zoco.ledger.store.base import StoreBusy
from zoco.ledger.store.clickhouse.client import UNLOGGED, Client
from zoco.ledger.store.clickhouse.ddl import Table, shard, tables

# Old parts protect against a power cut, new ones not yet being on the disk: so these are synced.
_AT_ONCE = {
    "old_parts_lifetime": 0,
    "min_rows_to_fsync_after_merge": 1,
    "min_compressed_bytes_to_fsync_after_merge": 1,
    "fsync_part_directory": 1,
}
# No fact is of this month. Dropping it makes a server that replicates nothing clear old parts at once.
_NO_MONTH = 999912
WAIT_SECONDS = 900.0
POLL_SECONDS = 0.2


def rewrite(client: Client) -> None:
    """Merge all parts, so that each row is there once; returns when no deleted byte is left.

    Raises StoreBusy when old parts stay longer than WAIT_SECONDS; everything can be asked again.
    """
    for table in tables():
        if not table.partition:
            client.change(f"OPTIMIZE TABLE {_named(client, table)} FINAL")
    held = [table for table in tables() if table.partition]
    settings = ", ".join(f"{name} = {value}" for name, value in _AT_ONCE.items())
    try:
        for table in held:
            client.change(f"ALTER TABLE {_named(client, table)} MODIFY SETTING {settings}")
            client.change(
                f"OPTIMIZE TABLE {_named(client, table)} FINAL SETTINGS optimize_skip_merged_partitions = 0"
            )
        _forget_mutations(client)
        old = _old_parts(client, held)
        _wait(client, held, old)
    finally:
        for table in held:
            client.change(f"ALTER TABLE {_named(client, table)} RESET SETTING {', '.join(_AT_ONCE)}")


def _forget_mutations(client: Client) -> None:
    cluster = client.address.cluster
    on = f" ON CLUSTER {cluster}" if cluster else ""
    client.change(
        f"KILL MUTATION{on} WHERE database = '{client.address.database}' AND is_done", settings=UNLOGGED
    )


def _wait(client: Client, held: list[Table], old: set[tuple[object, ...]]) -> None:
    late = time.monotonic() + WAIT_SECONDS
    _clear(client, held)
    while left := old & _old_parts(client, held):
        if time.monotonic() > late:
            raise StoreBusy(
                f"ClickHouse still keeps {len(left)} parts that it replaced; the rows are gone, their bytes "
                "are not. See what holds its clean-up, and erase again."
            )
        time.sleep(POLL_SECONDS)
        _clear(client, held)  # a part that a query was reading from was passed over


def _clear(client: Client, held: list[Table]) -> None:
    """Have old parts removed now; on a cluster each replica does it in a thread of its own."""
    if not client.address.cluster:
        for table in held:
            client.change(f"ALTER TABLE {table.name} DROP PARTITION {_NO_MONTH}")


def _old_parts(client: Client, held: list[Table]) -> set[tuple[object, ...]]:
    cluster = client.address.cluster
    parts = f"clusterAllReplicas('{cluster}', system.parts)" if cluster else "system.parts"
    names = ", ".join(f"'{shard(table, cluster)}'" for table in held)
    return set(
        client.rows(
            f"SELECT hostName() AS host, table, name FROM {parts}"
            f" WHERE database = '{client.address.database}' AND table IN ({names}) AND NOT active"
        )
    )


def _named(client: Client, table: Table) -> str:
    cluster = client.address.cluster
    return f"{shard(table, cluster)} ON CLUSTER {cluster}" if cluster else table.name
