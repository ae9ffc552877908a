"""The leader's end of the query socket: one thread per connection, which lives as long as its client."""

import logging
import socket
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pyarrow as pa

from zoco.ledger.store.duckdb.socket import address, wire

if TYPE_CHECKING:
    from zoco.ledger.store.duckdb.leader import Leader

log = logging.getLogger(__name__)

PART_BYTES = 1 << 20


class Server:
    """Listens from the moment it is made; replaces whoever listened there before."""

    def __init__(self, path: Path, leader: "Leader") -> None:
        self.path = path
        self._leader = leader
        self._links: set[socket.socket] = set()
        self._is_closed = False
        self._door = address.listen(path)
        self._made = path.stat().st_ino
        threading.Thread(target=self._accept, name="ledger-socket", daemon=True).start()

    def close(self) -> None:
        """Hang up on everybody and take the socket away."""
        self._is_closed = True
        try:
            if self.path.stat().st_ino == self._made:
                self.path.unlink()
        except OSError as error:
            log.debug("The socket was gone already. error=%s", error)
        for link in [self._door, *list(self._links)]:
            try:
                link.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        self._door.close()

    def abandon(self) -> None:
        """In a child after a fork: close the descriptors, which are the parent's."""
        for link in [self._door, *list(self._links)]:
            link.close()

    def _accept(self) -> None:
        while not self._is_closed:
            try:
                link, _ = self._door.accept()
            except OSError as error:
                if not self._is_closed:
                    log.warning("A connection could not be taken. error=%s", error)
                    threading.Event().wait(0.1)
                continue
            self._links.add(link)
            threading.Thread(target=self._serve, args=[link], name="ledger-client", daemon=True).start()

    def _serve(self, link: socket.socket) -> None:
        try:
            while not self._is_closed:
                link.settimeout(None)
                _, payload = wire.receive(link, most=wire.REQUEST_LIMIT)
                link.settimeout(self._leader.desk.seconds)
                self._answer(link, wire.decode_request(payload))
        except (wire.ConnectionLost, TimeoutError, msgspec.DecodeError) as error:
            log.debug("A client went. error=%s", error)
        finally:
            self._links.discard(link)
            link.close()

    def _answer(self, link: socket.socket, request: wire.Request) -> None:
        try:
            if isinstance(request, wire.Query):
                self._stream(link, request.sql)
            else:
                wire.send(link, wire.JSON, [msgspec.json.encode(self._perform(request))])
        except (wire.ConnectionLost, TimeoutError):
            raise
        except Exception as error:
            if not wire.is_known(error):
                log.exception("A request failed. request=%s", type(request).__name__)
            wire.send(link, wire.FAILED, [wire.failure_of(error)])

    def _stream(self, link: socket.socket, sql: str) -> None:
        answer = self._leader.desk.ask(sql, link)
        try:
            parts = _Parts(link)
            with pa.ipc.new_stream(pa.PythonFile(parts, "w"), answer.schema) as stream:
                for batch in answer:
                    stream.write_batch(batch)
                    parts.flush_if_large()
        finally:
            answer.close()
        parts.end()

    def _perform(self, request: wire.Request) -> object:
        leader = self._leader
        match request:
            case wire.Drain():
                return leader.drain()
            case wire.Erase(erasure):
                return leader.erase(erasure)
            case wire.Reclassify(site, changes):
                return leader.reclassify(site, pa.ipc.open_stream(changes).read_all())
            case wire.Retain(site, before, only_evidence):
                return leader.retain(site, before, only_evidence=only_evidence)
            case wire.Imported(site, key, rows):
                return leader.put_imported(site, key, pa.ipc.open_stream(rows).read_all())
            case wire.Compact():
                leader.compact()
                return None
            case wire.Backup(folder):
                return [str(path) for path in leader.backup(Path(folder))]
            case wire.Version():
                return leader.version()
            case _:
                raise wire.LedgerFailed(f"The leader does not know {type(request).__name__}.")


class _Parts:
    """Where pyarrow writes its stream: gathered into frames without copying."""

    closed = False

    def __init__(self, link: socket.socket) -> None:
        self._link = link
        self._parts: list[memoryview] = []
        self._size = 0

    def write(self, part: wire.Buffer) -> int:
        """Take a part."""
        view = memoryview(part)
        self._parts.append(view)
        self._size += view.nbytes
        return view.nbytes

    def flush(self) -> None:
        """Nothing: frames end where `flush_if_large` and `end` say so."""

    def flush_if_large(self) -> None:
        """Send what has gathered when it is worth a frame."""
        if self._size >= PART_BYTES:
            wire.send(self._link, wire.ARROW, self._parts)
            self._parts, self._size = [], 0

    def end(self) -> None:
        """Send the rest as the last frame."""
        wire.send(self._link, wire.END, self._parts)
