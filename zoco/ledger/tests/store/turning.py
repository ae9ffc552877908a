"""A process on a PostgreSQL that takes turns: `… turning WHAT`, database in TURN_DATABASE.

`note FILE TIMES` writes "in" and "out" with its process number around short turns; `hold` takes a turn,
says so and keeps it until it is killed; `drain` drains its spool into its ClickHouse and says what came.
"""

import json
import os
import sys
import time
from pathlib import Path

from zoco.ledger.tests.outbox.host import configure


def note(path: Path, times: int) -> None:
    """Write a line at each end of a turn."""
    from zoco.ledger.outbox.turns import turn_by_database

    with path.open("a", buffering=1) as file:
        for _ in range(times):
            with turn_by_database():
                file.write(f"in {os.getpid()}\n")
                time.sleep(0.002)
                file.write(f"out {os.getpid()}\n")


def hold() -> None:
    """Keep a turn."""
    from zoco.ledger.outbox.turns import turn_by_database

    with turn_by_database():
        print("held", flush=True)
        time.sleep(60)


def drain() -> None:
    """Drain what waits, as a worker would."""
    from zoco.ledger.store import opening

    store = opening.store()
    print("opened", flush=True)
    print(f"added {store.drain().added}", flush=True)
    opening.close()


if __name__ == "__main__":
    configure(json.loads(os.environ["TURN_DATABASE"]))
    what, *arguments = sys.argv[1:]
    if what == "note":
        note(Path(arguments[0]), int(arguments[1]))
    elif what == "hold":
        hold()
    else:
        drain()
