"""Who was erased: keyed hashes and times in a file that no backup holds, so nobody comes back.

The key lies in keys/, the hashes in the file `erasures`, one JSON line each; only appended to.
"""

import fcntl
import logging
import os
import re
import secrets
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Literal
from zlib import crc32

import msgspec

from zoco.kit.files import made_once
from zoco.ledger.schema import Fact
from zoco.ledger.spool import table
from zoco.ledger.spool.folder import SpoolFolder
from zoco.ledger.spool.segment import TABLE, seal_of, sync_file, sync_folder
from zoco.ledger.store.base import Erasure

log = logging.getLogger(__name__)

Kind = Literal["visitor", "person"]
ERASING = ".erasing"
_NUMBERS = re.compile(rb'"(visitor|visitor_before|known|person|site|occurred_at)"\s*:\s*"?(\d+)')


class ErasureKeyLost(RuntimeError):
    """There are erasures, but the key without which they mean nothing is gone."""


class Entry(msgspec.Struct, omit_defaults=True):
    """One line of the file. `site` 0 means all sites; `at` in UTC microseconds."""

    at: int
    kind: Kind
    hash: str
    site: int = 0


class _Marks(msgspec.Struct):
    """What of a line of the spool tells whose it is."""

    site: int = 0
    occurred_at: int = 0
    visitor: int = 0
    visitor_before: int = 0
    person: int = 0
    known: int = 0


_marks = msgspec.json.Decoder(_Marks)


class Erasures:
    """The book of the erased. Read at start; raises ErasureKeyLost."""

    def __init__(self, data: Path) -> None:
        self.path = data / "erasures"
        self.key_path = data / "keys" / "erasures"
        self.signature = _signature(self.path)
        self._until: dict[tuple[Kind, str], list[tuple[int, int]]] = {}
        self._known: dict[tuple[Kind, int], str] = {}
        self._key = self.key_path.read_bytes() if self.key_path.exists() else b""
        for entry in _entries(self.path):
            self._remember(entry)
        if self and not self._key:
            raise ErasureKeyLost(
                f"{self.key_path} is gone, and without it nobody can tell who was erased; bring it back "
                "from where you keep keys."
            )

    def __bool__(self) -> bool:
        return bool(self._until)

    def add(self, erasure: Erasure) -> None:
        """Write an erasure down; returns when it is durable."""
        if not self._key:
            self._key = erasure_key(self.path.parent)
            self._known.clear()
        named: list[tuple[Kind, int]] = [
            *(("visitor", number) for number in erasure.visitors if number),
            *(("person", number) for number in erasure.persons if number),
        ]
        entries = [
            Entry(at=erasure.at, kind=kind, hash=self._hash(kind, number), site=erasure.site)
            for kind, number in named
        ]
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "ab") as file:
            fcntl.flock(handle, fcntl.LOCK_EX)
            os.ftruncate(handle, len(_whole_lines(self.path)))
            file.write(b"".join(msgspec.json.encode(entry) + b"\n" for entry in entries))
            file.flush()
            os.fsync(file.fileno())
        sync_folder(self.path.parent)
        self.signature = _signature(self.path)
        for entry in entries:
            self._remember(entry)

    def visitors(self, pairs: list[tuple[int, int]]) -> list[tuple[int, int, int]]:
        """Of (site, visitor) return the erased ones as (site, visitor, until in microseconds)."""
        return self._erased("visitor", pairs)

    def persons(self, pairs: list[tuple[int, int]]) -> list[tuple[int, int, int]]:
        """Of (site, person) return the erased ones as (site, person, until in microseconds)."""
        return self._erased("person", pairs)

    def found_in(self, pairs: list[tuple[int, int]], persons: list[tuple[int, int]]) -> list[Erasure]:
        """Of (site, visitor) and (site, person) return the erased as erasures, one for each."""
        found = [Erasure(at=at, site=site, visitors=(one,)) for site, one, at in self.visitors(pairs)]
        found += [Erasure(at=at, site=site, persons=(one,)) for site, one, at in self.persons(persons)]
        return found

    def hashes(self) -> Iterator[tuple[str, int, int]]:
        """Return all entries as (hash, site, until in microseconds); site 0 means all sites."""
        for (_kind, found), marked in list(self._until.items()):
            yield from ((found, site, at) for site, at in marked)

    def is_erased(self, fact: Fact) -> bool:
        """Say whether a fact is of somebody who was erased after it happened."""
        marks = _Marks(**{name: getattr(fact, name) for name in _Marks.__struct_fields__})
        return bool(self) and self._has(marks)

    def strip(self, path: Path) -> int:
        """Rewrite a segment without the lines of the erased; returns how many those were.

        A segment of which nothing is left is removed.
        """
        if not self:
            return 0
        if path.suffix == TABLE:
            return self._strip_table(path)
        gone, found = 0, 0
        with path.open("rb") as file:
            for line in file:
                found = crc32(line, found)
                gone += self._is_erased_line(line)
        if gone:
            self._rewrite(path, is_sealed=seal_of(path) == found)
        return gone

    def strip_folder(self, folder: SpoolFolder) -> int:
        """Strip all closed segments and all lines set aside."""
        return sum(self.strip(path) for path in [*folder.closed(), *folder.aside()])

    def _rewrite(self, path: Path, *, is_sealed: bool) -> None:
        """Write the rest beside the segment, then in its place; a whole segment is sealed anew."""
        partial = path.with_name(path.name + ERASING)
        seal = 0
        with path.open("rb") as file, partial.open("wb") as rest:
            for line in file:
                if not self._is_erased_line(line):
                    seal = crc32(line, seal)
                    rest.write(line)
            rest.flush()
            os.fsync(rest.fileno())
            is_empty = not rest.tell()
        _exchange(path, None if is_empty else partial, seal if is_sealed else None)

    def _strip_table(self, path: Path) -> int:
        """Do the same for a table. One that nobody can read goes as a whole: whose it is cannot be
        known, and what was imported can be imported again.
        """
        import pyarrow as pa

        partial = path.with_name(path.name + ERASING)
        try:
            marks = (
                _Marks(*(number or 0 for number in row)) for row in table.rows(path, _Marks.__struct_fields__)
            )
            gone = {number for number, each in enumerate(marks) if self._has(each)}
            if not gone:
                return 0
            is_sealed = seal_of(path) == crc32(path.read_bytes())
            kept = table.copy_where(path, partial, lambda number: number not in gone)
        except (OSError, pa.ArrowException) as error:
            log.warning("A table that nobody can read was removed. segment=%s error=%s", path.name, error)
            _exchange(path, None, None)
            return 1
        sync_file(partial)
        _exchange(path, partial if kept else None, crc32(partial.read_bytes()) if is_sealed else None)
        return len(gone)

    def _is_erased_line(self, line: bytes) -> bool:
        try:
            marks = _marks.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            marks = _marks_of_torn(line)
        return self._has(marks)

    def _has(self, marks: _Marks) -> bool:
        looked: tuple[tuple[Kind, int], ...] = (
            ("visitor", marks.visitor),
            ("visitor", marks.visitor_before),
            ("visitor", marks.known),
            ("person", marks.person),
        )
        return any(
            number and self._until_of(kind, marks.site, number) >= marks.occurred_at
            for kind, number in looked
        )

    def _erased(self, kind: Kind, pairs: list[tuple[int, int]]) -> list[tuple[int, int, int]]:
        found = [(site, number, self._until_of(kind, site, number)) for site, number in pairs]
        return [(site, number, until) for site, number, until in found if until >= 0]

    def _until_of(self, kind: Kind, site: int, number: int) -> int:
        """Return until when somebody is erased on a site, -1 for never."""
        marked = self._until.get((kind, self._hash(kind, number)))
        if marked is None:
            return -1
        return max((at for where, at in marked if where in (0, site) or not site), default=-1)

    def _remember(self, entry: Entry) -> None:
        self._until.setdefault((entry.kind, entry.hash), []).append((entry.site, entry.at))

    def _hash(self, kind: Kind, number: int) -> str:
        known = self._known.get((kind, number))
        if known is None:
            if len(self._known) > 100_000:
                self._known.clear()
            text = f"{kind} {number}".encode()
            known = self._known[kind, number] = blake2b(text, key=self._key, digest_size=16).hexdigest()
        return known


