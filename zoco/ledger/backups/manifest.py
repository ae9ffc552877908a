"""The manifest of a backup: which files belong to it, how long they are, what they add up to."""

import hashlib
from pathlib import Path, PurePosixPath

import msgspec

from zoco.kit.commands import CommandFailed
from zoco.ledger import schema

NAME = "manifest.json"
FOLDERS = ("spool", "media")
FORMAT = 1
CHUNK = 1 << 20


class BackupUnusable(CommandFailed):
    """A folder is no backup, or not a whole one, or a newer program made it."""


class File(msgspec.Struct, frozen=True):
    """One file of a backup."""

    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about a backup. `files` are relative paths with forward slashes.

    `databases` maps an alias of Django's databases to its vendor: those of sqlite are in the backup.
    """

    format: int = FORMAT
    made_at: str
    zoco: str
    schema: int
    engine: str
    databases: dict[str, str]
    files: dict[str, File]

    @property
    def size(self) -> int:
        """Return the bytes of all files."""
        return sum(file.size for file in self.files.values())


def write(folder: Path, manifest: Manifest) -> None:
    """Write the manifest; with it the backup is whole."""
    (folder / NAME).write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n")


def read(folder: Path) -> Manifest:
    """Read a manifest and see that this program can use the backup. Raises BackupUnusable."""
    path = folder / NAME
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except FileNotFoundError:
        raise BackupUnusable(f"{folder} is no backup: there is no {NAME} in it.") from None
    except (msgspec.DecodeError, OSError) as error:
        raise BackupUnusable(f"{path} cannot be read: {error}.") from error
    if manifest.format > FORMAT or manifest.schema > schema.VERSION:
        raise BackupUnusable(f"{folder} was made by Zoco {manifest.zoco}, which is newer; install that one.")
    for name in manifest.files:
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
            raise BackupUnusable(f"{path} names {name}, which lies outside the backup.")
        first, *rest = PurePosixPath(name).parts or [""]
        if manifest.engine == "duckdb" and bool(rest) is not (first in FOLDERS):
            raise BackupUnusable(f"{path} names {name}, which no backup has.")
    return manifest


def verify(folder: Path, manifest: Manifest) -> None:
    """Hold every file against the manifest. Raises BackupUnusable with the first that differs."""
    for name, expected in manifest.files.items():
        path = folder / name
        if not path.is_file():
            raise BackupUnusable(f"{folder} is not whole: {name} is missing.")
        if path.stat().st_size != expected.size or digest(path) != expected.sha256:
            raise BackupUnusable(f"{folder} is damaged: {name} is not as it was written.")


def describe(folder: Path) -> dict[str, File]:
    """Return all files of a folder, as the manifest names them."""
    return {
        path.relative_to(folder).as_posix(): File(path.stat().st_size, digest(path))
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def digest(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            found.update(chunk)
    return found.hexdigest()
