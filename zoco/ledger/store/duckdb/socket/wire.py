"""What travels over the query socket: requests as MessagePack, answers as JSON or an Arrow stream.

Everything is framed: one letter for the kind, four bytes for the length, the payload.
"""

import socket
import struct
from collections.abc import Sequence
from typing import TypeAlias

import msgspec
import pyarrow as pa

from zoco.ledger.store.base import Erasure, QueryFailed, QueryRefused, StoreBusy, StoreNewer

HEAD = struct.Struct("<cI")
ASK, ARROW, END, JSON, FAILED = b"Q", b"A", b"E", b"J", b"X"
REQUEST_LIMIT = 256 << 20
Buffer: TypeAlias = bytes | bytearray | memoryview


class ConnectionLost(ConnectionError):
    """The other side went away before it had said everything."""


class LedgerFailed(RuntimeError):
    """The leader could not do what was asked; the message says why."""


class LedgerMoved(LedgerFailed):
    """The file was replaced under the question by a compaction; ask again."""


class QueryTooSlow(QueryFailed):
    """The query took longer than QUERY_SECONDS and was stopped."""


class Query(msgspec.Struct, tag="query"):
    """Answer one SELECT with an Arrow stream."""

    sql: str


class Drain(msgspec.Struct, tag="drain"):
    """Load what the spool holds now."""


class Erase(msgspec.Struct, tag="erase"):
    """Erase visitors and persons."""

    erasure: Erasure


class Reclassify(msgspec.Struct, tag="reclassify"):
    """Overwrite derived columns; `changes` is an Arrow stream."""

    site: int
    changes: bytes


class Retain(msgspec.Struct, tag="retain"):
    """Drop what occurred before."""

    site: int
    before: int
    only_evidence: bool = False


class Imported(msgspec.Struct, tag="imported"):
    """Let an import have these daily sums; `rows` is an Arrow stream."""

    site: int
    key: str
    rows: bytes


class Compact(msgspec.Struct, tag="compact"):
    """Rewrite the file."""


class Backup(msgspec.Struct, tag="backup"):
    """Copy ledger and spool into a folder of this machine."""

    folder: str


class Version(msgspec.Struct, tag="version"):
    """Tell the number of the data."""


Request: TypeAlias = Query | Drain | Erase | Reclassify | Retain | Imported | Compact | Backup | Version


class Failure(msgspec.Struct):
    """An error on its way back: the name of its class and its message."""

    kind: str
    message: str


_ERRORS: dict[str, type[Exception]] = {
    kind.__name__: kind
    for kind in (StoreBusy, StoreNewer, QueryRefused, QueryFailed, QueryTooSlow, LedgerMoved, LedgerFailed)
}
encode_request = msgspec.msgpack.Encoder().encode
decode_request = msgspec.msgpack.Decoder(Request).decode


def table_bytes(table: pa.Table) -> bytes:
    """Write a table as an Arrow stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    whole: bytes = sink.getvalue().to_pybytes()
    return whole


def failure_of(error: Exception) -> bytes:
    """Write an error down; of foreign classes only the message survives."""
    kind = type(error).__name__ if is_known(error) else "LedgerFailed"
    return msgspec.json.encode(Failure(kind, str(error)))


def is_known(error: Exception) -> bool:
    """Say whether an error keeps its class on its way."""
    return type(error).__name__ in _ERRORS


def error_of(payload: Buffer) -> Exception:
    """Read an error that `failure_of` wrote."""
    failure = msgspec.json.decode(payload, type=Failure)
    return _ERRORS.get(failure.kind, LedgerFailed)(failure.message)


def send(link: socket.socket, kind: bytes, parts: Sequence[Buffer] = ()) -> None:
    """Send one frame, gathered from its parts. Raises ConnectionLost, TimeoutError."""
    views = [memoryview(part).cast("B") for part in parts if len(part)]
    waiting = [memoryview(HEAD.pack(kind, sum(view.nbytes for view in views))), *views]
    try:
        while waiting:
            sent = link.sendmsg(waiting[:512])
            while waiting and sent >= waiting[0].nbytes:
                sent -= waiting.pop(0).nbytes
            if sent:
                waiting[0] = waiting[0][sent:]
    except TimeoutError:
        raise
    except OSError as error:
        raise ConnectionLost(str(error)) from error


def receive(link: socket.socket, *, most: int = 0) -> tuple[bytes, memoryview]:
    """Receive one frame of at most so many bytes, 0 for any. Raises ConnectionLost, TimeoutError."""
    kind, length = HEAD.unpack(_exactly(link, HEAD.size))
    if most and length > most:
        raise ConnectionLost(f"A frame of {length} bytes is longer than {most}.")
    return kind, memoryview(_exactly(link, length))


def _exactly(link: socket.socket, length: int) -> bytearray:
    whole = bytearray(length)
    rest = memoryview(whole)
    while rest:
        try:
            got = link.recv_into(rest)
        except TimeoutError:
            raise
        except OSError as error:
            raise ConnectionLost(str(error)) from error
        if not got:
            raise ConnectionLost("The other side hung up.")
        rest = rest[got:]
    return whole
