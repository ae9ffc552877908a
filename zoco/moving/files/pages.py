"""What a Parquet file unfolds to, as its pages say themselves: whoever writes one may lie in its footer.

A page is as large in memory as its own header says, and its values no larger than it: only encodings are
let through that write each value out or refer to a dictionary. What dictionaries unfold to is measured
where texts are.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    import pyarrow.parquet as pq

HEADER_MOST, PAGES_MOST = 1 << 16, 20_000
"""Bytes of a header, pages of a group of rows."""
_INT, _BINARY, _STRUCT = 5, 8, 12
_WIDTHS = {1: 0, 2: 0, 3: 1, 7: 8}
# Where a page's encoding stands: the field of its kind in the header, the field in that.
_ENCODED = {5: 2, 7: 2, 8: 4}
_PLAIN = {0, 2, 3, 8}
"""PLAIN, PLAIN_DICTIONARY, RLE, RLE_DICTIONARY."""
Struct = dict[int, "int | Struct | None"]


class PagesWrong(ValueError):
    """The pages of a file are not what they must be; the message says what is wrong."""


def group_bytes(path: Path, group: pq.RowGroupMetaData) -> int:
    """Return how many bytes the pages of a group of rows take, unpacked. Raises PagesWrong."""
    size = count = 0
    if not group.num_rows:  # nothing of it is read, and its pages lie nowhere
        return size
    with path.open("rb") as file:
        for number in range(group.num_columns):
            column = group.column(number)
            at, first = column.data_page_offset, column.dictionary_page_offset
            if column.has_dictionary_page and first and 0 < first < at:
                at = first
            end = at + column.total_compressed_size
            while at < end:
                unpacked, length = _page(file, at)
                size, count, at = size + unpacked, count + 1, at + length
                if count > PAGES_MOST:
                    raise PagesWrong("it has too many pages")
    return size


def _page(file: BinaryIO, at: int) -> tuple[int, int]:
    """Return the bytes of a page unpacked, and of it with its header as it lies there."""
    if at < 0:
        raise PagesWrong("a page lies nowhere")
    file.seek(at)
    reader = _Reader(file.read(HEADER_MOST))
    try:
        header = reader.struct()
    except (IndexError, RecursionError):
        raise PagesWrong("a header of a page cannot be read") from None
    unpacked, packed = header.get(2), header.get(3)
    if not isinstance(unpacked, int) or not isinstance(packed, int):
        raise PagesWrong("a page does not say how large it is")
    for kind, field in _ENCODED.items():
        inner = header.get(kind)
        if isinstance(inner, dict) and inner.get(field) not in _PLAIN:
            raise PagesWrong("a page is encoded as no archive of ours is")
    return unpacked, reader.at + packed


class _Reader:
    """Thrift's compact protocol, strictly: whatever a reader could take in two ways is refused."""

    def __init__(self, raw: bytes) -> None:
        self.raw, self.at = raw, 0

    def struct(self) -> Struct:
        """Read a struct: integers and structs by the number of their field. Raises IndexError, PagesWrong."""
        found: Struct = {}
        field = 0
        while head := self._byte():
            kind, step = head & 15, head >> 4
            field = field + step if step else self._int()
            if field in found:
                raise PagesWrong("a header of a page says something twice")
            found[field] = self._value(kind)
        return found

    def _value(self, kind: int) -> int | Struct | None:
        if kind == _INT:
            value = self._int()
            if not 0 <= value < 1 << 31:
                raise PagesWrong("a header of a page holds a number that cannot be")
            return value
        if kind == _STRUCT:
            return self.struct()
        if kind == _BINARY:
            length = self._varint()
            self.at += length
        elif kind == 6:
            self._varint()
        elif kind in _WIDTHS:
            self.at += _WIDTHS[kind]
        else:
            raise PagesWrong("a header of a page is of no kind that is known")
        return None

    def _byte(self) -> int:
        self.at += 1
        return self.raw[self.at - 1]

    def _varint(self) -> int:
        value = 0
        for shift in range(0, 70, 7):
            byte = self._byte()
            value |= (byte & 127) << shift
            if byte < 128:
                return value
        raise PagesWrong("a header of a page holds a number without end")

    def _int(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)
