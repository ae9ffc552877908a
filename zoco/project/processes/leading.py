"""Stand by to lead the ledger: in each process that lives long, so that somebody always leads."""

import logging
import threading

from zoco.project.processes import lifeline

log = logging.getLogger(__name__)


def start(stop: threading.Event, *, after_seconds: float = 0.0) -> threading.Thread:
    """Stand by in a thread until `stop`; the worker at once, web processes a little later."""
    thread = threading.Thread(target=_stand_by, args=(stop, after_seconds), name="leader", daemon=True)
    thread.start()
    return thread


def _stand_by(stop: threading.Event, after_seconds: float) -> None:
    from zoco.ledger.store import opening
    from zoco.ledger.store.base import StoreNewer

    pause = after_seconds
    while not stop.wait(pause):
        pause = 1.0
        try:
            opening.stand_by(stop)
        except StoreNewer as newer:
            lifeline.fatal(str(newer))
        except Exception:
            log.exception("Standing by for the ledger failed; trying again.")
