"""The collector in the running product, against a bare ASGI application and a view that saves a model.

    python -m benchmarks.collector [--seconds 10] [--connections 32 64 128]

"Requests a CPU second": what wrk had answered by the processor time of all processes of the server, until
the facts can be queried; wrk's own time is left out. Each fact is on the disk before its answer.
(a) answers 204 to everything under the same server, (b) is a Django view, with the middleware that
`startproject` sets, that saves one row into SQLite under Granian (WSGI, 4 threads, WAL, synchronous=NORMAL,
CONN_MAX_AGE=None). Ends with 1 when a figure is missed or a fact is lost. Needs wrk.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.operate.running import Running, environment, free_port, until, zoco

OF_BARE, OF_SAVING = 0.3, 6.0
ROOT = Path(__file__).resolve().parent.parent
LOAD = Path(__file__).parent / "servers" / "load.lua"


@dataclass(frozen=True, slots=True)
class Told:
    """What a run gave: answered requests, those that were no 2xx, p99 in milliseconds, processor seconds."""

    answered: int
    failed: int
    p99: float
    cpu: float
    seconds: float

    @property
    def per_cpu(self) -> float:
        return self.answered / self.cpu


def wrk(port: int, connections: int, seconds: int, script: Path) -> tuple[int, int, float]:
    """Run wrk; return answered requests, how many were no 2xx, and p99 in milliseconds."""
    done = subprocess.run(
        ["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", str(script), f"http://127.0.0.1:{port}"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    answered = int(re.search(r"(\d+) requests in", done.stdout)[1])  # type: ignore[index]
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", done.stdout)
    value, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", done.stdout).groups()  # type: ignore[union-attr]
    return answered, int(failed[1]) if failed else 0, float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def family(root: int) -> list[int]:
    """Return a process and all that descend from it."""
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        for task in sorted(Path(f"/proc/{pid}/task").glob("*")):
            try:
                waiting += [int(word) for word in (task / "children").read_text().split()]
            except OSError:
                continue
    return found


def cpu_of(pids: list[int]) -> float:
    """Return the processor seconds of these processes."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def measured(
    root: int, port: int, connections: int, seconds: int, script: Path, settled: Callable[[int], None]
) -> Told:
    """Load a server; its processor time counts until `settled` returns."""
    pids = family(root)
    before, began = cpu_of(pids), time.monotonic()
    answered, failed, p99 = wrk(port, connections, seconds, script)
    settled(answered - failed)
    return Told(answered, failed, p99, cpu_of(pids) - before, time.monotonic() - began)


@contextmanager
def process(*words: str, cwd: Path, **more: str) -> Iterator[int]:
    """Run a server and give its process id."""
    started = subprocess.Popen(
        words, cwd=cwd, env=environment(cwd) | {"PYTHONPATH": str(ROOT)} | more,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield started.pid
    finally:
        started.terminate()
        started.wait(15)


def answers(port: int, script: Path) -> bool:
    """Say whether somebody takes requests."""
    try:
        return wrk(port, 2, 1, script)[0] > 0
    except (subprocess.CalledProcessError, TypeError, AttributeError):
        return False


def bare(folder: Path, connections: list[int], seconds: int, script: Path) -> list[Told]:
    """Measure (a)."""
    port = free_port()
    words = (
        "-m",
        "uvicorn",
        "benchmarks.servers.bare:app",
        "--port",
        str(port),
        "--loop",
        "uvloop",
        "--http",
        "httptools",
        "--no-access-log",
    )
    with process(sys.executable, *words, cwd=folder) as pid:
        until(lambda: answers(port, script))
        return [measured(pid, port, each, seconds, script, lambda _: None) for each in connections]


def saving(folder: Path, connections: list[int], seconds: int, script: Path) -> list[Told]:
    """Measure (b)."""
    port = free_port()
    words = (
        "--interface",
        "wsgi",
        "--port",
        str(port),
        "--workers",
        "1",
        "--blocking-threads",
        "4",
        "benchmarks.servers.saving:application",
    )
    granian = str(Path(sys.executable).with_name("granian"))
    with process(granian, *words, cwd=folder, SAVING_DB=str(folder / "saving.sqlite3")) as pid:
        until(lambda: answers(port, script))
        return [measured(pid, port, each, seconds, script, lambda _: None) for each in connections]


def ours(folder: Path, connections: list[int], seconds: int, script: Path) -> tuple[list[Told], int]:
    """Measure the product; return also how many acknowledged facts are not there exactly once."""
    from zoco.ledger.store.duckdb.store import DuckStore

    os.environ["ZOCO_TRUSTED_PROXIES"] = "127.0.0.0/8"
    running = Running(folder / "data")
    running.wait_ready()
    store = DuckStore(folder / "data", lead=False)
    told, acknowledged = [], 0

    def count() -> int:
        sql = "SELECT count(*) AS n FROM facts WHERE name = 'web.page.viewed'"
        return int(store.query(sql)["n"][0].as_py())

    def settled(written: int) -> None:
        nonlocal acknowledged
        acknowledged += written
        until(lambda: count() >= acknowledged, 120)

    try:
        assert zoco(running.folder, "site", "add", "Shop", "--host", "127.0.0.1").returncode == 0
        time.sleep(2)
        for each in connections:
            told.append(measured(running.process.pid, running.port, each, seconds, script, settled))
        ids = store.query(
            "SELECT count(*) - count(DISTINCT id) AS n FROM facts WHERE name = 'web.page.viewed'"
        )
        # wrk leaves requests under way behind: those were written and never counted by it.
        extra = count() - acknowledged
        wrong = int(ids["n"][0].as_py()) + max(0, extra - sum(connections)) + max(0, -extra)
        return told, wrong
    finally:
        store.close()
        running.stop()


def main() -> int:
    """Measure and print; the exit code says whether every figure holds."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--seconds", type=int, default=10)
    arguments.add_argument("--connections", type=int, nargs="+", default=[32, 64, 128])
    given = arguments.parse_args()
    os.environ.pop("ZOCO_DATA", None)
    with tempfile.TemporaryDirectory(prefix="zoco-collector-") as name:
        folder, script = Path(name), LOAD
        rows = [
            (measure.__name__, measure(folder, given.connections, given.seconds, script))
            for measure in (bare, saving)
        ]
        product, wrong = ours(folder, given.connections, given.seconds, script)
    rows.append(("zoco", product))
    for label, told in rows:
        for connections, each in zip(given.connections, told, strict=True):
            print(
                f"{label:<8} {connections:>4} connections: {each.per_cpu:9.0f} requests a CPU second,"
                f" p99 {each.p99:7.1f} ms, {each.answered:>7} answered, {each.failed} not 2xx,"
                f" {each.seconds:.1f} s"
            )
    of = {
        label: min(p.per_cpu / t.per_cpu for p, t in zip(product, told, strict=True))
        for label, told in rows[:2]
    }
    print(f"of (a) bare {of['bare']:.2f}, at least {OF_BARE}")
    print(f"of (b) saving {of['saving']:.1f}, at least {OF_SAVING}")
    print(f"lost or doubled: {wrong}")
    return int(
        of["bare"] < OF_BARE or of["saving"] < OF_SAVING or wrong > 0 or any(t.failed for t in product)
    )


if __name__ == "__main__":
    sys.exit(main())