def _exchange(path: Path, partial: Path | None, seal: int | None) -> None:
    """Put the rest of a segment in its place, sealed if there is a seal; None: nothing is left."""
    if partial is None:
        path.with_name(path.name + ERASING).unlink(missing_ok=True)
        path.unlink()
        path.with_name(path.name + ".json").unlink(missing_ok=True)
    else:
        target = path if seal is None else _sealed(path, seal)
        partial.replace(target)
        if target != path:
            path.unlink()
    sync_folder(path.parent)


def _sealed(path: Path, seal: int) -> Path:
    """Return a segment's name with another checksum."""
    parts = [f"k{seal:08x}" if part == f"k{seal_of(path):08x}" else part for part in path.name.split(".")]
    return path.with_name(".".join(parts))


def _marks_of_torn(line: bytes) -> _Marks:
    """Read the marks of a line that is no JSON; one without a moment counts as old."""
    found = {name.decode(): int(number) for name, number in _NUMBERS.findall(line)}
    return _Marks(**found)


def _entries(path: Path) -> Iterator[Entry]:
    for line in _whole_lines(path).splitlines():
        if line.strip():
            yield msgspec.json.decode(line, type=Entry)


def _whole_lines(path: Path) -> bytes:
    """Return the file up to its last line end. What stands behind it a killed process or a full disk
    cut off: that erasure was never acknowledged, and its line must neither stop us nor spoil the next.
    """
    content = path.read_bytes() if path.exists() else b""
    return content[: content.rfind(b"\n") + 1]


def _signature(path: Path) -> tuple[int, int]:
    try:
        state = path.stat()
    except FileNotFoundError:
        return (0, 0)
    return (state.st_mtime_ns, state.st_size)


def erasure_key(data: Path) -> bytes:
    """Return the key of this installation's erasures, made where it is missing."""
    path = data / "keys" / "erasures"
    path.parent.mkdir(mode=0o700, exist_ok=True)
    return made_once(path, lambda: secrets.token_bytes(32))


_books: dict[Path, Erasures] = {}


def book(data: Path) -> Erasures:
    """Return the book of a data folder, read again when another process wrote into it."""
    place = data.absolute().resolve()
    held = _books.get(place)
    if held is None or held.signature != _signature(held.path):
        held = _books[place] = Erasures(place)
    return held
