"""What an import remembers in the data folder: how far each file was read, and what was refused.

A checkpoint is written after its segment is durable, so a killed import reads a little again and
adds nothing twice. Lines themselves are never kept: they hold addresses.
"""

import os
from hashlib import blake2b
from pathlib import Path

import msgspec

from zoco.collector.logs.files.reading import LogFile, identity_of
from zoco.collector.logs.quick import Refusal
from zoco.collector.reasons import Reason


class Mark(msgspec.Struct, frozen=True):
    """A place in a file: the offset of a line in uncompressed bytes, and how many lines are before it."""

    offset: int = 0
    number: int = 0


class Checkpoint(msgspec.Struct, kw_only=True):
    """How far a file was read. `previous` and `current` lie at or before the starts of the last two
    generations of lines, from where equal lines are counted again.
    """

    instance: str
    head_bytes: int
    head: str
    format: str
    place: Mark
    previous: Mark
    current: Mark
    refused_bytes: int = 0


class Memory:
    """The checkpoint and the refusals of one file, site and set of options. Standard input has none."""

    def __init__(self, folder: Path, log: LogFile, instance: str, *options: object) -> None:
        self.log = log
        self.instance = instance
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        key = self._key(options)
        self.path = folder / f"{key}.json"
        self.refused_path = folder / f"{key}.refused.tsv"
        self._refused_bytes = 0

    def _key(self, options: tuple[object, ...]) -> str:
        if self.log.is_stdin:
            return "stdin"
        identity = self.log.identity()
        words = "\n".join(str(part) for part in (identity.device, identity.inode, *options))
        return blake2b(words.encode(), digest_size=10).hexdigest()

    def load(self) -> Checkpoint | None:
        """Return how far this very file was read, or None: never, another file by now, or restored data."""
        try:
            found = msgspec.json.decode(self.path.read_bytes(), type=Checkpoint)
        except (FileNotFoundError, msgspec.DecodeError):
            return None
        now = identity_of(self.log.raw.fileno(), found.head_bytes)
        shrunk = self.log.is_plain and self.log.size < found.place.offset
        if found.instance != self.instance or now.head != found.head or shrunk:
            return None
        return found

    def begin(self, checkpoint: Checkpoint | None) -> None:
        """Cut the list of refusals back to where the checkpoint was made."""
        self._refused_bytes = checkpoint.refused_bytes if checkpoint else 0
        with self.refused_path.open("ab") as file:
            self._refused_bytes = min(self._refused_bytes, file.tell())
            file.truncate(self._refused_bytes)

    def refuse(self, refusals: list[Refusal]) -> None:
        """Add refusals to the list: line number and reason, parted by a tab."""
        if refusals:
            rows = b"".join(b"%d\t%b\n" % (number, reason.encode()) for number, reason, _ in refusals)
            with self.refused_path.open("ab") as file:
                file.write(rows)
            self._refused_bytes += len(rows)

    def save(self, log_format: str, place: Mark, previous: Mark, current: Mark) -> None:
        """Write the checkpoint; readers see the old one or the new one."""
        if self.log.is_stdin:
            return
        identity = self.log.identity()
        checkpoint = Checkpoint(
            instance=self.instance,
            head_bytes=identity.head_bytes,
            head=identity.head,
            format=log_format,
            place=place,
            previous=previous,
            current=current,
            refused_bytes=self._refused_bytes,
        )
        partial = self.path.with_suffix(f".{os.getpid()}")
        with partial.open("wb") as file:
            file.write(msgspec.json.encode(checkpoint))
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self.path)

    def close(self) -> None:
        """Leave no empty list behind."""
        if not self._refused_bytes:
            self.refused_path.unlink(missing_ok=True)


def refusals_in(path: Path) -> list[tuple[int, Reason]]:
    """Read a list of refusals back."""
    rows = (row.split("\t") for row in path.read_text().splitlines())
    return [(int(number), Reason(reason)) for number, reason in rows]
