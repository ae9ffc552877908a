"""Where the files of a ledger lie, and the steps by which one DuckDB file takes another's place.

`ledger.fresh` is complete whenever it has that name, and holds all that the file beside it holds:
whoever finds it finishes the exchange. `ledger.fresh.partial` is half a copy and worthless.
"""

import logging
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from zoco.ledger.spool.segment import sync_file, sync_folder
from zoco.ledger.store.base import StoreBusy
from zoco.ledger.store.erasures import ERASING

log = logging.getLogger(__name__)


class NoRoom(RuntimeError):
    """There is too little space for a copy."""


@dataclass(frozen=True, slots=True)
class Files:
    """The names in one data folder."""

    folder: Path

    @property
    def ledger(self) -> Path:
        return self.folder / "ledger.duckdb"

    @property
    def wal(self) -> Path:
        return self.folder / "ledger.duckdb.wal"

    @property
    def fresh(self) -> Path:
        return self.folder / "ledger.fresh"

    @property
    def partial(self) -> Path:
        return self.folder / "ledger.fresh.partial"

    @property
    def unerased(self) -> Path:
        """There while a restored ledger may hold people who were erased since its backup."""
        return self.folder / "ledger.unerased"

    @property
    def lock(self) -> Path:
        return self.folder / "ledger.lock"

    @property
    def socket(self) -> Path:
        return self.folder / "ledger.sock"

    @property
    def spool(self) -> Path:
        return self.folder / "spool"

    @property
    def temp(self) -> Path:
        return self.folder / "tmp" / "duckdb"

    def size(self) -> int:
        """Return the bytes of the ledger and what waits to go into it."""
        return sum(path.stat().st_size for path in (self.ledger, self.wal) if path.exists())


def recover(files: Files) -> None:
    """Finish or clean up what a dead leader left behind. Call under the lock, before opening."""
    if files.fresh.exists():
        log.info("An exchange of the ledger is finished that was interrupted.")
        put_in_place(files)
    recover_partial(files)
    for left in (files.folder / "tmp").glob("backup-*"):
        left.unlink()
    for socket in files.folder.glob(f".{files.socket.name}.*"):
        socket.unlink(missing_ok=True)
    for folder in (files.spool, files.spool / "aside"):
        for left in folder.glob(f"*{ERASING}"):
            left.unlink(missing_ok=True)
    shutil.rmtree(files.temp, ignore_errors=True)
    files.temp.mkdir(parents=True, exist_ok=True)


def recover_partial(files: Files) -> None:
    """Remove half a copy."""
    for path in (files.partial, files.partial.with_name(files.partial.name + ".wal")):
        path.unlink(missing_ok=True)


def finish(files: Files) -> None:
    """Give the complete copy its name; from here on it counts."""
    sync_file(files.partial)
    files.partial.rename(files.fresh)
    sync_folder(files.folder)


def put_in_place(files: Files) -> None:
    """Let the complete copy take the ledger's place. Nobody may have the old one open."""
    files.wal.unlink(missing_ok=True)
    sync_folder(files.folder)
    files.fresh.rename(files.ledger)
    sync_folder(files.folder)


def wait_until_closed(path: Path, seconds: float = 10.0) -> None:
    """Wait until this process has no descriptor of a file; the engine closes it in its own time."""
    late = time.monotonic() + seconds
    while descriptors(path):
        if time.monotonic() > late:
            raise StoreBusy(f"{path} is still open in this process; it cannot be exchanged now.")
        time.sleep(0.01)


def descriptors(path: Path) -> list[int]:
    """Return this process's descriptors of a file and of its write-ahead log."""
    wanted = {str(path), f"{path}.wal"}
    found = []
    for entry in Path("/proc/self/fd").glob("*"):
        try:
            if str(entry.readlink()) in wanted:
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def want_room(folder: Path, size: int) -> None:
    """Raise NoRoom when a copy of this size does not fit."""
    free = shutil.disk_usage(folder).free
    if free < size + (32 << 20):
        raise NoRoom(
            f"A copy of the ledger needs {size >> 20} MB beside it and {folder} has {free >> 20} MB free."
        )
