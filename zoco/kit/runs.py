"""Long work in the background: how it tells how far it is, how it is stopped, how its death is seen.

A run is a row of a model with `is_to_stop`, `state`, `said` and `told_at`; each app has a model of its own.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

QUIET = timedelta(minutes=10)
"""After so long without a word a run is taken to have died with its process."""
TELL_SECONDS = 1.0
Tell = Callable[..., None]


class RunStopped(Exception):
    """A person stopped it."""


def teller(run: "Model", *, every_seconds: float = TELL_SECONDS) -> Tell:
    """Return what writes the fields that it is given into the run, now and then.

    It raises RunStopped when the run is to stop. What it was given last may not be written: save the run
    when it is over.
    """
    from django.utils import timezone

    rows = type(run)._default_manager.filter(pk=run.pk)
    last = time.monotonic()

    def tell(**fields: Any) -> None:
        nonlocal last
        for name, value in fields.items():
            setattr(run, name, value)
        if time.monotonic() - last < every_seconds:
            return
        last = time.monotonic()
        rows.update(**fields, told_at=timezone.now())
        if rows.filter(is_to_stop=True).exists():
            raise RunStopped

    return tell


def dead_fail(running: "QuerySet[Any]", *, failed: str) -> int:
    """Let runs that died with their process have failed; returns how many those are."""
    from django.utils import timezone

    now = timezone.now()
    dead = running.filter(told_at__lt=now - QUIET)
    return dead.update(state=failed, said="The process ended.", told_at=now)
