"""Who works on something: a flock, which ends with its process however that ends. On one machine.

With each lock comes an empty folder to work in; what a killed process left there goes with the next look.
Locks have a kind, and a name that is new for each thing that is worked on.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from zoco.kit import conf

ENDING = ".lock"
LOOK_SECONDS = 0.05
MOMENT = 2.0
"""Seconds in which whoever only looks has let a lock go again."""


def root_of(kind: str) -> Path:
    """Return where locks of a kind and their folders lie."""
    return conf.DATA() / "tmp" / kind


@contextmanager
def held(kind: str, name: str, *, seconds: float = 0.0) -> Iterator[Path | None]:
    """Hold a lock, with its empty folder; None where somebody else has it after so many seconds.

    Whoever only looks whether it is held may have it for a moment.
    """
    root = root_of(kind)
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


def is_held(kind: str, name: str) -> bool:
    """Say whether somebody who lives on this machine holds a lock."""
    if not (root_of(kind) / f"{name}{ENDING}").exists():
        return False
    with held(kind, name) as folder:
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


def left_clear(kind: str) -> int:
    """Take away what killed processes left in the folders to work in; returns how much that was."""
    root, gone = root_of(kind), 0
    names = {path.name.removesuffix(ENDING) for path in root.glob("*")}
    for name in sorted(names):
        if not (root / name).is_dir():
            is_held(kind, name)  # an unused lock goes when it is let go
            continue
        with held(kind, name) as folder:
            gone += folder is not None
    return gone
