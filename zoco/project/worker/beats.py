"""Who works: workers write a beat, and those that died are found out.

On the same machine a worker is dead when its process is gone; elsewhere when it wrote no beat
for fifteen seconds. Whoever looks again and again counts those seconds by itself (`Watch`): clocks of
two machines differ, and one may be set while we look.
"""

import os
import socket
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from zoco.project.models import Worker

BEAT_SECONDS = 3.0
DEAD_AFTER = timedelta(seconds=15)


def place() -> str:
    """Return a name for this machine and process space."""
    try:
        space = str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        space = ""
    return f"{socket.gethostname()} {space}"


def process_started(pid: int) -> str:
    """Return when a process began, in the kernel's own clock; "" when it is gone or a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return "" if Path("/proc/self/stat").exists() else _by_signal(pid)
    return "" if fields[0] in {"Z", "X"} else fields[19]


def _by_signal(pid: int) -> str:
    """Say "alive" on systems without /proc; a pid in use again counts as alive there."""
    try:
        os.kill(pid, 0)
    except OSError:
        return ""
    return "alive"


def beat(worker_id: str, *, at: datetime) -> None:
    """Say that this worker lives."""
    pid = os.getpid()
    Worker.objects.update_or_create(
        id=worker_id,
        defaults={"beat_at": at},
        create_defaults={
            "place": place(),
            "pid": pid,
            "pid_started": process_started(pid),
            "started_at": at,
            "beat_at": at,
        },
    )


def leave(worker_id: str) -> None:
    """Say that this worker ends."""
    Worker.objects.filter(id=worker_id).delete()


class Watch:
    """When each worker's beat was last seen to change, by our own count of seconds."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._seen: dict[str, tuple[datetime, float]] = {}

    def is_alive(self, worker: Worker) -> bool:
        """Say whether its beat changed lately; one seen for the first time counts as changed."""
        now = self._seconds()
        beat_at, since = self._seen.get(worker.id, (None, now))
        if beat_at != worker.beat_at:
            since = now
            self._seen[worker.id] = (worker.beat_at, now)
        return now - since <= DEAD_AFTER.total_seconds()


def living(*, at: datetime, watch: Watch | None = None) -> set[str]:
    """Return the ids of the workers that live; forget the others. Without a watch clocks must agree."""
    here, alive, dead = place(), set(), []
    for worker in Worker.objects.all():
        if worker.place == here:
            is_alive = process_started(worker.pid) == worker.pid_started
        elif watch is not None:
            is_alive = watch.is_alive(worker)
        else:
            is_alive = at - worker.beat_at <= DEAD_AFTER
        if is_alive:
            alive.add(worker.id)
        else:
            dead.append(worker.id)
    Worker.objects.filter(id__in=dead).delete()
    return alive
