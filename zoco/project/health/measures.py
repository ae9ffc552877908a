"""What can be measured of the whole installation, from what all processes share: files, tables, the ledger.

So it is the same whichever web process is asked. Counts of the ledger are read at most every ten seconds.
"""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from django.utils import timezone

from zoco.project import env, folder
from zoco.project.health import processes, requests

LEDGER_SECONDS = 10.0
TASK_STATES = ("READY", "RUNNING", "FAILED")


@dataclass(frozen=True, slots=True)
class Ledger:
    """Facts that collectors took, and refused by reason, since the ledger began; `is_up` when it answered."""

    is_up: bool = False
    taken: int = 0
    refused: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Measures:
    """One look at everything. Ages and lags in seconds, sizes in bytes; -1 means never."""

    spool_bytes: int
    spool_segments: int
    spool_aside: int
    drain_lag: float
    tasks: dict[str, int]
    turns_failed: int
    workers: int
    outbox_waiting: int
    subscribers: dict[str, tuple[int, int]]
    backup_age: float
    disk_free: int
    sites_age: float
    ledger: Ledger
    processes: list[processes.Process]
    requests: list[requests.Tally]


def measure() -> Measures:
    """Look once."""
    from zoco.ledger.spool import SpoolFolder
    from zoco.project.models import Turn
    from zoco.project.worker import beats

    data = env.data()
    spool = SpoolFolder(data / "spool")
    outbox_waiting, subscribers = _outbox()
    closed = spool.closed()
    return Measures(
        spool_bytes=spool.size(),
        spool_segments=len(closed) + len(spool.unfinished()),
        spool_aside=len(spool.aside()),
        drain_lag=_oldest_age(closed),
        tasks=_tasks(),
        turns_failed=Turn.objects.exclude(failure="").count(),
        workers=len(beats.living(at=timezone.now())),
        outbox_waiting=outbox_waiting,
        subscribers=subscribers,
        backup_age=_backup_age(data / "backups"),
        disk_free=folder.free_bytes(data),
        sites_age=_age(data / "sites.json"),
        ledger=_ledger(),
        processes=processes.processes(data),
        requests=requests.tallies(data),
    )


def backups(where: Path) -> list[tuple[str, datetime]]:
    """Return the backups in the data folder, the newest first; those elsewhere are not known."""
    from zoco.ledger.backups import manifest

    found = []
    for path in where.glob("*/" + manifest.NAME) if where.is_dir() else ():
        if not path.parent.name.startswith("."):
            found.append((path.parent.name, datetime.fromtimestamp(path.stat().st_mtime, UTC)))
    return sorted(found, key=lambda pair: pair[1], reverse=True)


def _backup_age(where: Path) -> float:
    found = backups(where)
    return time.time() - found[0][1].timestamp() if found else -1.0


def _age(path: Path) -> float:
    try:
        return max(0.0, time.time() - path.stat().st_mtime)
    except OSError:
        return -1.0


def _oldest_age(paths: list[Path]) -> float:
    """Return for how long the oldest closed segment has been waiting."""
    return max((_age(path) for path in paths), default=0.0)


def _tasks() -> dict[str, int]:
    from django.db.models import Count
    from django_tasks_db.models import DBTaskResult

    rows = DBTaskResult.objects.filter(status__in=TASK_STATES).values_list("status").annotate(Count("id"))
    counted = dict(rows.order_by("status"))
    return {state.lower(): counted.get(state, 0) for state in TASK_STATES}


def _outbox() -> tuple[int, dict[str, tuple[int, int]]]:
    """Return how many rows wait for the spool, and each subscriber's backlog and failures in a row."""
    from zoco.ledger.models import OutboxHead, OutboxRow, SubscriberPosition
    from zoco.ledger.outbox.rows import database

    using = database()
    head = OutboxHead.objects.using(using).values_list("position", flat=True).first() or 0
    told = {
        each.key: (max(0, head - each.position), each.failures)
        for each in SubscriberPosition.objects.using(using).order_by("key")
    }
    return OutboxRow.objects.using(using).filter(spooled_at=None).count(), told


_kept: tuple[float, Ledger] | None = None


def forget() -> None:
    """Ask the ledger anew next time."""
    global _kept  # noqa: PLW0603
    _kept = None


def _ledger() -> Ledger:
    global _kept  # noqa: PLW0603
    now = time.monotonic()
    if _kept is None or now - _kept[0] > LEDGER_SECONDS:
        _kept = (now, _asked())
    return _kept[1]


def _asked() -> Ledger:
    from zoco.collector.live.tallies import REFUSED, TAKEN
    from zoco.ledger.store import opening
    from zoco.ledger.store.base import QueryFailed, StoreBusy

    statement = (
        "select name, reason, sum(quantity) as times from facts"  # noqa: S608 - two names of ours
        f" where name in ('{TAKEN}', '{REFUSED}') group by name, reason"
    )
    try:
        rows = opening.store().query(statement).to_pylist()
    except (StoreBusy, QueryFailed):
        return Ledger()
    refused = {str(row["reason"]): int(row["times"]) for row in rows if row["name"] == REFUSED}
    return Ledger(True, sum(int(row["times"]) for row in rows if row["name"] == TAKEN), refused)
