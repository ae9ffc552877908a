"""One file that holds a site: a ZIP whose parts are listed, counted and hashed in its manifest.

Parts are stored, not packed. Parquet is packed by itself: what it unfolds to is measured where it is read.
All that is read at once has a bound, the list of the ZIP too.
"""

import hashlib
import io
import logging
import os
import re
import shutil
import zipfile
from pathlib import Path
from typing import Annotated, Any

import msgspec
from django.utils.translation import gettext as _

from zoco.ledger import schema
from zoco.ledger.spool.segment import sync_folder

log = logging.getLogger(__name__)

FORMAT, VERSION = "zoco.site", 1
MANIFEST, SETTINGS, SUMS = "manifest.json", "settings.json", "imported.parquet"
FACTS = re.compile(r"facts/\d{4}-\d{2}\.parquet")
PARTS_MOST, LIST_MOST = 5_000, 1 << 20
"""Parts of an archive, and bytes of the list in which the ZIP names them."""
MANIFEST_MOST, SETTINGS_MOST, VALUES_MOST = 2 << 20, 64 << 20, 3_000_000
"""Bytes of both files of JSON, and values in the settings: each takes some 100 bytes where it is read."""
CHUNK = 1 << 20


class ArchiveWrong(ValueError):
    """This is no archive that can be imported here; the message says why and what to do."""


_UNREADABLE = (OSError, ValueError, NotImplementedError, EOFError, zipfile.BadZipFile)
"""What opening a ZIP raises that is none, is cut off, or is of a kind that Python does not read."""
Count = Annotated[int, msgspec.Meta(ge=0, le=1 << 62)]


class Entry(msgspec.Struct):
    """A part: its name, bytes, rows (0 where it has none) and SHA-256."""

    name: str
    size: Count
    sha256: str
    rows: Count = 0


class Manifest(msgspec.Struct):
    """What is in an archive. `origin` tells the site from all others; moments are UTC microseconds."""

    format: str
    version: int
    schema: int
    origin: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}\Z")]
    made_at: int
    name: str
    slug: str
    facts: Count
    parts: list[Entry]


