"""The folder of segments as the drain sees it: what can be loaded, what died, what was set aside."""

import fcntl
import json
import logging
import os
import time
from collections.abc import Callable
from pathlib import Path

from zoco.ledger.spool.segment import BULK, NEW, OPEN, SUFFIX, TABLE, order_key, sync_folder

log = logging.getLogger(__name__)

# Called with a loaded segment before its file goes; whoever raises keeps the file for another try.
BEFORE_REMOVAL: list[Callable[[Path], None]] = []
ASIDE = "aside"
BIRTH_SECONDS = 60


class SpoolFolder:
    """One folder. Several processes may look at it; only the one that drains changes it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True, mode=0o700)

    def closed(self) -> list[Path]:
        """Return the segments that can be loaded, in the order in which they were begun."""
        return sorted(_ending(self.path), key=order_key)

    def unfinished(self) -> list[Path]:
        """Return the segments that somebody writes or left behind."""
        return [path for state in (OPEN, BULK, NEW) for path in sorted(_ending(self.path, state))]

    def adopt(self) -> list[Path]:
        """Close what dead writers left open, cut after the last newline; return the closed segments.

        An unfinished bulk segment was never acknowledged and is removed.
        """
        adopted = []
        for path in self.unfinished():
            try:
                closed = _adopt(path)
            except OSError as error:
                log.warning("Segment could not be adopted. segment=%s error=%s", path.name, error)
                continue
            if closed is not None:
                adopted.append(closed)
        return adopted

    def remove(self, path: Path) -> bool:
        """Tell those who want to know, then remove a loaded segment; False when somebody objected."""
        for hook in BEFORE_REMOVAL:
            try:
                hook(path)
            except Exception:
                log.exception("Segment kept: a reader of it failed. segment=%s", path.name)
                return False
        path.unlink(missing_ok=True)
        return True

    def set_aside(self, path: Path, reason: str, lines: bytes | None = None) -> Path:
        """Put refused lines, or a whole segment, where a person can see them, with the reason.

        What was set aside of a segment before stays; the same again, after a crash in between, is one.
        """
        aside = self.path / ASIDE
        aside.mkdir(exist_ok=True, mode=0o700)
        target = _free(aside / path.name, path.read_bytes() if lines is None else lines)
        if lines is None:
            path.replace(target)
        else:
            with target.open("wb") as file:
                file.write(lines)
                file.flush()
                os.fsync(file.fileno())
        note = {"segment": path.name, "reason": reason, "set_aside_at": int(time.time() * 1_000_000)}
        target.with_name(target.name + ".json").write_text(json.dumps(note))
        sync_folder(aside)
        return target

    def aside(self) -> list[Path]:
        """Return what was set aside, without the notes beside it."""
        return sorted(_ending(self.path / ASIDE))

    def size(self) -> int:
        """Return the bytes of all segments, open ones too."""
        total = 0
        for path in self.path.iterdir():
            try:
                total += path.stat().st_size
            except FileNotFoundError:
                continue
        return total


def _ending(folder: Path, state: str = "") -> list[Path]:
    return [path for suffix in (SUFFIX, TABLE) for path in folder.glob(f"*{suffix}{state}")]


def _free(target: Path, content: bytes) -> Path:
    """Return the path, or the first numbered one beside it that holds nothing else."""
    number, found = 1, target
    while found.exists() and found.read_bytes() != content:
        number += 1
        found = target.with_name(f"{target.stem}.{number}{target.suffix}")
    return found


def _adopt(path: Path) -> Path | None:
    try:
        handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return None
        if not _is_still(path, handle) or _is_being_born(path, handle):
            return None
        keep = _after_last_newline(handle)
        if path.name.endswith((BULK, NEW)) or keep == 0:
            path.unlink()
            return None
        os.ftruncate(handle, keep)
        os.fsync(handle)
        closed = path.with_name(path.name.removesuffix(OPEN))
        path.rename(closed)
        sync_folder(path.parent)
        return closed
    finally:
        os.close(handle)


def _is_still(path: Path, handle: int) -> bool:
    try:
        return path.stat().st_ino == os.fstat(handle).st_ino
    except FileNotFoundError:
        return False


def _is_being_born(path: Path, handle: int) -> bool:
    """Say whether its writer may be about to lock it."""
    return path.name.endswith(NEW) and time.time() - os.fstat(handle).st_mtime < BIRTH_SECONDS


def _after_last_newline(handle: int) -> int:
    end = os.fstat(handle).st_size
    while end > 0:
        start = max(0, end - 65_536)
        found = os.pread(handle, end - start, start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0
