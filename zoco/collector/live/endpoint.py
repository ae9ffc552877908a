"""`POST /e`, as a bare ASGI application: what the dispatcher never shows to Django."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from zoco.collector.live import answers, tallies
from zoco.collector.live.answers import Answer
from zoco.collector.live.gathering import Gathering
from zoco.collector.live.here import Here
from zoco.collector.live.reader import Read, Reader, Refusal, Sender, hints_of, language_of
from zoco.collector.live.tallies import Tallies
from zoco.collector.live.wire import BODY_BYTES
from zoco.collector.reasons import Reason, Refused
from zoco.collector.steps import device
from zoco.ledger.schema import encoder
from zoco.ledger.spool import SpoolWriter
from zoco.ledger.spool.writer import SpoolRefused
from zoco.sites.published import SitesUnpublished

log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Gone(Exception):
    """The sender hung up before the request was whole."""


def now_micros() -> int:
    """Return our clock as UTC microseconds."""
    return time.time_ns() // 1_000


class Collector:
    """One for each web process. `start` on its event loop before the first request, `end` after the last."""

    def __init__(self, published: Path, writer: Callable[[], SpoolWriter]) -> None:
        self.here = Here(published)
        self.reader = Reader(self.here, now_micros)
        self.tallies = Tallies()
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
                log.exception("A request to the collector failed; its sender is told to send it again.")
                answer = answers.not_written(1, "an error of ours, which is in the log")
        else:
            answer = answers.MAY_SEND if method == "OPTIONS" else answers.WRONG_METHOD
        await _send(answer, send)

    async def _post(self, scope: Scope, receive: Receive) -> Answer:
        body = await _body(receive)
        try:
            self.here.look()
        except (SitesUnpublished, msgspec.MsgspecError) as error:
            return self._missed([Refusal(0, Reason.NOT_WRITTEN, 0)], str(error))
        sender = self._sender(scope)
        if body is None:
            read = Read(refused=[self.reader.refusal(Refused(Reason.TOO_LARGE), sender, 0)])
        else:
            read = self.reader.read(body, sender)
        if read.facts:
            lines = b"".join([encoder.encode(fact) + b"\n" for fact in read.facts])
            try:
                await self._put(lines)
            except SpoolRefused as error:
                missed = [
                    Refusal(index, Reason.NOT_WRITTEN, fact.site) for index, fact in enumerate(read.facts)
                ]
                return self._missed(missed, error.strerror or "the spool takes nothing")
            self.tallies.take(read.facts, sender.address)
        if not read.refused:
            return answers.WRITTEN
        self.tallies.refuse(read.refused)
        return answers.refused(read.refused, len(read.facts))

    def _missed(self, refused: list[Refusal], why: str) -> Answer:
        self.tallies.refuse(refused)
        return answers.not_written(len(refused), why)

    def _sender(self, scope: Scope) -> Sender:
        named: dict[bytes, bytes] = {}
        forwarded = []
        for name, value in scope["headers"]:
            if name == b"x-forwarded-for":
                forwarded.append(value.decode("latin-1"))
            else:
                named[name] = value
        peer = scope["client"][0] if scope.get("client") else ""
        return Sender(
            address=self.here.client(peer, forwarded) if forwarded else peer,
            user_agent=named.get(b"user-agent", b"").decode("utf-8", "replace"),
            language=language_of(named.get(b"accept-language", b"").decode("latin-1")),
            hints=hints_of(list(named.items())) if b"sec-ch-ua" in named else {},
            host=named.get(b"host", b"").decode("latin-1"),
        )

    async def _put(self, lines: bytes) -> None:
        if self._gathering is None:
            raise SpoolRefused(0, "the collector has not started")
        await self._gathering.put(lines)

    async def _tell_often(self) -> None:
        while True:
            await asyncio.sleep(tallies.SECONDS)
            await self._tell()

    async def _tell(self) -> None:
        lines = self.tallies.lines(now_micros())
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
