"""Long work in the background: how it tells how far it is, how it is stopped, how its death is seen.

A run is a row of a model with `is_to_stop`, `state`, `said` and `told_at`; each app has a model of its own.
One that holds a lock meanwhile (`zoco.kit.holding`) and is `beating` lives however long it says nothing.
"""

import gc
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

log = logging.getLogger(__name__)

QUIET = timedelta(minutes=10)
"""After so long without a word a run is taken to have died with its process."""
TELL_SECONDS = 1.0
BEAT_SECONDS = 60.0
ENDED = "The process ended."
"""What is said of a run whose process is gone. The kit has no catalogue: whoever shows it translates it."""
OBJECTS_AT_ONCE = 100_000
"""So many are made between two searches for cycles, of which rows that come and go have none."""
Tell = Callable[..., None]


class RunStopped(Exception):
    """A person stopped it."""


def teller(run: "Model", *, every_seconds: float = TELL_SECONDS) -> Tell:
    """Return what writes the fields that it is given into the run, now and then.

    It raises RunStopped when the run is to stop, or is gone. What it was given last may not be written: write
    it when the run is over (`run_keep`).
    """
    from django.utils import timezone

    rows = type(run)._base_manager.filter(pk=run.pk)
    last = time.monotonic()

    def tell(**fields: Any) -> None:
        nonlocal last
        for name, value in fields.items():
            setattr(run, name, value)
        if time.monotonic() - last < every_seconds:
            return
        last = time.monotonic()
        is_there = rows.update(**fields, told_at=timezone.now())
        if not is_there or rows.filter(is_to_stop=True).exists():
            raise RunStopped

    return tell


def run_keep(run: "Model", *names: str) -> bool:
    """Write fields of a run that is there still, and say whether it is: `save` makes a deleted row anew."""
    from django.utils import timezone

    run.told_at = timezone.now()  # type: ignore[attr-defined]
    kept = {name: getattr(run, name) for name in (*names, "told_at")}
    return bool(type(run)._base_manager.filter(pk=run.pk).update(**kept))


@contextmanager
def beating(rows: "QuerySet[Any]", *, every_seconds: float = BEAT_SECONDS) -> Iterator[None]:
    """Say now and then that a run lives, whatever its process is at: other machines see no lock of it."""
    over = Event()
    thread = Thread(target=_beat, args=(rows, over, every_seconds), name="run-beats", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@contextmanager
def collecting_rarely() -> Iterator[None]:
    """Look for garbage in cycles less often: at thousands of rows a second that is a tenth of the work."""
    was = gc.get_threshold()
    gc.set_threshold(OBJECTS_AT_ONCE, *was[1:])
    try:
        yield
    finally:
        gc.set_threshold(*was)


def _beat(rows: "QuerySet[Any]", over: Event, seconds: float) -> None:
    from django.db import DatabaseError, connections
    from django.utils import timezone

    while not over.wait(seconds):
        try:
            rows.all().update(told_at=timezone.now())
        except DatabaseError as error:
            log.info("A run could not say that it lives; it tries again. error=%s", error)
        finally:
            connections.close_all()


def dead_fail(
    running: "QuerySet[Any]", *, failed: str, is_held: Callable[[Any], bool] = lambda run: False
) -> int:
    """Let runs that died with their process have failed; returns how many those are.

    `is_held` says whether a process of this machine is at a run: then it lives.
    """
    from django.utils import timezone

    now = timezone.now()
    quiet = running.filter(told_at__lt=now - QUIET)
    dead = quiet.filter(pk__in=[run.pk for run in quiet if not is_held(run)])
    return dead.update(state=failed, said=ENDED, told_at=now)
