"""ClickHouse's engine in process: one folder for each process, as it demands; a database for each test."""

import shutil
import tempfile
from functools import cache
from itertools import count
from pathlib import Path
from weakref import finalize

from zoco.ledger.spool import SpoolFolder
from zoco.ledger.store.base import Store
from zoco.ledger.store.clickhouse.opening import open_clickhouse

_numbers = count(1)


@cache
def folder() -> Path:
    """Return the engine's folder; it goes with the process."""
    made = Path(tempfile.mkdtemp(prefix="zoco-chdb-"))
    finalize(folder, shutil.rmtree, made, ignore_errors=True)
    return made


def new_url() -> str:
    """Return the address of a database that nobody has used."""
    return f"chdb://{folder()}/test_{next(_numbers)}"


def opened(spool: Path | None = None, url: str = "") -> Store:
    """Open a store on a database of its own, or on that of `url`."""
    return open_clickhouse(url or new_url(), SpoolFolder(spool) if spool else None)
