"""Marks: who is in a file, as sorted keyed hashes of eight bytes, those of the book of the erased.

Without the key, which no backup holds, they tell nobody; with it, only whether a given one is among them.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

    from zoco.ledger.store.base import Erasure

SIZE = 8
COLUMNS = (("visitor", "visitor"), ("visitor_before", "visitor"), ("known", "visitor"), ("person", "person"))


class Marker:
    """Hashes numbers under this installation's key."""

    def __init__(self, key: bytes) -> None:
        self._mark = lru_cache(maxsize=1 << 18)(self._hashed)
        self._key = key

    def _hashed(self, kind: str, number: int) -> int:
        text = f"{kind} {number}".encode()
        return mark_of(blake2b(text, key=self._key, digest_size=16).hexdigest())

    def of_rows(self, batch: pa.RecordBatch) -> set[int]:
        """Return the marks of everybody in a batch of facts."""
        return {self._mark(kind, number) for column, kind in COLUMNS for number in _distinct(batch, column)}

    def of_erasure(self, erasure: Erasure) -> set[int]:
        """Return the marks of whom an erasure names."""
        named = [("visitor", each) for each in erasure.visitors] + [
            ("person", each) for each in erasure.persons
        ]
        return {self._mark(kind, number) for kind, number in named if number}

    def kept(self, batch: pa.RecordBatch, named: Iterable[tuple[set[int], int]]) -> np.ndarray:
        """Return for each row whether it stays: it is of nobody who is gone, or of after that moment."""
        import pyarrow as pa

        moments = batch.column("occurred_at").cast(pa.int64()).to_numpy(zero_copy_only=False)
        marks = [(column, kind, _distinct(batch, column)) for column, kind in COLUMNS]
        kept = np.ones(batch.num_rows, dtype=bool)
        for gone, until in named:
            is_gone = np.zeros(batch.num_rows, dtype=bool)
            for column, kind, numbers in marks:
                if found := [number for number in numbers if self._mark(kind, number) in gone]:
                    is_gone |= np.isin(batch.column(column).to_numpy(), found)
            kept &= ~(is_gone & (moments <= until))
        return kept


def _distinct(batch: pa.RecordBatch, column: str) -> list[int]:
    """Return the numbers in a column; files from before it was there have none."""
    if column not in batch.schema.names:
        return []
    return [number for number in np.unique(batch.column(column).to_numpy()).tolist() if number]


def mark_of(digest: str) -> int:
    """Return the mark of a hash in the book of the erased."""
    return int.from_bytes(bytes.fromhex(digest)[:SIZE], "little")


def packed(marks: Iterable[int]) -> bytes:
    """Write marks down."""
    return np.array(sorted(marks), dtype="<u8").tobytes()


def unpacked(written: bytes | memoryview) -> set[int]:
    """Read marks."""
    return set(np.frombuffer(bytes(written), dtype="<u8").tolist())


def has_any(written: bytes | memoryview, wanted: set[int]) -> bool:
    """Say whether any of these is among the marks."""
    there = np.frombuffer(bytes(written), dtype="<u8")
    return bool(len(there)) and bool(np.isin(np.array(sorted(wanted), dtype="<u8"), there).any())
