"""Two machines on one PostgreSQL, with spools of their own: a visitor who changes between them is one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.load import HOST, acknowledged
from tests.operate.running import Running, free_port, until, zoco
from tools import migrated
from zoco.ledger.spool import SpoolFolder
from zoco.ledger.store.base import Store
from zoco.ledger.store.clickhouse.opening import open_clickhouse
from zoco.ledger.tests.store import chdb

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(240)]


@pytest.fixture
def shared() -> Iterator[dict[str, str]]:
    """Return what both machines are told: one database, one secret, a cluster that nobody answers for."""
    with migrated.database() as address:
        yield {
            "DATABASE_URL": address,
            "EVENTS_URL": f"clickhouse://zoco@127.0.0.1:{free_port()}/zoco",
            "SECRET_KEY": "the same on every machine, and nowhere else, " * 2,
        }


@pytest.fixture
def machines(shared: dict[str, str], tmp_path: Path) -> Iterator[list[Running]]:
    """Return two machines that run; the site was made on the first after both had started."""
    running: list[Running] = []
    try:
        for name in ("one", "other"):
            running.append(Running(tmp_path / name, told=shared))
            running[-1].wait_ready()
        made = zoco(tmp_path / "one", "site", "add", "Shop", "--host", HOST, **shared)
        assert made.returncode == 0, made.stderr
        yield running
    finally:
        for each in running:
            each.stop()


def drained(folder: Path, url: str) -> Store:
    """Open the cluster, which is there now, and bring it what a machine has in its spool."""
    spool = SpoolFolder(folder / "spool")
    spool.adopt()
    store = open_clickhouse(url, spool)
    store.drain()
    return store


def test_visitor_who_changes_machines_is_one_visitor_in_one_session(machines: list[Running]) -> None:
    until(lambda: all(HOST in (each.folder / "sites.json").read_text() for each in machines), 60)
    taken = [acknowledged(machines[number % 2].port, number) for number in range(12)]
    again = [acknowledged(machines[(number + 1) % 2].port, number) for number in range(0, 12, 3)]
    for each in machines:
        each.stop()
    url = chdb.new_url()
    one, other = (drained(each.folder, url) for each in machines)
    counted = one.query(
        "SELECT count() AS facts, uniqExact(id) AS ids, uniqExact(visitor) AS visitors,"
        " uniqExact(session) AS sessions FROM facts WHERE name = 'web.page.viewed'"
    )
    one.close()
    other.close()

    assert all(taken)
    assert all(again)
    assert counted.to_pylist() == [{"facts": 12, "ids": 12, "visitors": 1, "sessions": 1}]
