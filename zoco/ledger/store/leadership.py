"""The lock that says which process opens the ledger: a flock that ends with its process."""

import errno
import fcntl
import os
from pathlib import Path


class FolderUnwritable(RuntimeError):
    """The data folder cannot be written."""


class Lock:
    """The lock, held. It is this process's only: a child closes its copy after a fork."""

    def __init__(self, handle: int) -> None:
        self._handle: int | None = handle

    @classmethod
    def take(cls, path: Path) -> "Lock | None":
        """Take the lock, or return None when another process has it. Raises FolderUnwritable."""
        while True:
            handle = _open(path)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(handle)
                return None
            except OSError as error:
                os.close(handle)
                raise FolderUnwritable(f"{path} cannot be locked: {error.strerror}.") from error
            if _is_still(path, handle):
                _sign(handle)
                return cls(handle)
            os.close(handle)

    def release(self) -> None:
        """Let go; twice is no error."""
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)

    # Closing gives the lock back only when the last copy of the descriptor is closed, so that a
    # child closes its copy and the parent goes on; unlocking would take it from the parent.
    abandon = release


def leader_pid(path: Path) -> int:
    """Return the process that took the lock last; it may have gone since."""
    try:
        return int(path.read_text() or 0)
    except (OSError, ValueError):
        return 0


def _open(path: Path) -> int:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        advice = "free some space" if full else "make it writable for this user or set ZOCO_DATA"
        raise FolderUnwritable(
            f"The data folder {path.parent} cannot be written ({error.strerror}); {advice}."
        ) from error


def _sign(handle: int) -> None:
    """Write who leads, for messages; a full disk is no reason not to lead."""
    try:
        os.ftruncate(handle, 0)
        os.pwrite(handle, b"%d" % os.getpid(), 0)
    except OSError:
        return


def _is_still(path: Path, handle: int) -> bool:
    try:
        return path.stat().st_ino == os.fstat(handle).st_ino
    except FileNotFoundError:
        return False
