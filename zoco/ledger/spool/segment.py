"""A segment: one append-only file of facts with one writer, held by a lock while it is open.

A name tells state and schema: `<instance>.<uuid7>.v<version>.ndjson`, with `.open` behind it while a
writer appends, `.bulk` while a bulk import fills it, `.new` before it is locked.
Closing adds a checksum of the content, `.k<crc32>`: what the disk changes later is found out.
Bulk facts may come as a table instead of lines, `.parquet` for `.ndjson`; see `table`.
"""

import errno
import fcntl
import os
from pathlib import Path
from zlib import crc32

from zoco.kit.ids import uuid7
from zoco.ledger import schema
from zoco.ledger.spool import table

SUFFIX, TABLE = ".ndjson", ".parquet"
OPEN, BULK, NEW = ".open", ".bulk", ".new"
BIRTHS = 3
"""How often a segment is begun anew when a clock that jumped had it taken for dead before its lock."""
# What file systems and kernels answer that cannot write and sync at once.
_NO_SUCH_WRITE = frozenset({errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL})


class Segment:
    """An open segment of this process. Not thread-safe; its owner takes care.

    `size` counts the bytes that are durable; what a failed append left behind is cut off.
    """

    def __init__(self, folder: Path, instance: str, state: str = OPEN, suffix: str = SUFFIX) -> None:
        self._suffix = suffix
        self.size = 0
        self._sum = 0
        for births_left in reversed(range(BIRTHS)):
            self._stem = f"{instance}.{uuid7()}.v{schema.VERSION}"
            self.path = folder / f"{self._stem}{suffix}{state}"
            try:
                self._file = self._born(folder / f"{self._stem}{suffix}{NEW}")
                break
            except (BlockingIOError, FileNotFoundError):
                if not births_left:
                    raise

    def _born(self, fresh: Path) -> int:
        """Create the file, lock it and give it its name; the leader may take it for dead in between."""
        file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            fresh.rename(self.path)
            sync_folder(fresh.parent)
        except BaseException:
            os.close(file)
            raise
        return file

    def append(self, lines: bytes) -> None:
        """Write and sync whole lines; on an OSError the file is as before and the error is raised."""
        try:
            write_durably(self._file, lines)
        except OSError:
            os.ftruncate(self._file, self.size)
            raise
        self._grow(lines)

    def write(self, lines: bytes) -> None:
        """Write without syncing; `close` syncs."""
        write_all(self._file, lines)
        self._grow(lines)

    def close(self) -> Path:
        """Sync, rename to its closed name, sync the folder, let go of the lock."""
        os.fdatasync(self._file)
        closed = self.path.with_name(f"{self._stem}.k{self._sum:08x}{self._suffix}")
        self.path.rename(closed)
        sync_folder(self.path.parent)
        self.forget()
        return closed

    def _grow(self, lines: bytes) -> None:
        self.size += len(lines)
        self._sum = crc32(lines, self._sum)

    def discard(self) -> None:
        """Remove the file; nothing in it was acknowledged."""
        self.path.unlink(missing_ok=True)
        self.forget()

    def forget(self) -> None:
        """Close the descriptor only: after a fork the file is the parent's."""
        os.close(self._file)


def write_durably(file: int, lines: bytes) -> None:
    """Append every byte and sync: in one call of the kernel where it can, so that no thread waits twice."""
    try:
        written = os.pwritev(file, [lines], 0, os.RWF_DSYNC)
    except OSError as error:
        if error.errno not in _NO_SUCH_WRITE:
            raise
        written = 0
    if written < len(lines):
        write_all(file, memoryview(lines)[written:])
        os.fdatasync(file)


def write_all(file: int, lines: bytes | memoryview) -> None:
    """Write every byte; the kernel may take fewer at a time."""
    rest = memoryview(lines)
    while rest:
        rest = rest[os.write(file, rest) :]


def sync_folder(folder: Path) -> None:
    """Make creations and renames in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_file(path: Path) -> None:
    """Make the bytes of a file durable."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def schema_version(path: Path) -> int:
    """Return the schema version that a segment's name tells; 0 when it tells none."""
    for part in path.name.split("."):
        if part[:1] == "v" and part[1:].isdigit():
            return int(part[1:])
    return 0


def order_key(path: Path) -> str:
    """Sort segments by the time at which they were begun, whatever instance wrote them."""
    parts = path.name.split(".")
    return f"{parts[1] if len(parts) > 1 else ''}{path.name}"


def columns_named(path: Path) -> frozenset[str] | None:
    """Return the columns that a table has; None for lines, which can have any."""
    return table.column_names(path) if path.suffix == TABLE else None


def seal_of(path: Path) -> int | None:
    """Return the checksum that a segment's name states; None when its writer never closed it."""
    for part in path.name.split(".")[2:]:
        if part[:1] == "k" and part[1:] and all(digit in "0123456789abcdef" for digit in part[1:]):
            return int(part[1:], 16)
    return None
