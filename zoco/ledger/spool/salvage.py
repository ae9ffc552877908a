"""Whether a segment is what its writer wrote; the good lines of one that is not, the bad ones aside.

A segment that its writer closed bears a checksum in its name. One that does not (its writer died,
or somebody else made it) is read line by line and held against the schema. A table is good as a
whole or goes aside as a whole.
"""

import os
import re
from decimal import Decimal
from functools import cache
from pathlib import Path
from zlib import crc32

import msgspec

from zoco.ledger import schema
from zoco.ledger.spool import table
from zoco.ledger.spool.folder import SpoolFolder
from zoco.ledger.spool.segment import TABLE, seal_of

LINE_BYTES = 4 << 20
MOMENT_BOUNDS = (-62_135_596_800_000_000, 253_402_300_799_999_999)
_INT_LIMITS = {"int": 1 << 63, "small": 1 << 31}
_MONEY_LIMIT = Decimal(10) ** 14
_REASONS_SHOWN = 20
_CANONICAL = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")


class LineRefused(ValueError):
    """A line is no fact; the message says why."""


def inspect(folder: SpoolFolder, path: Path) -> int:
    """Set aside what in a segment is not to be loaded; returns how many lines that is.

    All of a segment whose checksum differs: which of its values changed cannot be known.
    """
    seal = seal_of(path)
    is_table = path.suffix == TABLE
    if seal is None and not is_table:
        return salvage(folder, path, is_suspect=False)
    content = path.read_bytes()
    if crc32(content) != seal:
        folder.set_aside(path, "the checksum differs: the segment was changed after it was written")
        return 1 if is_table else max(content.count(b"\n"), 1)
    fault = table.fault_of(path) if is_table else ""
    if fault:
        folder.set_aside(path, f"this is no table of facts: {fault}")
        return 1
    return 0


def salvage(folder: SpoolFolder, path: Path, *, is_suspect: bool = True) -> int:
    """Rewrite a segment without its bad lines, which go aside; returns how many those are. A table
    that an engine refused goes aside as it is.

    The good ones are written as we write them, so that every engine reads what was read here (of a
    doubled key the last value). The segment keeps its name. Where every line of a suspect reads well
    the whole file is set aside: an engine refused it, and its reason is not ours to guess.
    """
    if path.suffix == TABLE:
        count = table.row_count(path)
        folder.set_aside(path, "the engine refused the table")
        return count
    good: list[bytes] = []
    bad: list[bytes] = []
    reasons: list[str] = []
    for number, line in enumerate(path.read_bytes().split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            good.append(schema.encoder.encode(check_line(line)))
        except LineRefused as error:
            bad.append(line)
            reasons.append(f"line {number}: {error}")
    if is_suspect and not bad:
        folder.set_aside(path, "the engine refused the segment though each line reads well")
        return len(good)
    if bad:
        folder.set_aside(path, "; ".join(reasons[:_REASONS_SHOWN]), b"\n".join(bad) + b"\n")
    _rewrite(path, good)
    return len(bad)


def check_line(line: bytes) -> schema.Fact:
    """Decode a line and hold it against the columns' bounds. Raises LineRefused."""
    if len(line) > LINE_BYTES:
        raise LineRefused(f"longer than {LINE_BYTES} bytes")
    try:
        fact = schema.decoder.decode(line)
        line.decode()
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise LineRefused(str(error)) from error
    if not _CANONICAL.match(fact.id):
        raise LineRefused(f"id {fact.id!r} is not a UUID in canonical text")
    for name, low, high in _bounds():
        if not low <= getattr(fact, name) <= high:
            raise LineRefused(f"{name} lies outside {low} to {high}")
    return fact


@cache
def _bounds() -> tuple[tuple[str, int | Decimal, int | Decimal], ...]:
    found: list[tuple[str, int | Decimal, int | Decimal]] = []
    for column in schema.columns():
        if column.kind == "moment":
            found.append((column.name, *MOMENT_BOUNDS))
        elif column.kind == "money":
            found.append((column.name, -_MONEY_LIMIT, _MONEY_LIMIT))
        elif column.kind in _INT_LIMITS:
            limit = _INT_LIMITS[column.kind]
            found.append((column.name, -limit, limit - 1))
    return tuple(found)


def _rewrite(path: Path, lines: list[bytes]) -> None:
    partial = path.with_name(f".{path.name}.part")
    with partial.open("wb") as file:
        file.write(b"".join(line + b"\n" for line in lines))
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
