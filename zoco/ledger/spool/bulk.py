"""Bulk segments: an import writes a whole file and renames it into the folder when it is complete."""

from collections.abc import Collection
from pathlib import Path
from types import TracebackType

from zoco.ledger.spool.segment import BULK, Segment


class BulkSegment:
    """Use as a context manager. On a clean exit the segment is durable and can be drained;
    on an exception it is removed. An empty one leaves nothing. `columns` names all columns that
    its lines can have: values of any other would not be loaded. None: any.
    """

    def __init__(self, folder: Path, instance: str, columns: Collection[str] | None = None) -> None:
        self.folder = folder
        self.instance = instance
        self.columns = columns
        self._segment: Segment | None = None

    def __enter__(self) -> "BulkSegment":
        self.folder.mkdir(parents=True, exist_ok=True)
        self._segment = Segment(self.folder, self.instance, BULK, self.columns)
        return self

    def write(self, lines: bytes) -> None:
        """Add encoded lines, each ended by a newline."""
        if self._segment is None:
            raise ValueError("A bulk segment is written inside its with block.")
        self._segment.write(lines)

    @property
    def size(self) -> int:
        """Bytes written so far."""
        return self._segment.size if self._segment else 0

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        segment, self._segment = self._segment, None
        if segment is None:
            return
        if kind is None and segment.size:
            segment.close()
        else:
            segment.discard()
