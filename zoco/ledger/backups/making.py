"""Making a backup while everything runs.

Hard order: the database first, then the spool, then the ledger, then media. A row of the outbox that
is copied before it was spooled goes to the spool again after a restore, and is one fact by its id;
the other way round it would be in neither.
"""

import fcntl
import os
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from zoco.kit.files import free_name
from zoco.ledger import schema
from zoco.ledger.backups import manifest
from zoco.ledger.backups.databases import Database
from zoco.ledger.spool.segment import sync_folder
from zoco.ledger.store.base import Store

PARTIAL = ".partial"
SESSIONS = "django_session"


def backup_make(
    parent: Path, *, store: Store, databases: list[Database], media: Path | None, at: datetime
) -> Path:
    """Write a backup into a new folder of `parent` and return that; a failed one leaves nothing.

    Keys, salts, sessions, erasures and earlier backups are not in it.
    """
    parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _clean(parent)
    name = f"zoco-{at.astimezone(UTC):%Y%m%dT%H%M%S}Z"
    folder = parent / f".{name}.{os.getpid()}{PARTIAL}"
    folder.mkdir(mode=0o700)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        for database in databases:
            if database.path is not None:
                copy_sqlite(database.path, folder / f"{database.alias}.sqlite3")
        store.backup(folder)
        if media is not None and media.is_dir():
            shutil.copytree(media, folder / "media")
        manifest.write(folder, _manifest(folder, store, databases, at))
        _sync(folder)
        final = free_name(parent / name)
        folder.rename(final)
        sync_folder(parent)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    finally:
        os.close(handle)
    return final


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a SQLite database consistently while others write to it; log-ins that last are left out."""
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=30)) as live,
        closing(sqlite3.connect(target)) as copy,
    ):
        live.backup(copy, pages=2000, sleep=0.01)
        copy.execute("PRAGMA journal_mode=DELETE")
        copy.execute("PRAGMA secure_delete=ON")
        if copy.execute("SELECT 1 FROM sqlite_master WHERE name = ?", [SESSIONS]).fetchone():
            copy.execute(f"DELETE FROM {SESSIONS}")  # noqa: S608 - whoever has its keys is logged in
            copy.commit()
    target.chmod(0o600)


def _manifest(folder: Path, store: Store, databases: list[Database], at: datetime) -> manifest.Manifest:
    return manifest.Manifest(
        made_at=at.astimezone(UTC).isoformat(timespec="seconds"),
        zoco=version("zoco"),
        schema=schema.VERSION,
        engine=store.dialect,
        databases={database.alias: database.vendor for database in databases},
        files=manifest.describe(folder),
    )


def _clean(parent: Path) -> None:
    """Remove what killed backups left: whoever still writes one holds its lock."""
    for left in parent.glob(f".zoco-*{PARTIAL}"):
        handle = os.open(left, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(left, ignore_errors=True)
        except BlockingIOError:
            continue
        finally:
            os.close(handle)


def _sync(folder: Path) -> None:
    for path in [*folder.rglob("*"), folder]:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
