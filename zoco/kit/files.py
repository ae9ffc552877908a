"""Files that may be there already, or are made by somebody else just now. Standard library only."""

import os
from collections.abc import Callable
from pathlib import Path


def made_once(path: Path, content: Callable[[], bytes]) -> bytes:
    """Return what a file holds. The first to ask makes it, for its user alone; all are told the same.

    The file is there whole or not at all, and durable when this returns.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        pass
    partial = path.with_name(f".{path.name}.{os.urandom(4).hex()}")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content())
            file.flush()
            os.fsync(file.fileno())
        os.link(partial, path)
    except FileExistsError:
        pass
    finally:
        partial.unlink()
    _sync(path.parent)
    return path.read_bytes()


def free_name(wanted: Path) -> Path:
    """Return the name, or one beside it where it is taken: name-2, name-3 …"""
    number, name = 2, wanted
    while name.exists():
        name = wanted.with_name(f"{wanted.name}-{number}")
        number += 1
    return name


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
