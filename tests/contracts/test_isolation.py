"""Tests reach this machine alone and own their data folder."""

import os
import re
import socket
from importlib import import_module
from pathlib import Path

import psycopg
import pytest

from tests.contracts.tree import ROOT
from tools.isolation import COUNTED, SocketShut, differs_by_database
from tools.postgres import postgres
from zoco.ledger.store.duckdb.store import DuckStore


def test_another_machine_is_out_of_reach() -> None:
    with socket.socket() as outgoing, pytest.raises(SocketShut, match=r"not 192\.0\.2\.1"):
        outgoing.connect(("192.0.2.1", 80))

    for host in ("example.com", "localhost.example.com", "127.0.0.1.example.com", "::ffff:192.0.2.1"):
        with pytest.raises(SocketShut):
            socket.getaddrinfo(host, 443)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost", "::ffff:127.0.0.1"])
def test_this_machine_has_many_names(host: str) -> None:
    assert socket.getaddrinfo(host, 443)


def test_loopback_is_reached() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as out,
    ):
        accepted, _address = server.accept()
        accepted.close()

        assert out.recv(1) == b""


def test_data_folder_of_the_developer_is_never_used(data: Path) -> None:
    assert Path(os.environ["ZOCO_DATA"]) == data
    assert ROOT not in data.parents


@pytest.mark.parametrize("turn", ["first", "again"])
def test_nobody_is_refused_for_what_the_test_before_asked(turn: str) -> None:
    for name in ("zoco.project.entry.keys.pace", "zoco.consent.signup.views"):
        assert import_module(name).pace.wait("account 1", 1) == 0
    installing = import_module("zoco.sites.installing.pace")
    assert [installing.wait(1) for _ in range(installing.MOST)] == [0] * installing.MOST


def test_all_that_counts_who_asked_is_forgotten() -> None:
    counting = re.compile(r"^(\w+)(?:: [^=\n]+)? = Pace\(\)$", re.MULTILINE)
    found = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): name[1]
        for path in (ROOT / "zoco").rglob("*.py")
        for name in counting.finditer(path.read_text("utf-8"))
    }

    assert len(found) == 5
    assert found.items() <= COUNTED.items()


def test_open_ledgers_leave_a_process_small_enough_to_be_split(tmp_path: Path) -> None:
    def reserved() -> int:
        return int(re.findall(r"VmSize:\s+(\d+)", Path("/proc/self/status").read_text())[0])

    before = reserved()
    opened = [DuckStore(tmp_path / name, lead=True) for name in ("one", "other")]
    for each in opened:
        each.drain()
    after = reserved()
    for each in opened:
        each.close()

    assert after - before < 6_000_000  # kB; it was forty million


@pytest.mark.postgres
def test_private_postgres_answers_and_leaves_nothing() -> None:
    with postgres() as address, psycopg.connect(address) as connection:
        row = connection.execute("select current_user, inet_server_addr()::text").fetchone()

    assert row == ("zoco", "127.0.0.1/32")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(address, connect_timeout=2)


@pytest.mark.parametrize(
    ("marks", "differs"),
    [
        (["django_db"], True),
        ([], False),
        (["django_db", "markup"], False),
        (["django_db", "once"], False),
        (["django_db", "figures"], False),
        (["django_db", "browser"], False),
        (["django_db", "browser", "both"], True),
    ],
)
def test_what_a_browser_shows_is_looked_at_on_one_database(
    request: pytest.FixtureRequest, marks: list[str], differs: bool
) -> None:
    item = pytest.Function.from_parent(request.node.parent, name="shown", callobj=lambda: None)
    for mark in marks:
        item.add_marker(mark)

    assert differs_by_database(item) is differs


@pytest.mark.django_db
@pytest.mark.parametrize("engine", ["duckdb", "clickhouse"])
def test_the_second_engine_is_asked_beside_one_database(request: pytest.FixtureRequest, engine: str) -> None:
    assert differs_by_database(request.node) is (engine == "duckdb")
