"""Restoring a backup: what is there is put aside, not deleted; whoever was erased stays erased.

Nothing may run meanwhile: the lock of the ledger is held from the first move to the last.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from zoco.kit.commands import CommandFailed
from zoco.kit.files import free_name
from zoco.ledger.backups import manifest
from zoco.ledger.backups.databases import Database
from zoco.ledger.spool.instance import renew
from zoco.ledger.spool.segment import sync_file, sync_folder
from zoco.ledger.store.duckdb.files import Files, recover
from zoco.ledger.store.leadership import Lock, leader_pid

LEDGER = "ledger.duckdb"


class LedgerLed(CommandFailed):
    """Somebody has the ledger open."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did: where the earlier data lie now, which databases it did not bring back."""

    aside: Path
    made_at: str
    elsewhere: tuple[str, ...]


def backup_restore(
    folder: Path, *, data: Path, databases: list[Database], media: Path | None, at: datetime
) -> Restored:
    """Put a backup in the place of the data. Raises BackupUnusable, LedgerLed; then nothing changed.

    Afterwards the store must be opened once by a leader: that erases again who was erased.
    """
    found = manifest.read(folder)
    manifest.verify(folder, found)
    if found.engine != "duckdb":
        raise manifest.BackupUnusable(
            f"{folder} is a backup of ClickHouse tables; load its Parquet files there, see the guide."
        )
    _want_room(data, found.size)
    files = Files(data.absolute().resolve())
    lock = Lock.take(files.lock)
    if lock is None:
        raise LedgerLed(
            f"Process {leader_pid(files.lock)} leads the ledger in {data}; stop `zoco up` (Ctrl-C, or "
            "systemctl stop zoco) and whatever else uses this folder, then restore."
        )
    try:
        recover(files)
        staged = _staged(folder, found, files.folder)
        aside = free_name(files.folder / f"aside-{at.astimezone(UTC):%Y%m%dT%H%M%S}Z")
        places = list(_places(files, databases, media))
        _mark_unerased(files)
        _put_aside(places, files, aside)
        _put_in_place(places, staged)
        renew(files.folder)
        (files.folder / "sites.json").unlink(missing_ok=True)
        sync_folder(files.folder)
        shutil.rmtree(staged)
    finally:
        lock.release()
    elsewhere = tuple(alias for alias, vendor in found.databases.items() if vendor != "sqlite")
    return Restored(aside, found.made_at, elsewhere)


def _places(files: Files, databases: list[Database], media: Path | None) -> Iterator[tuple[str, Path]]:
    """Yield the names in a backup and where each belongs."""
    yield LEDGER, files.ledger
    yield "spool", files.spool
    for database in databases:
        if database.path is not None:
            yield f"{database.alias}.sqlite3", database.path
    if media is not None:
        yield "media", media


def _staged(folder: Path, found: manifest.Manifest, data: Path) -> Path:
    """Copy the backup beside the data, so that the moves which follow are quick and cannot fail for room."""
    for left in (data / "tmp").glob("restore-*"):  # the ledger's lock is held, so nobody writes them
        shutil.rmtree(left, ignore_errors=True)
    staged = data / "tmp" / f"restore-{os.getpid()}"
    try:
        for name, file in found.files.items():
            _copy(folder, name, file, staged / name)
    except BaseException:
        shutil.rmtree(staged, ignore_errors=True)
        raise
    return staged


def _copy(folder: Path, name: str, file: manifest.File, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.copyfile(folder / name, target)
    sync_file(target)
    if manifest.digest(target) != file.sha256:
        raise manifest.BackupUnusable(f"{folder} changed while it was read: {name}.")


def _put_aside(places: list[tuple[str, Path]], files: Files, aside: Path) -> None:
    aside.mkdir(mode=0o700)
    for name, place in places:
        for suffix in ("", "-wal", "-shm", ".wal"):
            held = place.with_name(place.name + suffix)
            if held.exists():
                shutil.move(held, aside / (name + suffix))
    sync_folder(aside)
    sync_folder(files.folder)


def _put_in_place(places: list[tuple[str, Path]], staged: Path) -> None:
    for name, place in places:
        if (staged / name).exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(staged / name, place)
            sync_folder(place.parent)
    for name, place in places:
        if name == "spool":
            place.mkdir(mode=0o700, exist_ok=True)


def _mark_unerased(files: Files) -> None:
    """Say that the next leader must erase again before it answers anybody."""
    files.unerased.write_bytes(b"")
    sync_file(files.unerased)
    sync_folder(files.folder)


def _want_room(data: Path, size: int) -> None:
    free, needed = shutil.disk_usage(data).free, 2 * size + (64 << 20)
    if free < needed:
        raise CommandFailed(
            f"{data} has {free >> 20} MB free; the backup and its rewriting need {needed >> 20} MB."
        )
