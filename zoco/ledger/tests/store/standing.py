"""A process for tests: stands by to lead the ledger of ZOCO_DATA, or does one thing and dies in it.

`python -m zoco.ledger.tests.store.standing` stands by until SIGTERM.
`… standing compact STEP` compacts and kills itself with SIGKILL when STEP is reached.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

from zoco.ledger.spool.segment import sync_folder
from zoco.ledger.store import opening
from zoco.ledger.store.duckdb import files
from zoco.ledger.store.duckdb.store import DuckStore


def stand_by() -> None:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    thread = threading.Thread(target=opening.stand_by, args=[stop])
    thread.start()
    thread.join()


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def compact(step: str) -> None:
    """Compact; die before `finish`, before `place`, between the log and the file, or after it."""
    store = DuckStore(Path(os.environ["ZOCO_DATA"]), lead=True)
    if step == "finish":
        patch.object(files, "finish", die).start()
    if step == "place":
        patch.object(files, "put_in_place", die).start()
    if step == "log":
        patch.object(files, "sync_folder", _after(sync_folder, calls=2)).start()
    if step == "file":
        patch.object(files, "put_in_place", _after(files.put_in_place, calls=1)).start()
    store.compact()


def _after(work: Callable[..., None], *, calls: int) -> Callable[..., None]:
    """Return the function that dies after its n-th call."""
    made = []

    def counted(argument: object) -> None:
        work(argument)
        made.append(argument)
        if len(made) == calls:
            die()

    return counted


if __name__ == "__main__":
    if sys.argv[1:2] == ["compact"]:
        compact(sys.argv[2])
    else:
        stand_by()
