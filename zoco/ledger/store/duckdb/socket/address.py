"""Addresses of Unix sockets in folders of any depth: the kernel takes at most 107 bytes of path."""

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LONGEST = 100
_FDS = Path("/proc/self/fd")


def listen(path: Path) -> socket.socket:
    """Listen at a path with mode 0600; whoever was reachable there before is replaced at once."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with _short(fresh) as address:
            door.bind(address)
        fresh.chmod(0o600)
        door.listen(128)
        fresh.rename(path)
    except BaseException:
        door.close()
        fresh.unlink(missing_ok=True)
        raise
    return door


def connect(path: Path) -> socket.socket:
    """Connect to a path. Raises OSError when nobody listens there."""
    link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with _short(path) as address:
            link.connect(address)
    except BaseException:
        link.close()
        raise
    return link


@contextmanager
def _short(path: Path) -> Iterator[str]:
    """Give a short name to a path: itself, through a descriptor of its folder, or through a link."""
    if len(os.fsencode(path)) <= LONGEST:
        yield str(path)
    elif _FDS.is_dir():
        handle = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            yield f"{_FDS}/{handle}/{path.name}"
        finally:
            os.close(handle)
    else:
        private = Path(tempfile.mkdtemp(prefix="zoco"))
        try:
            (private / "d").symlink_to(path.parent)
            yield str(private / "d" / path.name)
        finally:
            shutil.rmtree(private, ignore_errors=True)
