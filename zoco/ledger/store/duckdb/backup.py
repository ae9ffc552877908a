"""The leader's part of a backup: spool first, then the ledger, both while no segment is loaded.

Whatever is in neither copy was not acknowledged when the backup began; what is in both is one fact
by its id.
"""

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from zoco.kit.ids import uuid7
from zoco.ledger.spool.folder import SpoolFolder
from zoco.ledger.spool.segment import OPEN, SUFFIX, TABLE, sync_file, sync_folder
from zoco.ledger.store.duckdb.files import Files

if TYPE_CHECKING:
    from zoco.ledger.store.duckdb.engine import Engine


def copy_ledger(engine: "Engine", files: Files, spool: SpoolFolder, folder: Path) -> list[Path]:
    """Copy into a folder; returns the files. Call while nothing else changes the ledger."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return [*copy_spool(spool, folder / "spool"), _copy_file(engine, files, folder / files.ledger.name)]


def copy_spool(spool: SpoolFolder, folder: Path) -> list[Path]:
    """Copy the whole lines of open segments, which are named as if closed, and closed segments.

    The open ones are looked for first: one that is closed meanwhile is then among the others, while
    in the other order it would be among neither.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    begun = [path for path in spool.unfinished() if path.name.endswith(OPEN)]
    copies = [copy for path in [*begun, *spool.closed()] for copy in _copy_segment(path, folder)]
    sync_folder(folder)
    return list(dict.fromkeys(copies))


def _copy_segment(path: Path, folder: Path) -> list[Path]:
    """Copy lines up to the last newline, a table whole; one that was closed meanwhile bears another name."""
    target = folder / path.name.removesuffix(OPEN)
    try:
        lines = path.read_bytes()
    except FileNotFoundError:
        if path.name == target.name:
            return []
        # Its writer closed it, or it was adopted because its writer died.
        sealed = path.parent.glob(f"{target.name.removesuffix(SUFFIX)}.k*{SUFFIX}")
        return _copy_segment(next(sealed, path.with_name(target.name)), folder)
    if path.suffix != TABLE:
        lines = lines[: lines.rfind(b"\n") + 1]
    if not lines:
        return []
    with target.open("wb") as file:
        file.write(lines)
        file.flush()
        os.fsync(file.fileno())
    return [target]


def _copy_file(engine: "Engine", files: Files, target: Path) -> Path:
    """Write the copy beside the ledger, where the engine may write, and move it."""
    partial = files.folder / "tmp" / f"backup-{uuid7()}.duckdb"
    try:
        engine.rewrite(partial)
        sync_file(partial)
        shutil.move(partial, target)
    finally:
        partial.unlink(missing_ok=True)
        partial.with_name(partial.name + ".wal").unlink(missing_ok=True)
    sync_file(target)
    sync_folder(target.parent)
    return target
