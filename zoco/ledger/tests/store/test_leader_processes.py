"""Real processes stand by, lead, are killed and replaced; nothing is lost, nothing counted twice."""

import contextlib
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

from zoco.ledger.spool import SpoolWriter
from zoco.ledger.store.base import StoreBusy
from zoco.ledger.store.duckdb.store import DuckStore
from zoco.ledger.store.leadership import Lock, leader_pid
from zoco.ledger.tests.store.leading import (
    count,
    end,
    fact,
    filled,
    kill_leader,
    process,
    seconds_until,
    spooled,
)


class Writing(threading.Thread):
    """Appends facts with known ids until it is stopped."""

    def __init__(self, data: Path) -> None:
        super().__init__()
        self.writer = SpoolWriter(data / "spool", "writer")
        self.stopped = threading.Event()
        self.written = 0

    def run(self) -> None:
        while not self.stopped.is_set():
            self.writer.append([fact(self.written + step) for step in range(20)])
            self.written += 20
            time.sleep(0.005)
        self.writer.close()

    def stop(self) -> None:
        self.stopped.set()
        self.join()


@pytest.mark.crash
def test_killed_leaders_lose_nothing_and_are_replaced_in_time(tmp_path: Path) -> None:
    standing = [process(tmp_path) for _ in range(3)]
    asking = DuckStore(tmp_path, lead=False)
    seconds_until(lambda: count(asking) == (0, 0), within=20)
    writing = Writing(tmp_path)
    writing.start()
    took: list[float] = []

    try:
        for _ in range(5):
            standing.remove(kill_leader(tmp_path, standing))
            took.append(seconds_until(lambda: count(asking)[0] >= 0, within=20))
            standing.append(process(tmp_path))
            time.sleep(0.4)
        assert median(took) < 5
        writing.stop()
        asking.drain()
        seconds_until(lambda: count(asking)[0] == writing.written, within=10)

        assert count(asking) == (writing.written, writing.written)
        ids = set(asking.query("SELECT id::VARCHAR AS id FROM facts")["id"].to_pylist())
        assert ids == {fact(number).id for number in range(writing.written)}
        assert not list((tmp_path / "spool").glob("*.ndjson*"))
    finally:
        writing.stop()
        end(standing)


def test_the_leader_that_stops_is_replaced_and_leaves_no_socket_behind(tmp_path: Path) -> None:
    first = process(tmp_path)
    asking = DuckStore(tmp_path, lead=False)
    seconds_until(lambda: count(asking) == (0, 0), within=20)
    second = process(tmp_path)
    time.sleep(0.5)
    assert leader_pid(tmp_path / "ledger.lock") == first.pid

    end([first])
    seconds_until(lambda: count(asking) == (0, 0), within=20)
    assert leader_pid(tmp_path / "ledger.lock") == second.pid

    end([second])
    assert not (tmp_path / "ledger.sock").exists()
    assert not (tmp_path / "ledger.duckdb.wal").exists()


def test_queries_survive_that_their_own_process_leads_no_more(tmp_path: Path) -> None:
    filled(tmp_path, [fact(number) for number in range(10)])
    asking, next_leader = DuckStore(tmp_path, lead=True), DuckStore(tmp_path, lead=False)
    asking._may_lead = False
    next_leader._may_lead = True
    stop, answers = threading.Event(), list[object]()
    standing = threading.Thread(target=next_leader.stand_by, args=[stop])
    standing.start()

    def ask() -> None:
        for _ in range(200):
            try:
                answers.append(count(asking))
            except Exception as error:
                answers.append(error)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    asking.resign()
    for thread in threads:
        thread.join()

    assert set(answers) == {(10, 10)}
    seconds_until(lambda: next_leader.leads, within=20)
    stop.set()
    standing.join()


