"""The processes of `zoco up` on this machine, as Linux tells of them; elsewhere there is nothing to tell."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Process:
    """A process: its name (web-1, worker …), proportional memory in bytes, seconds of processor used."""

    name: str
    pid: int
    memory: int
    cpu: float
    leads: bool


def processes(data: Path) -> list[Process]:
    """Return the supervisor and its children, by name; [] when `zoco up` does not run on the folder."""
    supervisor = _supervisor(data)
    if not supervisor:
        return []
    leader = _leader(data)
    found = [(supervisor, "supervisor"), *_children(supervisor)]
    return sorted((_process(pid, name, leader) for pid, name in found), key=lambda each: each.name)


def _supervisor(data: Path) -> int:
    try:
        pid = int((data / "up.lock").read_text().strip() or 0)
    except (OSError, ValueError):
        return 0
    return pid if (PROC / str(pid) / "stat").exists() else 0


def _children(parent: int) -> Iterator[tuple[int, str]]:
    for path in PROC.glob("[0-9]*"):
        fields = _fields(path)
        if len(fields) > 1 and fields[1] == str(parent) and fields[0] != "Z":
            yield int(path.name), _text(path / "comm").strip().removeprefix("zoco ")


def _process(pid: int, name: str, leader: int) -> Process:
    fields = _fields(PROC / str(pid))
    ticks = sum(int(each) for each in fields[11:13])
    return Process(name, pid, _memory(pid), ticks / os.sysconf("SC_CLK_TCK"), pid == leader)


def _memory(pid: int) -> int:
    """Return the proportional set size, in which shared pages count once."""
    for line in _text(PROC / str(pid) / "smaps_rollup").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def _leader(data: Path) -> int:
    """Return the process that holds the ledger's lock, 0 when nobody does or Linux does not say."""
    try:
        inode = (data / "ledger.lock").stat().st_ino
    except OSError:
        return 0
    for line in _text(PROC / "locks").splitlines():
        fields = line.split()
        if "FLOCK" in fields and "->" not in fields and fields[5].endswith(f":{inode}"):
            return int(fields[4])
    return 0


def _fields(path: Path) -> list[str]:
    return _text(path / "stat").rpartition(")")[2].split()


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
