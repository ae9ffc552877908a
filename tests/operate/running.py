"""A `zoco up` that runs, and what tests do to it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tools import migrated

PATIENCE_SECONDS = 280.0


def environment(folder: Path) -> dict[str, str]:
    """Return an environment in which nothing of the test run is left."""
    left_out = {"DJANGO_SETTINGS_MODULE", "DATABASE_URL", "EVENTS_URL", "SECRET_KEY"}
    kept = {k: v for k, v in os.environ.items() if k not in left_out and not k.startswith("ZOCO_")}
    return kept | {"ZOCO_DATA": str(folder), "PYTHONUNBUFFERED": "1"}


def zoco(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "zoco.project.cli", *arguments],
        env=environment(folder) | more,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


def free_port() -> int:
    """Return a port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def until(true: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> float:
    """Wait until it is true; return how many seconds that took. Fails when it takes too long."""
    started = time.monotonic()
    while not true():
        assert time.monotonic() - started < seconds, f"not true after {seconds} seconds"
        time.sleep(0.05)
    return time.monotonic() - started


class Running:
    """One `zoco up`."""

    def __init__(
        self, folder: Path, *arguments: str, port: int = 0, told: Mapping[str, str] | None = None
    ) -> None:
        self.folder = folder
        self.port = port or free_port()
        self.lines: list[str] = []
        self.first_page = 0
        self.process = subprocess.Popen(
            [sys.executable, "-m", "zoco.project.cli", "up", "--port", str(self.port), *arguments],
            env={**environment(folder), **(told or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)

    @property
    def output(self) -> str:
        """Return what was printed so far."""
        return "".join(self.lines)

    def wait_ready(self) -> float:
        """Wait for the sentence that says so."""
        return until(lambda: "Zoco is ready" in self.output or self.process.poll() is not None)

    def get(self, path: str = "/healthz", seconds: float = 10.0) -> int:
        """Return the status of a page, 0 when nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=seconds) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def child(self, name: str) -> int:
        """Return the process id of a child, 0 when it does not run."""
        return next((pid for pid, word in children(self.process.pid) if word == name), 0)

    def stop(self, number: signal.Signals = signal.SIGINT) -> float:
        """Send a signal and wait for the end; return the seconds it took."""
        started = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.process.wait(30)
        self._reader.join(5)
        return time.monotonic() - started


def children(parent: int) -> list[tuple[int, str]]:
    """Return the living children of a process and the names that `ps` shows for them."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            fields = (path / "stat").read_text().rpartition(")")[2].split()
            if int(fields[1]) == parent and fields[0] != "Z":
                found.append((int(path.name), _name(path)))
        except (OSError, ValueError):
            continue
    return found


def _name(path: Path) -> str:
    return (path / "comm").read_text().strip().removeprefix("zoco ")


def is_alive(pid: int) -> bool:
    """Return whether a process runs and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except OSError:
        return False


def memory_kb(pid: int) -> int:
    """Return the resident size of a process."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


def with_tables(folder: Path) -> Path:
    """Make a data folder with the tables that the run made, if it did; a first start makes the rest."""
    folder.mkdir(mode=0o700, parents=True)
    migrated.put(folder / "zoco.sqlite3")
    return folder


def copied(source: Path, target: Path, leave_out: Sequence[str] = ()) -> Path:
    """Copy a data folder."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("*.sock", *leave_out))
    return target
