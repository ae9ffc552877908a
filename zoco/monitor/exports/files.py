"""Files of facts: Parquet, or CSV packed as gzip. The same facts give the same bytes."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from zoco.monitor.exports.days import arrow
from zoco.monitor.exports.models import Format

if TYPE_CHECKING:
    import pyarrow as pa

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

    def __init__(self, path: Path, format: str, columns: pa.Schema | None = None) -> None:
        from pyarrow import csv, parquet

        self.columns = columns or arrow()

        self.path = path
        self.rows = 0
        self._stack = ExitStack()
        self._to: Any
        if format == Format.PARQUET:
            self._to = self._stack.enter_context(
                parquet.ParquetWriter(path, self.columns, compression="zstd")
            )
        else:
            raw = self._stack.enter_context(path.open("wb"))
            # Neither name nor time in it, so that the same rows give the same bytes.
            packed = self._stack.enter_context(gzip.GzipFile("", "wb", PACKING, raw, mtime=0))
            self._to = self._stack.enter_context(csv.CSVWriter(packed, self.columns))

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


def file_schema(file: BinaryIO, format: str) -> pa.Schema:
    """Return the columns that a file was written with; those of CSV that we know no more are text."""
    import pyarrow as pa
    from pyarrow import parquet

    if format == Format.PARQUET:
        columns = parquet.ParquetFile(file).schema_arrow
    else:
        with gzip.GzipFile(fileobj=file) as unpacked:
            head = next(csv.reader(io.TextIOWrapper(unpacked, "utf-8", newline="")), [])
        known = {each.name: each.type for each in arrow()}
        columns = pa.schema([(name, known.get(name, pa.string())) for name in head])
    file.seek(0)
    return columns


def rows_read(file: BinaryIO, format: str) -> Iterator[pa.RecordBatch]:
    """Return the rows of a file, with the columns that it was written with."""
    from pyarrow import csv as arrow_csv
    from pyarrow import parquet

    if format == Format.PARQUET:
        yield from parquet.ParquetFile(file).iter_batches()
        return
    types = {each.name: each.type for each in file_schema(file, format)}
    with gzip.GzipFile(fileobj=file) as unpacked:
        yield from arrow_csv.open_csv(
            unpacked,
            parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
            convert_options=arrow_csv.ConvertOptions(column_types=types, strings_can_be_null=False),
        )