def entry_of(path: Path, name: str, rows: int = 0) -> Entry:
    """Return what the manifest says of a part."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Entry(name, path.stat().st_size, digest, rows)


def archive_write(target: Path, manifest: Manifest, folder: Path) -> None:
    """Write the parts that lie in a folder into one file; it has its name when it is whole."""
    partial = target.with_name(f".{target.name}.partial")
    try:
        with partial.open("wb") as out:
            os.chmod(partial, 0o600)  # noqa: PTH101 - before anything is in it
            with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as file:
                file.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
                for entry in manifest.parts:
                    file.write(folder / entry.name, entry.name)
            out.flush()
            os.fsync(out.fileno())
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    sync_folder(target.parent)


class _Short(io.BufferedReader):
    """A file that gives no more than LIST_MOST bytes at once as long as `is_list`.

    Opening a ZIP reads the whole list, as long as the file says that it is, before anything can be asked.
    """

    is_list = True

    def read(self, size: int | None = -1, /) -> bytes:
        """Read on. Raises ArchiveWrong."""
        if self.is_list and size is not None and size > LIST_MOST:
            raise ArchiveWrong(damaged(MANIFEST, _("it lists too many files")))
        return super().read(size)


class Archive:
    """An archive that is read. Opening looks at its list, `take_out` at every byte. Raises ArchiveWrong."""

    def __init__(self, path: Path) -> None:
        self._raw: _Short | None = None
        try:
            self._raw = _Short(io.FileIO(path))
            self._file = zipfile.ZipFile(self._raw)
            self._raw.is_list = False
            self._list_check()
            self.manifest = self._manifest()
        except BaseException as error:
            self._close()
            if isinstance(error, ArchiveWrong) or not isinstance(error, _UNREADABLE):
                raise
            raise ArchiveWrong(
                _("%(name)s is no archive of a site, or was cut off: %(why)s. Copy it once more.")
                % {"name": path.name, "why": error}
            ) from error

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, *error: object) -> None:
        self._close()

    def _close(self) -> None:
        if self._raw is not None:
            self._raw.close()

    def settings(self) -> dict[str, Any]:
        """Return the settings as they were written."""
        try:
            raw = self._file.read(SETTINGS)
            is_bomb = sum(raw.count(mark) for mark in (b",", b"[", b"{")) > VALUES_MOST
            found = None if is_bomb else msgspec.json.decode(raw)
        except (KeyError, RecursionError, EOFError, zipfile.BadZipFile, msgspec.DecodeError) as error:
            raise _unread(SETTINGS, error) from error
        if is_bomb:
            raise ArchiveWrong(damaged(SETTINGS, _("it holds more values than a site has settings")))
        if not isinstance(found, dict) or not all(
            isinstance(found.get(key), dict) for key in ("site", "parts")
        ):
            raise ArchiveWrong(damaged(SETTINGS, _("it does not hold settings")))
        return found

    def take_out(self, entry: Entry, path: Path) -> Path:
        """Copy a part to a path of ours, comparing its hash."""
        digest = hashlib.sha256()
        try:
            with self._file.open(entry.name) as source, path.open("wb") as target:
                while piece := source.read(CHUNK):
                    digest.update(piece)
                    target.write(piece)
        except (EOFError, zipfile.BadZipFile) as error:
            raise _unread(entry.name, error) from error
        if digest.hexdigest() != entry.sha256:
            raise ArchiveWrong(damaged(entry.name, _("its checksum is another one")))
        return path

    def _list_check(self) -> None:
        """Hold the list of files to names and sizes that there may be."""
        found = self._file.infolist()
        names = [each.filename for each in found]
        strange = [name for name in names if not _is_known(name)]
        if strange or len(set(names)) != len(names) or len(names) > PARTS_MOST:
            said = _("it holds files that do not belong there (%(name)s)") % {
                "name": (strange or names)[0][:80]
            }
            raise ArchiveWrong(damaged(MANIFEST, said))
        for each in found:
            most = {MANIFEST: MANIFEST_MOST, SETTINGS: SETTINGS_MOST}.get(each.filename, each.file_size)
            if each.compress_type != zipfile.ZIP_STORED or each.file_size != each.compress_size:
                raise ArchiveWrong(damaged(each.filename, _("it is packed, and no archive of ours is")))
            if each.flag_bits & 1 or each.file_size > most:
                raise ArchiveWrong(damaged(each.filename, _("it is locked or too large")))

    def _manifest(self) -> Manifest:
        try:
            raw = self._file.read(MANIFEST)
            known = msgspec.json.decode(raw, type=dict[str, Any])
            if known.get("format") != FORMAT:
                raise ArchiveWrong(damaged(MANIFEST, _("it is of another program")))
            if not 0 < int(known.get("version", 0)) <= VERSION or int(known["schema"]) > schema.VERSION:
                raise ArchiveWrong(
                    _("A newer Zoco wrote this archive. Upgrade this installation, then import it again.")
                )
            manifest = msgspec.json.decode(raw, type=Manifest)
        except (KeyError, TypeError, ValueError, RecursionError, EOFError, zipfile.BadZipFile) as error:
            if isinstance(error, ArchiveWrong):
                raise
            raise _unread(MANIFEST, error) from error
        listed = {entry.name: entry.size for entry in manifest.parts}
        there = {each.filename: each.file_size for each in self._file.infolist() if each.filename != MANIFEST}
        rows = sum(entry.rows for entry in manifest.parts if FACTS.fullmatch(entry.name))
        if listed != there or len(listed) != len(manifest.parts) or SETTINGS not in listed:
            raise ArchiveWrong(damaged(MANIFEST, _("its list of parts is not what is there")))
        if rows != manifest.facts or min(entry.rows for entry in manifest.parts) < 0:
            raise ArchiveWrong(damaged(MANIFEST, _("its counts do not add up")))
        return manifest


def _unread(part: str, error: Exception) -> ArchiveWrong:
    """Return the refusal of a part that cannot be read; in whose words it is said stands in the log."""
    log.warning("A part of an archive cannot be read. part=%s why=%s", part, str(error)[:300])
    return ArchiveWrong(damaged(part, _("it cannot be read")))


def damaged(part: str, why: str) -> str:
    """Say that a part cannot be trusted."""
    return _(
        "The archive is damaged or was changed, in %(part)s: %(why)s. Nothing was imported from it; make it "
        "anew."
    ) % {"part": part, "why": why[:300]}


def _is_known(name: str) -> bool:
    return name in (MANIFEST, SETTINGS, SUMS) or bool(FACTS.fullmatch(name))


def room_check(folder: Path, size: int) -> None:
    """Raise ArchiveWrong when so many bytes do not fit beside what is there."""
    free = shutil.disk_usage(folder).free
    if free < size + (64 << 20):
        raise ArchiveWrong(
            _("%(size)s MB are needed and %(free)s MB are free; make room, then go on.")
            % {"size": size >> 20, "free": free >> 20}
        )
