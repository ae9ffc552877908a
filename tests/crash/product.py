"""The running product as a test sees it: real processes that can be killed one by one."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
ANSWER_SECONDS = 30.0
"""How long one round may take on a busy machine; test_kill holds nineteen in twenty to what is promised."""
ZOCO = (sys.executable, "-m", "zoco.project.cli")


class NotInTime(AssertionError):
    """The product did not do something within its time."""


@dataclass
class Product:
    """`zoco up` on a data folder; `start` again after the supervisor was killed."""

    data: Path
    port: int
    webs: int = 2
    _process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)

    @property
    def environment(self) -> dict[str, str]:
        """What every process of this installation sees."""
        return {**os.environ, "ZOCO_DATA": str(self.data), "PYTHONPATH": str(ROOT)}

    def start(self) -> None:
        """Start the supervisor; returns at once."""
        log = (self.data.parent / "up.log").open("ab")
        self._process = subprocess.Popen(
            [*ZOCO, "up", "--port", str(self.port), "--web", str(self.webs)],
            cwd=ROOT,
            env=self.environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )

    def run(self, *words: str, timeout: float = 120) -> "subprocess.CompletedProcess[str]":
        """Run a command of the installation."""
        return subprocess.run(
            [*ZOCO, *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def pids(self, role: str) -> list[int]:
        """Return the processes of a role: supervisor, nursery, worker, web, leader."""
        if role == "supervisor":
            return [self._process.pid] if self._process and self._process.poll() is None else []
        if role == "leader":
            return _flock_owners(self.data / "ledger.lock")
        return [pid for pid, command in _processes(str(self.data)) if f"-m zoco.project.{role}" in command]

    def kill(self, *roles: str) -> None:
        """Kill -9 every process of these roles; a killed supervisor is started again."""
        for pid in [pid for role in roles for pid in self.pids(role)]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        if "supervisor" in roles and self._process is not None:
            self._process.wait()
            self.start()

    def await_answer(self, seconds: float = ANSWER_SECONDS) -> float:
        """Wait until a page is answered and somebody leads the ledger; return how long. Raises NotInTime."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            if self._answers() and self._is_led() and (taken := time.monotonic() - began) < seconds:
                return taken
            time.sleep(0.05)
        raise NotInTime(
            f"{seconds} s: answers={self._answers()} led={self._is_led()}\n"
            + (self.data.parent / "up.log").read_text()[-3000:]
        )

    def stop(self) -> None:
        """Stop cleanly."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(30)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _is_led(self) -> bool:
        from zoco.ledger.store.base import QueryFailed, StoreBusy
        from zoco.ledger.store.duckdb.store import DuckStore

        store = DuckStore(self.data, lead=False)
        try:
            return int(store.query("SELECT count(*) AS n FROM facts").num_rows) == 1
        except (StoreBusy, QueryFailed, OSError):
            return False
        finally:
            store.close()


def _processes(marker: str) -> list[tuple[int, str]]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            environment = (folder / "environ").read_bytes()
        except OSError:
            continue
        if f"ZOCO_DATA={marker}\0".encode() in environment + b"\0":
            found.append((int(folder.name), command))
    return found


def _flock_owners(path: Path) -> list[int]:
    """Read from the kernel's table who holds a lock on this file."""
    if not path.exists():
        return []
    inode = path.stat().st_ino
    owners = []
    for line in Path("/proc/locks").read_text().splitlines():
        words = line.split()
        if "->" not in words and words[1] == "FLOCK" and words[5].endswith(f":{inode}"):
            owners.append(int(words[4]))
    return owners
