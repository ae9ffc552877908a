"""Files of facts: Parquet, or CSV packed as gzip. The same facts give the same bytes."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from zoco.monitor.exports.days import arrow
from zoco.monitor.exports.models import Format

if TYPE_CHECKING:
    import pyarrow as pa

    from zoco.monitor.exports.marks import Marker

PART_ROWS = 1_000_000
ENDINGS = {Format.PARQUET: "parquet", Format.CSV: "csv.gz"}
PACKING = 6


@dataclass(frozen=True, slots=True)
class Part:
    """A file that was written here."""

    path: Path
    rows: int


class Writer:
    """Writes one file; close it."""

    def __init__(self, path: Path, format: str) -> None:
        from pyarrow import csv, parquet

        self.path = path
        self.rows = 0
        self._stack = ExitStack()
        self._to: Any
        if format == Format.PARQUET:
            self._to = self._stack.enter_context(parquet.ParquetWriter(path, arrow(), compression="zstd"))
        else:
            raw = self._stack.enter_context(path.open("wb"))
            # Neither name nor time in it, so that the same rows give the same bytes.
            packed = self._stack.enter_context(gzip.GzipFile("", "wb", PACKING, raw, mtime=0))
            self._to = self._stack.enter_context(csv.CSVWriter(packed, arrow()))

    def write(self, batch: pa.RecordBatch) -> None:
        """Add rows."""
        self._to.write_batch(batch)
        self.rows += batch.num_rows

    def close(self) -> Part:
        """End the file."""
        self._stack.close()
        return Part(self.path, self.rows)


def parts_write(
    batches: Iterable[pa.RecordBatch], folder: Path, format: str, *, most: int = PART_ROWS
) -> list[Part]:
    """Write rows into files of at most so many rows; without any, one with the head alone."""
    done: list[Part] = []
    writer = Writer(folder / "1", format)
    try:
        for batch in batches:
            rest = batch
            while rest.num_rows:
                if writer.rows == most:
                    done.append(writer.close())
                    writer = Writer(folder / str(len(done) + 1), format)
                piece = rest.slice(0, most - writer.rows)
                writer.write(piece)
                rest = rest.slice(piece.num_rows)
    finally:
        last = writer.close()
    return [*done, last]


def rows_read(file: BinaryIO, format: str) -> Iterator[pa.RecordBatch]:
    """Return the rows of a file."""
    from pyarrow import csv, parquet

    if format == Format.PARQUET:
        yield from parquet.ParquetFile(file).iter_batches()
        return
    types = {field.name: field.type for field in arrow()}
    with gzip.GzipFile(fileobj=file) as unpacked:
        yield from csv.open_csv(
            unpacked,
            parse_options=csv.ParseOptions(newlines_in_values=True),
            convert_options=csv.ConvertOptions(column_types=types, strings_can_be_null=False),
        )


def rows_without(
    file: BinaryIO, path: Path, format: str, *, marker: Marker, gone: set[int], until: int
) -> tuple[int, int]:
    """Write a file again without whoever is gone; returns how many rows went and how many stay."""
    import pyarrow as pa

    removed = 0
    writer = Writer(path, format)
    try:
        for batch in rows_read(file, format):
            kept = marker.kept(batch, gone, until)
            removed += int((~kept).sum())
            writer.write(batch.filter(pa.array(kept)).cast(arrow()))
    finally:
        part = writer.close()
    return removed, part.rows
