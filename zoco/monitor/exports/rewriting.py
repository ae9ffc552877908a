"""Files of a day written again without whoever is gone. Each keeps the columns that it was written with."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from zlib import error as Unpackable

from zoco.monitor.exports import holding, saying
from zoco.monitor.exports.files import Writer, file_schema, rows_read
from zoco.monitor.exports.marks import Marker, packed
from zoco.monitor.exports.targets import FileOut, Target, TargetOut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zoco.monitor.exports.models import ExportDay

    Named = Sequence[tuple[set[int], int]]


@dataclass(slots=True)
class Rest:
    """What stays of files: rows, and the marks of everybody in them."""

    gone: int = 0
    rows: int = 0
    marks: set[int] = field(default_factory=set)


def day_rewrite(day: ExportDay, target: Target, named: Named, marker: Marker) -> int:
    """Write each file of a day that holds them again, without them; returns how many rows went.

    The day's lock must be held. The index forgets their marks as the files do. Raises TargetOut.
    """
    rest, is_whole = Rest(), True
    path = holding.work_folder(day) / "rest"
    for name in day.files:
        before = rest.gone
        try:
            with target.open(name) as file:
                _without(file, path, day.format, marker, named, rest)
        except FileNotFoundError:
            is_whole = False
            continue
        except TargetOut:
            raise
        except (OSError, EOFError, ValueError, Unpackable) as error:
            raise FileOut(saying.BROKEN, file=name, error=type(error).__name__) from error
        if rest.gone > before:
            target.put(name, path)
    day.rows = rest.rows if is_whole else max(0, day.rows - rest.gone)
    fields = ["rows"]
    if is_whole and day.made_at is not None:
        day.marks = packed(rest.marks)
        fields.append("marks")
    day.save(update_fields=fields)
    return rest.gone


def _without(
    file: BinaryIO, path: Path, format: str, marker: Marker, named: Named, rest: Rest
) -> None:  # fmt: skip
    """Write a file again, with the columns that it has, and add up what stays."""
    import pyarrow as pa

    writer = Writer(path, format, file_schema(file, format))
    try:
        for batch in rows_read(file, format):
            kept = pa.array(marker.kept(batch, named))
            left = batch.filter(kept)
            writer.write(left)
            rest.gone += batch.num_rows - left.num_rows
            rest.rows += left.num_rows
            rest.marks |= marker.of_rows(left)
    finally:
        writer.close()
