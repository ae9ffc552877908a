"""A segment that the engine refuses: the good lines are kept, each bad one is set aside with why."""

import os
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import msgspec

from zoco.ledger import schema
from zoco.ledger.spool.folder import SpoolFolder
from zoco.ledger.store.duckdb.reading import LINE_BYTES, MOMENT_BOUNDS

_INT_LIMITS = {"int": 1 << 63, "small": 1 << 31}
_MONEY_LIMIT = Decimal(10) ** 14


class LineRefused(ValueError):
    """A line is no fact; the message says why."""


def salvage(folder: SpoolFolder, path: Path) -> int:
    """Rewrite a segment without its bad lines, which go aside; returns how many those are.

    The segment keeps its name. Where every line reads well the whole file is set aside: the
    engine's reason is not ours to guess.
    """
    good: list[bytes] = []
    bad: list[bytes] = []
    reasons: list[str] = []
    for number, line in enumerate(path.read_bytes().split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            check_line(line)
        except LineRefused as error:
            bad.append(line)
            reasons.append(f"line {number}: {error}")
        else:
            good.append(line)
    if not bad:
        folder.set_aside(path, "the engine refused the segment though each line reads well")
        return len(good)
    folder.set_aside(path, "; ".join(reasons[:20]), b"\n".join(bad) + b"\n")
    _rewrite(path, good)
    return len(bad)


def check_line(line: bytes) -> schema.Fact:
    """Decode a line and hold it against the columns' bounds. Raises LineRefused."""
    if len(line) > LINE_BYTES:
        raise LineRefused(f"longer than {LINE_BYTES} bytes")
    try:
        fact = schema.decoder.decode(line)
        UUID(fact.id)
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise LineRefused(str(error)) from error
    for column in schema.columns():
        _check_value(column, getattr(fact, column.name))
    return fact


def _check_value(column: schema.Column, value: object) -> None:
    if column.kind == "moment" and not MOMENT_BOUNDS[0] <= int(str(value)) <= MOMENT_BOUNDS[1]:
        raise LineRefused(f"{column.name} lies outside the years 1 to 9999")
    if (
        column.kind in _INT_LIMITS
        and not -_INT_LIMITS[column.kind] <= int(str(value)) < _INT_LIMITS[column.kind]
    ):
        raise LineRefused(f"{column.name} is too large")
    if column.kind == "money" and not (isinstance(value, Decimal) and abs(value) < _MONEY_LIMIT):
        raise LineRefused(f"{column.name} is not an amount below {_MONEY_LIMIT}")


def _rewrite(path: Path, lines: list[bytes]) -> None:
    partial = path.with_name(f".{path.name}.part")
    with partial.open("wb") as file:
        file.write(b"".join(line + b"\n" for line in lines))
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
