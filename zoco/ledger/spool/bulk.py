"""Bulk segments: an import writes a whole file and renames it into the folder when it is complete."""

import io
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from zoco.ledger.spool import table as tables
from zoco.ledger.spool.segment import BULK, SUFFIX, TABLE, Segment

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq


class _Bulk:
    """Use as a context manager. On a clean exit the segment is durable and can be drained;
    on an exception it is removed. An empty one leaves nothing.
    """

    suffix = SUFFIX

    def __init__(self, folder: Path, instance: str) -> None:
        self.folder = folder
        self.instance = instance
        self._segment: Segment | None = None

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._segment = Segment(self.folder, self.instance, BULK, self.suffix)
        return self

    @property
    def open(self) -> Segment:
        """Return the segment that is written. Raises ValueError outside the with block."""
        if self._segment is None:
            raise ValueError("A bulk segment is written inside its with block.")
        return self._segment

    @property
    def size(self) -> int:
        """Bytes written so far."""
        return self._segment.size if self._segment else 0

    def _complete(self) -> None:
        """Write what is still to come."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        segment = self.open
        try:
            if kind is None:
                self._complete()
        except BaseException:
            segment.discard()
            raise
        finally:
            self._segment = None
        if kind is None and segment.size:
            segment.close()
        else:
            segment.discard()


class BulkSegment(_Bulk):
    """A segment of lines."""

    def write(self, lines: bytes) -> None:
        """Add encoded lines, each ended by a newline."""
        self.open.write(lines)


class BulkTable(_Bulk):
    """A segment of Arrow tables, all with the same columns; a third of the cost of lines to load.

    For history only: what is in it is told to no subscriber.
    """

    suffix = TABLE
    _writer: "pq.ParquetWriter | None" = None

    def write(self, table: "pa.Table") -> None:
        """Add facts, best by the hundred thousand. Raises ValueError for what are no columns of facts."""
        whole = tables.whole(table)
        if self._writer is None:
            self._writer = tables.writer(_Sink(self.open), whole.schema)
        self._writer.write_table(whole, row_group_size=max(whole.num_rows, 1))

    def _complete(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()


class _Sink(io.RawIOBase):
    """A segment as a file that can only be written."""

    def __init__(self, segment: Segment) -> None:
        self.segment = segment

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.segment.size

    def write(self, data: "io.BytesIO | bytes") -> int:  # type: ignore[override]
        content = bytes(data)  # type: ignore[arg-type]
        self.segment.write(content)
        return len(content)
