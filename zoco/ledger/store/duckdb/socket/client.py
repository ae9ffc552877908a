"""Asking the leader through its socket. Connections are kept and used again, one question at a time each."""

import select
import socket
from collections import deque
from pathlib import Path

import msgspec
import pyarrow as pa

from zoco.ledger.store.base import Drained
from zoco.ledger.store.duckdb.socket import address, wire

KEPT = 32


class NobodyLeads(ConnectionError):
    """Nobody answers at the socket."""


class Client:
    """Any thread may use it. Raises NobodyLeads, wire.ConnectionLost, and what the leader raised.

    `seconds` is how long the leader may be silent during a query.
    """

    def __init__(self, path: Path, *, seconds: float) -> None:
        self.path = path
        self.seconds = seconds
        self._idle: deque[socket.socket] = deque()

    def table(self, sql: str) -> pa.Table:
        """Return the whole answer to a query."""
        link = self._ask(wire.Query(sql), self.seconds)
        whole = bytearray()
        try:
            kind = wire.ARROW
            while kind != wire.END:
                kind, payload = self._take(link)
                whole += payload
        except BaseException:
            link.close()
            raise
        self._put_back(link)
        return pa.ipc.open_stream(pa.py_buffer(whole)).read_all()

    def stream(self, sql: str) -> pa.RecordBatchReader:
        """Return the answer in batches; the connection is its own until it is read or dropped."""
        source = _Source(self, self._ask(wire.Query(sql), self.seconds))
        return pa.ipc.open_stream(pa.PythonFile(source, "r"))

    def number(self, request: wire.Request, seconds: float | None = None) -> int:
        """Ask for something that is answered by a number."""
        return msgspec.json.decode(self._json(request, seconds), type=int)

    def drained(self) -> Drained:
        """Ask for a pass over the spool."""
        return msgspec.json.decode(self._json(wire.Drain(), None), type=Drained)

    def paths(self, request: wire.Request) -> list[Path]:
        """Ask for something that is answered by files."""
        return [Path(name) for name in msgspec.json.decode(self._json(request, None), type=list[str])]

    def done(self, request: wire.Request) -> None:
        """Ask for something that is answered when it is done."""
        self._json(request, None)

    def close(self) -> None:
        """Hang up."""
        while self._idle:
            self._idle.pop().close()

    def _json(self, request: wire.Request, seconds: float | None) -> memoryview:
        link = self._ask(request, seconds)
        try:
            _, payload = self._take(link)
        except BaseException:
            link.close()
            raise
        self._put_back(link)
        return payload

    def _ask(self, request: wire.Request, seconds: float | None) -> socket.socket:
        payload = wire.encode_request(request)
        link = self._link()
        try:
            link.settimeout(seconds)
            wire.send(link, wire.ASK, [payload])
        except BaseException:
            link.close()
            raise
        return link

    def _take(self, link: socket.socket) -> tuple[bytes, memoryview]:
        """Receive a frame, or raise the error that the leader sent."""
        try:
            kind, payload = wire.receive(link)
        except TimeoutError:
            raise wire.ConnectionLost(f"The leader said nothing for {link.gettimeout():g} s.") from None
        if kind == wire.FAILED:
            raise wire.error_of(payload)
        return kind, payload

    def _link(self) -> socket.socket:
        while self._idle:
            try:
                link = self._idle.pop()
            except IndexError:
                break
            if _is_fresh(link):
                return link
            link.close()
        try:
            return address.connect(self.path)
        except (FileNotFoundError, ConnectionRefusedError, ConnectionResetError, BlockingIOError) as error:
            raise NobodyLeads(str(error)) from error

    def _put_back(self, link: socket.socket) -> None:
        if len(self._idle) < KEPT:
            self._idle.append(link)
        else:
            link.close()


class _Source:
    """The frames of one answer as a file that pyarrow reads."""

    closed = False

    def __init__(self, client: Client, link: socket.socket) -> None:
        self._client = client
        self._link: socket.socket | None = link
        self._rest = memoryview(b"")

    def read(self, size: int = -1) -> memoryview | bytes:
        """Return exactly so many bytes unless the answer ends before."""
        if size <= len(self._rest):
            found, self._rest = self._rest[:size], self._rest[size:]
            return found
        whole = bytearray()
        while len(whole) < size:
            if not self._rest and not self._fill():
                break
            part, self._rest = self._rest[: size - len(whole)], self._rest[size - len(whole) :]
            whole += part
        return memoryview(whole)

    def _fill(self) -> bool:
        if self._link is None:
            return False
        try:
            kind, self._rest = self._client._take(self._link)
        except BaseException:
            self.close()
            raise
        if kind == wire.END:
            self._client._put_back(self._link)
            self._link = None
        return bool(self._rest) or self._link is not None

    def close(self) -> None:
        """Hang up if the answer was not read to its end; the leader then stops the query."""
        link, self._link = self._link, None
        if link is not None:
            link.close()

    def __del__(self) -> None:
        self.close()


def _is_fresh(link: socket.socket) -> bool:
    """Say whether a kept connection is still there: nothing may have come in, not even its end."""
    poll = select.poll()
    poll.register(link.fileno(), select.POLLIN)
    return not poll.poll(0)
