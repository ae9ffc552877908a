"""`POST /e`, as a bare ASGI application: what the dispatcher never shows to Django."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from zoco.collector.live import answers, tallies
from zoco.collector.live.answers import Answer
from zoco.collector.live.gathering import Gathering
from zoco.collector.live.reader import HINTS
from zoco.collector.live.taking import Taking, now_micros
from zoco.collector.live.wire import BODY_BYTES
from zoco.collector.steps import device
from zoco.ledger.spool import SpoolWriter
from zoco.ledger.spool.writer import SpoolRefused

log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
# The headers that a fact is made of; no other is looked at.
WORDS = {word.encode(): word for word in ("user-agent", "accept-language", "host", *HINTS)}


class Gone(Exception):
    """The sender hung up before the request was whole."""


class Collector:
    """One for each web process. `start` on its event loop before the first request, `end` after the last."""

    def __init__(self, published: Path, writer: Callable[[], SpoolWriter]) -> None:
        self.taking = Taking(published)
        self._writer = writer
        self._gathering: Gathering | None = None
        self._telling: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Open the spool; warm what the first request would pay for."""
        device.warm()
        self._gathering = Gathering(self._writer())
        self._telling = asyncio.get_running_loop().create_task(self._tell_often())

    async def end(self) -> None:
        """Write what waits and what was counted."""
        if self._gathering is None or self._telling is None:
            return
        self._telling.cancel()
        await self._tell()
        self._gathering.end()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        method = scope["method"]
        if method == "POST":
            try:
                answer = await self._post(scope, receive)
            except Gone:
                return
            except Exception:
                answer = self.taking.failed()
        else:
            answer = answers.MAY_SEND if method == "OPTIONS" else answers.WRONG_METHOD
        await _send(answer, send)

    async def _post(self, scope: Scope, receive: Receive) -> Answer:
        body = await _body(receive)
        headers, forwarded = {}, []
        for name, value in scope["headers"]:
            if word := WORDS.get(name):
                headers[word] = value.decode("utf-8", "replace")
            elif name == b"x-forwarded-for":
                forwarded.append(value.decode("latin-1"))
        peer = scope["client"][0] if scope.get("client") else ""
        request = self.taking.read(body, peer, headers, forwarded)
        if isinstance(request, Answer):
            return request
        if request.lines:
            try:
                await self._put(request.lines)
            except SpoolRefused as error:
                return self.taking.missed(request, error.strerror or "the spool takes nothing")
        return self.taking.taken(request)

    async def _put(self, lines: bytes) -> None:
        if self._gathering is None:
            raise SpoolRefused(0, "the collector has not started")
        await self._gathering.put(lines)

    async def _tell_often(self) -> None:
        while True:
            await asyncio.sleep(tallies.SECONDS)
            await self._tell()

    async def _tell(self) -> None:
        lines = self.taking.tallies.lines(now_micros())
        if lines:
            try:
                await self._put(lines)
            except OSError as error:
                log.warning("Counts of the collector could not be written. error=%s", error)


async def _body(receive: Receive) -> bytes | None:
    """Return the body, None when it is too long. Raises Gone."""
    message = await receive()
    if message["type"] == "http.disconnect":
        raise Gone
    body: bytes = message.get("body", b"")
    if not message.get("more_body", False):
        return body if len(body) <= BODY_BYTES else None
    pieces, size = [body], len(body)
    while message.get("more_body", False):
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        size += len(message.get("body", b""))
        if size > BODY_BYTES:
            return None
        pieces.append(message.get("body", b""))
    return b"".join(pieces)


async def _send(answer: Answer, send: Send) -> None:
    start, body = _messages(answer)
    await send(start)
    await send(body)


@lru_cache(maxsize=16)
def _messages(answer: Answer) -> tuple[Message, Message]:
    headers = [(name.encode(), value.encode()) for name, value in answer.headers]
    if answer.status != 204:
        headers.append((b"content-length", b"%d" % len(answer.body)))
    start = {"type": "http.response.start", "status": answer.status, "headers": headers}
    return start, {"type": "http.response.body", "body": answer.body, "more_body": False}
