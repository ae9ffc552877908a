"""Who works on the files of a day, or on a run: a flock, which ends with its process however that ends.

With each lock comes an empty folder to work in; what a killed process left there goes with the next look.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from zoco.kit import conf

if TYPE_CHECKING:
    from zoco.monitor.exports.models import ExportDay

ENDING = ".lock"
LOOK_SECONDS = 0.05


def day_name(day: ExportDay) -> str:
    """Name the lock of a day's files: the same for whoever writes them and whoever takes people out."""
    return _named(day.target, day.site, str(day.day), day.format)


def work_folder(day: ExportDay) -> Path:
    """Return the folder to work in that goes with a day's lock."""
    return conf.DATA() / "tmp" / "exports" / day_name(day)


def run_name(site: int, format: str) -> str:
    """Name the lock of the one run of a site and format."""
    return _named("run", site, format)


def _named(*parts: object) -> str:
    return blake2b(repr(parts).encode(), digest_size=12).hexdigest()


@contextmanager
def held(name: str, *, seconds: float = 0.0) -> Iterator[Path | None]:
    """Hold a lock, with its empty folder; None where somebody else has it after so many seconds.

    Whoever only looks whether it is held may have it for a moment.
    """
    root = conf.DATA() / "tmp" / "exports"
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = _locked(root / f"{name}{ENDING}", seconds)
    if handle is None:
        yield None
        return
    folder = root / name
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        (root / f"{name}{ENDING}").unlink(missing_ok=True)
        os.close(handle)


def is_held(name: str) -> bool:
    """Say whether somebody who lives holds a lock."""
    if not (conf.DATA() / "tmp" / "exports" / f"{name}{ENDING}").exists():
        return False
    with held(name) as folder:
        return folder is None


def _locked(path: Path, seconds: float) -> int | None:
    """Lock a file that is still the one of its name when it is locked."""
    end = time.monotonic() + seconds
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(handle).st_ino == path.stat().st_ino:
                return handle
        except FileNotFoundError:
            pass
        except BlockingIOError:
            if time.monotonic() >= end:
                os.close(handle)
                return None
            time.sleep(LOOK_SECONDS)
        os.close(handle)


def left_clear() -> int:
    """Take away what killed processes left in the folder to work in; returns how much that was."""
    root, gone = conf.DATA() / "tmp" / "exports", 0
    names = {path.name.removesuffix(ENDING) for path in root.glob("*")}
    for name in sorted(names):
        if not (root / name).is_dir():
            is_held(name)  # an unused lock goes when it is let go
            continue
        with held(name) as folder:
            gone += folder is not None
    return gone
