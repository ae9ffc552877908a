"""A short way for `POST /e` through uvicorn: no task, no scope, one write for the answer.

Whatever is not plainly that (another address, Expect: 100-continue, a request behind one that is not yet
answered, a client who does not read) goes uvicorn's own way, to the same collector. Parsing, keep-alive,
time-outs, pipelining and shutting down are uvicorn's in both.
"""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from zoco.collector.live import answers
from zoco.collector.live.answers import Answer
from zoco.collector.live.servers.endpoint import Collector, headers_of
from zoco.collector.live.wire import BODY_BYTES

Headers = list[tuple[bytes, bytes]]
ADDRESS = b"/e"
HEAD_BYTES = 65_536
"""Of an address and all headers together, those behind a body as well; uvicorn sets no limit."""


class HeadTooLong(ValueError):
    """An address and its headers are longer than HEAD_BYTES; uvicorn answers 400 and closes."""


class _Nobody(asyncio.Event):
    """Nobody waits for a message: a request is taken when it is whole."""

    def set(self) -> None:
        """Wake nobody."""


_NOBODY = _Nobody()


class Post(RequestResponseCycle):
    """One request on its way, in the shape in which uvicorn's protocol knows what it works on."""

    facts: bytes | None = b""
    size = 0
    is_taken = False
    # What uvicorn's protocol reads and sets.
    message_event = _NOBODY
    disconnected = False
    response_complete = False
    more_body = True

    def __init__(self, protocol: FactsProtocol, keep_alive: bool) -> None:
        self.protocol = protocol
        self.headers = protocol.headers
        self.peer = protocol.client[0] if protocol.client else ""
        self.keep_alive = keep_alive
        self.parts: list[bytes] = []

    def add(self, body: bytes) -> None:
        """Add a part of the body; take the request at once when that is too much."""
        if self.is_taken:
            return
        self.parts.append(body)
        self.size += len(body)
        if self.size > BODY_BYTES:
            self.facts = None
            self.take()

    def take(self) -> None:
        """Give the request to the collector."""
        if not self.is_taken:
            self.is_taken = True
            if self.facts is not None:
                self.facts = self.parts[0] if len(self.parts) == 1 else b"".join(self.parts)
            self.parts.clear()
            self.protocol.collector.take(self)

    def told(self, answer: Answer) -> None:
        """Write the answer, unless the client has gone."""
        protocol, transport = self.protocol, self.protocol.transport
        self.response_complete = True
        if not transport.is_closing():
            transport.write(protocol.head_of(answer, self.keep_alive))
            if not self.keep_alive:
                transport.close()
        protocol.on_response_complete()


class FactsProtocol(HttpToolsProtocol):
    """uvicorn's protocol with the short way. Use a subclass that has a collector: `short_way`."""

    collector: ClassVar[Collector]
    _written: ClassVar[tuple[Headers, bytes]] = ([], b"")
    """The answer to nearly all requests, with the common headers that it was made with."""

    def on_message_begin(self) -> None:
        """Begin a request; its scope is made when it is known to need one."""
        self.url = b""
        self.expect_100_continue = False
        self.headers = []
        self.head_bytes = 0
        self.is_headed = False

    def on_url(self, url: bytes) -> None:
        """Take a part of the address. Raises HeadTooLong."""
        self.url += url
        self._hold(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; what stands behind the body is none. Raises HeadTooLong."""
        self._hold(len(name) + len(value))
        if self.is_headed:
            return
        name = name.lower()
        if name == b"expect" and value.lower() == b"100-continue":
            self.expect_100_continue = True
        self.headers.append((name, value))

    def _hold(self, size: int) -> None:
        self.head_bytes += size
        if self.head_bytes > HEAD_BYTES:
            raise HeadTooLong

    def on_headers_complete(self) -> None:
        """Choose the way."""
        self.is_headed = True
        is_ours = self.url == ADDRESS or self.url in self.collector.taking.here.addresses
        if is_ours and self._is_short():
            keep_alive = self.parser.get_http_version() != "1.0" and self.parser.should_keep_alive()
            self.cycle = Post(self, keep_alive)
            return
        url, headers, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expects
        self.headers.extend(headers)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a part of a body."""
        if type(self.cycle) is Post:
            self.cycle.add(body)
        else:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Take a request that is whole."""
        if type(self.cycle) is Post:
            self.cycle.take()
        else:
            super().on_message_complete()

    def head_of(self, answer: Answer, keep_alive: bool) -> bytes:
        """Return an answer as it goes over the line."""
        common = self.server_state.default_headers
        if answer is not answers.WRITTEN or not keep_alive:
            return _text(answer, common, keep_alive)
        kind = type(self)
        if kind._written[0] is not common:
            kind._written = (common, _text(answer, common, keep_alive))
        return kind._written[1]

    def _is_short(self) -> bool:
        before = self.cycle
        return (
            (before is None or before.response_complete)
            and self.parser.get_method() == b"POST"
            and not self.expect_100_continue
            and not self.flow.write_paused
            and not self.parser.should_upgrade()
            and self.limit_concurrency is None
            and not self.root_path
            and not self.config.access_log
        )


def _text(answer: Answer, common: Headers, keep_alive: bool) -> bytes:
    headers = [*common, *headers_of(answer), *([] if keep_alive else [(b"connection", b"close")])]
    told = b"".join([b"%b: %b\r\n" % header for header in headers])
    return b"%b%b\r\n%b" % (STATUS_LINE[answer.status], told, answer.body)


def short_way(of: Collector) -> type[FactsProtocol]:
    """Return a protocol for `uvicorn.Config(http=…)` that gives this collector its requests."""
    kept: dict[str, Any] = {"collector": of, "__module__": __name__}
    return type("CollectorProtocol", (FactsProtocol,), kept)
