"""Columns of a table, made of numpy arrays and texts; `pa.array` would import pandas to look at them."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray


def numbers(values: "NDArray[np.int16] | NDArray[np.int32] | NDArray[np.int64]") -> "pa.Array":
    """Return a column of integers of the same width."""
    import pyarrow as pa

    kind = {2: pa.int16(), 4: pa.int32(), 8: pa.int64()}[values.dtype.itemsize]
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(values)])


def texts(distinct: list[str], places: "NDArray[np.int16] | NDArray[np.int32]") -> "pa.Array":
    """Return a column of texts, each named by its place in `distinct`, which must hold none twice."""
    import numpy as np
    import pyarrow as pa

    encoded = [text.encode() for text in distinct]
    ends = np.zeros(len(encoded) + 1, dtype=np.int32)
    np.cumsum([len(text) for text in encoded], out=ends[1:])
    buffers: list[Any] = [None, pa.py_buffer(ends), pa.py_buffer(b"".join(encoded))]
    dictionary = pa.Array.from_buffers(pa.string(), len(encoded), buffers)
    return pa.DictionaryArray.from_arrays(numbers(places), dictionary)


def repeated(value: str, count: int) -> "pa.Array":
    """Return a column that holds one text everywhere."""
    import numpy as np

    return texts([value], np.zeros(count, dtype=np.int16))


def uuids8(digests: bytes | bytearray) -> "pa.Array":
    """Return a column of UUIDv8 of joined digests of 16 bytes, as `kit.ids.uuid8` makes each of them."""
    import numpy as np
    import pyarrow as pa

    raw = np.frombuffer(digests, dtype=np.uint8).reshape(-1, 16).copy()
    raw[:, 6] = raw[:, 6] & 0x0F | 0x80
    raw[:, 8] = raw[:, 8] & 0x3F | 0x80
    plain = pa.Array.from_buffers(pa.binary(16), len(raw), [None, pa.py_buffer(raw)])
    return pa.ExtensionArray.from_storage(pa.uuid(), plain)