@pytest.mark.alone  # a process that ran ClickHouse is too large to be copied
def test_orphaned_segments_are_adopted_and_drained_by_the_leader(tmp_path: Path) -> None:
    filled(tmp_path, [])
    child = os.fork()
    if child == 0:
        SpoolWriter(tmp_path / "spool", "dead").append([fact(1), fact(2)])
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    assert [path.suffix for path in (tmp_path / "spool").iterdir() if path.is_file()] == [".open"]

    store = DuckStore(tmp_path, lead=True)

    seconds_until(lambda: count(store) == (2, 2), within=20)
    store.close()


def test_the_spool_is_drained_without_being_asked(tmp_path: Path) -> None:
    store = DuckStore(tmp_path, lead=True)

    spooled(tmp_path, [fact(number) for number in range(10)])

    seconds_until(lambda: count(store) == (10, 10), within=10)
    store.close()


@pytest.mark.alone  # a process that ran ClickHouse is too large to be copied
def test_a_child_after_a_fork_asks_and_holds_nothing_of_the_parent(tmp_path: Path) -> None:
    filled(tmp_path, [fact(number) for number in range(10)])
    store = DuckStore(tmp_path)
    assert count(store) == (10, 10)
    parent, child_end = socket.socketpair()

    child = os.fork()
    if child == 0:
        status = 1
        try:
            assert not [name for name in _held_files() if "ledger" in name]
            assert count(store) == (10, 10)
            assert not store.leads
            child_end.sendall(b"asked")
            assert child_end.recv(5) == b"moved"
            assert count(store) == (10, 10)
            assert not store.leads
            status = 0
        finally:
            os._exit(status)
    assert parent.recv(5) == b"asked"
    store.close()
    other = process(tmp_path)
    seconds_until(lambda: leader_pid(tmp_path / "ledger.lock") == other.pid, within=20)
    parent.sendall(b"moved")

    assert os.waitpid(child, 0)[1] == 0
    assert count(store) == (10, 10)
    assert not store.leads
    end([other])


def _held_files() -> list[str]:
    found = []
    for entry in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            found.append(str(entry.readlink()))
    return found


def test_children_that_exit_leave_the_parents_file_alone(tmp_path: Path) -> None:
    script = """
import os, sys
from pathlib import Path
from statistics import median
from zoco.ledger.store.duckdb.store import DuckStore
from zoco.ledger.tests.store.leading import count, fact, spooled
data = Path(sys.argv[1])
store = DuckStore(data, lead=True)
spooled(data, [fact(1)])
store.drain()
reader = store.stream("SELECT range AS a FROM range(10000000)")
reader.read_next_batch()
for _ in range(3):
    child = os.fork()
    if child == 0:
        sys.exit(0)
    assert os.waitpid(child, 0)[1] == 0
spooled(data, [fact(2)])
store.drain()
assert count(store) == (2, 2)
store.close()
assert count(DuckStore(data, lead=True)) == (2, 2)
"""

    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], timeout=60, check=False)

    assert done.returncode == 0


@pytest.fixture
def led(tmp_path: Path) -> Iterator[DuckStore]:
    store = DuckStore(tmp_path, lead=True)
    yield store
    store.close()


def test_the_socket_is_for_its_owner_only(led: DuckStore) -> None:
    mode = led.files.socket.stat().st_mode

    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) == 0o600
    assert stat.S_IMODE(led.files.lock.stat().st_mode) == 0o600


def test_a_folder_deeper_than_socket_addresses_is_no_hindrance(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    led = DuckStore(deep, lead=True)
    assert len(str(led.files.socket)) > 108

    assert count(DuckStore(deep, lead=False)) == (0, 0)
    led.close()


def test_only_one_leads(led: DuckStore) -> None:
    with pytest.raises(StoreBusy, match=f"Process {os.getpid()} leads the ledger"):
        DuckStore(led.files.folder, lead=True)

    second = DuckStore(led.files.folder)
    assert count(second) == (0, 0)
    assert not second.leads


def test_a_lock_given_back_can_be_taken(tmp_path: Path) -> None:
    lock = Lock.take(tmp_path / "ledger.lock")
    assert lock is not None
    assert Lock.take(tmp_path / "ledger.lock") is None

    lock.release()

    again = Lock.take(tmp_path / "ledger.lock")
    assert again is not None
    again.release()
