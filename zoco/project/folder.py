"""The data folder: made, checked and locked. Standard library only; the supervisor uses it."""

import fcntl
import os
from pathlib import Path

from zoco.kit import conf
from zoco.kit.commands import CommandFailed
from zoco.kit.files import made_once

REFUSE_BYTES = 50_000_000
WARN_BYTES = 500_000_000
FOLDERS = ("keys", "spool", "backups", "tmp", "log", "media")


class FolderUnusable(CommandFailed):
    """The data folder cannot be written, or its disk is full."""


class FolderTaken(CommandFailed):
    """Another `zoco up` runs on the data folder."""


def prepare() -> Path:
    """Make the data folder and its secret key where missing; return its absolute path.

    ZOCO_DATA is set to it, so that children agree whatever their working folder. What this process
    and its children write from now on is their user's alone: log-ins and facts of people are in it.
    Raises FolderUnusable.
    """
    folder = conf.DATA().absolute()
    os.environ["ZOCO_DATA"] = str(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        os.umask(0o077)
        folder.mkdir(exist_ok=True)
        for name in FOLDERS:
            (folder / name).mkdir(exist_ok=True)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(13, "Permission denied")
        made_once(folder / "keys" / "secret_key", lambda: os.urandom(40).hex().encode())
    except OSError as error:
        raise FolderUnusable(
            f"The data folder {folder} cannot be written ({error.strerror}); "
            "give this user the right to write there, or set ZOCO_DATA to another folder."
        ) from error
    return folder


def free_bytes(folder: Path) -> int:
    """Return how much may still be written."""
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize


def disk_warning(folder: Path) -> str:
    """Return a sentence when space is short, "" when it is not. Raises FolderUnusable when it is out."""
    free = free_bytes(folder)
    if free < REFUSE_BYTES:
        raise FolderUnusable(
            f"Only {free // 1_000_000} MB are free on the disk of {folder}; "
            f"Zoco needs {REFUSE_BYTES // 1_000_000} MB at the least. Make room and start again."
        )
    if free < WARN_BYTES:
        return f"Only {free // 1_000_000} MB are free on the disk of {folder}; make room soon."
    return ""


def lock(folder: Path) -> int:
    """Take the lock of `zoco up`; it is held until the process ends. Raises FolderTaken."""
    handle = os.open(folder / "up.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(handle, 32).decode(errors="replace").strip()
        os.close(handle)
        raise FolderTaken(
            f"Zoco is already running on {folder} (process {holder or 'unknown'}); "
            "stop it first, or set ZOCO_DATA to another folder."
        ) from None
    os.ftruncate(handle, 0)
    os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
    return handle


def ended_badly(folder: Path) -> bool:
    """Return whether the last `zoco up` on the folder had no time to tidy up."""
    try:
        return bool((folder / "up.lock").read_text().strip())
    except FileNotFoundError:
        return False


def unlock(handle: int) -> None:
    """Note a clean end and let the lock go."""
    os.ftruncate(handle, 0)
    os.close(handle)
