"""What the tests of leadership share: facts with known ids, processes that stand by, patience."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from zoco.kit.ids import uuid8
from zoco.ledger.schema import Fact
from zoco.ledger.spool import SpoolWriter
from zoco.ledger.store.base import QueryFailed, StoreBusy
from zoco.ledger.store.duckdb.store import DuckStore
from zoco.ledger.store.leadership import leader_pid

START = 1_700_000_000_000_000
COUNT = "SELECT count(*) AS facts, count(DISTINCT id) AS ids FROM facts"


def fact(number: int, **columns: object) -> Fact:
    """Return the fact with this number: its id, moment and visitor follow from it."""
    known: dict[str, object] = {"visitor": number % 7 + 1, "path": f"/{number % 5}", **columns}
    return Fact(
        id=uuid8(number),
        site=1,
        name="web.page.viewed",
        origin="tracker",
        occurred_at=START + number * 1000,
        **known,  # type: ignore[arg-type]
    )


def spooled(data: Path, facts: Iterable[Fact]) -> None:
    """Write facts to the spool as one closed segment."""
    writer = SpoolWriter(data / "spool", "test")
    writer.append(list(facts))
    writer.close()


def filled(data: Path, facts: Sequence[Fact]) -> None:
    """Write facts and load them; afterwards nobody leads."""
    spooled(data, facts)
    store = DuckStore(data, lead=True)
    store.drain()
    store.close()


def process(data: Path, *words: str) -> subprocess.Popen[bytes]:
    """Start a process of `standing`."""
    return subprocess.Popen(
        [sys.executable, "-m", "zoco.ledger.tests.store.standing", *words],
        env={**os.environ, "ZOCO_DATA": str(data), "ZOCO_THREADS": "1", "ZOCO_MEMORY": "256MB"},
    )


def count(store: DuckStore) -> tuple[int, int]:
    """Return facts and distinct ids."""
    row = store.query(COUNT).to_pylist()[0]
    return row["facts"], row["ids"]


def seconds_until(done: Callable[[], bool], *, within: float) -> float:
    """Wait for something; return how long it took."""
    begun = time.monotonic()
    while True:
        try:
            if done():
                return time.monotonic() - begun
        except (StoreBusy, QueryFailed):
            pass
        if time.monotonic() - begun > within:
            raise AssertionError(f"It did not happen within {within} s.")
        time.sleep(0.01)


def kill_leader(data: Path, among: Sequence[subprocess.Popen[bytes]]) -> subprocess.Popen[bytes]:
    """Kill the process that leads and return it."""
    pid = leader_pid(data / "ledger.lock")
    leader = next(process for process in among if process.pid == pid)
    leader.send_signal(signal.SIGKILL)
    leader.wait(10)
    return leader


def end(processes: Iterable[subprocess.Popen[bytes]]) -> None:
    """End the processes that a test began."""
    begun = list(processes)
    for process in begun:
        process.terminate()
    for process in begun:
        process.wait(20)
