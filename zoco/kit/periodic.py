"""Periodic work: what the worker does again and again. Each is a plug; the worker keeps time."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec

from zoco.kit.plugs import Registry, load_modules

log = logging.getLogger(__name__)

LEAST_SECONDS = 0.01
AGAIN_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Periodic:
    """`run` is called about every `every_seconds`; it may run twice and must bear it.

    Not guaranteed: punctuality, and that runs never overlap across machines.
    """

    key: str
    every_seconds: float
    run: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Steady:
    """`run` goes on in a thread of its own in each worker until the event is set; what fails begins anew.

    It runs in several processes at once.
    """

    key: str
    run: Callable[[threading.Event], None]


PERIODIC: Registry[Periodic] = Registry("periodic work")
STEADY: Registry[Steady] = Registry("steady work")


def load_periodic() -> None:
    """Import the module `periodic` of each installed app of ours."""
    from django.apps import apps

    ours = [config.name for config in apps.get_app_configs() if config.name.startswith("zoco.")]
    load_modules(f"{name}.periodic" for name in ours if find_spec(f"{name}.periodic"))


def keep_time(work: Sequence[Periodic], stop: threading.Event) -> None:
    """Run each piece about as often as it says, one after the other, until `stop`."""
    due = dict.fromkeys((piece.key for piece in work), 0.0)
    while due and not stop.is_set():
        now = time.monotonic()
        for piece in work:
            if due[piece.key] <= now and not stop.is_set():
                done(piece)
                due[piece.key] = time.monotonic() + piece.every_seconds
        stop.wait(max(min(due.values()) - time.monotonic(), LEAST_SECONDS))


def steadily(work: Steady, stop: threading.Event) -> None:
    """Run steady work until the stop; what goes wrong is logged, and it is begun again."""
    from django.db import close_old_connections, connections

    while not stop.is_set():
        close_old_connections()
        try:
            work.run(stop)
        except Exception:
            log.exception("Steady work failed and is begun again. key=%s", work.key)
        stop.wait(AGAIN_SECONDS)
    connections.close_all()


def done(piece: Periodic) -> bool:
    """Run a piece of work; log what goes wrong and say whether it went well."""
    from django.db import close_old_connections

    close_old_connections()
    try:
        piece.run()
    except Exception:
        log.exception("Periodic work failed. key=%s", piece.key)
        return False
    finally:
        close_old_connections()
    return True
