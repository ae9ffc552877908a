"""`POST /e` and `GET /e.gif`, as a bare ASGI application: what the dispatcher never shows to Django.

Whatever came in during the last write is read at once and written at once: one hand-over to the thread
that writes, and one back, for all of it. `protocol` gives requests to `take` without a task for each.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Protocol

from zoco.collector.live import answers, tallies
from zoco.collector.live.answers import Answer
from zoco.collector.live.reader import HINTS
from zoco.collector.live.servers import pixel
from zoco.collector.live.servers.gathering import WAITING_BYTES, Gathering
from zoco.collector.live.taking import Request, Taking, now_micros
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
WORDS = {word.encode(): word for word in ("user-agent", "accept-language", "host", "sec-gpc", "dnt", *HINTS)}
# So many bytes of lines are written at once at most, unless one request has more.
WRITE_BYTES = 1 << 20


class Gone(Exception):
    """The sender hung up before the request was whole."""


class Asked(Protocol):
    """A request that came in whole. `facts` is its body, None when that was too long."""

    facts: bytes | None
    peer: str

    @property
    def headers(self) -> Iterable[tuple[bytes, bytes]]:
        """Names are in lower case."""

    def told(self, answer: Answer) -> None:
        """Pass the answer on, if anybody still waits for it."""


class Waiting:
    """A request whose answer an ASGI application waits for."""

    def __init__(self, body: bytes | None, scope: Scope) -> None:
        self.facts = body
        self.peer: str = scope["client"][0] if scope.get("client") else ""
        self.headers: Iterable[tuple[bytes, bytes]] = scope["headers"]
        self.answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

    def told(self, answer: Answer) -> None:
        """Wake who waits."""
        if not self.answer.done():
            self.answer.set_result(answer)


class Collector:
    """One for each web process. `start` on its event loop before the first request, `end` after the last."""

    def __init__(self, published: Path, writer: Callable[[], SpoolWriter]) -> None:
        self.taking = Taking(published)
        self._writer = writer
        self._gathering: Gathering | None = None
        self._counting: asyncio.Task[None] | None = None
        self._asked: list[Asked] = []
        self._bytes = 0
        self._is_busy = False
        self._under_way = 0

    def start(self) -> None:
        """Open the spool; warm what the first request would pay for."""
        device.warm()
        self._gathering = Gathering(self._writer())
        self._counting = asyncio.get_running_loop().create_task(self._count_often())

    async def end(self) -> None:
        """Write what waits and what was counted."""
        if self._gathering is None or self._counting is None:
            return
        self._counting.cancel()
        self._read_all()
        self._count()
        self._gathering.end()

    def take(self, asked: Asked) -> None:
        """Take a request; it is told when its facts are on the disk, or why not. Call it on the loop."""
        self._bytes += len(asked.facts or b"")
        if self._bytes > WAITING_BYTES:
            self._bytes -= len(asked.facts or b"")
            asked.told(self.taking.overloaded())
            return
        self._asked.append(asked)
        if not self._is_busy:
            self._is_busy = True
            asyncio.get_running_loop().call_soon(self._read_all)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        method = scope["method"]
        if method == "POST":
            try:
                waiting = Waiting(await _body(receive), scope)
            except Gone:
                return
            self.take(waiting)
            answer = await waiting.answer
        elif method == "GET" and scope["path"].endswith(pixel.ENDING):
            answer = await self._shown(scope)
        else:
            answer = answers.MAY_SEND if method == "OPTIONS" else answers.WRONG_METHOD
        await _send(answer, send)

    async def _shown(self, scope: Scope) -> Answer:
        """Take the page view of an image."""
        referers = [value for name, value in scope["headers"] if name == b"referer"]
        query, referer = (
            scope["query_string"].decode("latin-1"),
            b"".join(referers[:1]).decode("utf-8", "replace"),
        )
        waiting = Waiting(pixel.facts_of(query, referer), scope)
        self.take(waiting)
        return pixel.answer_to(await waiting.answer)

    def _read_all(self) -> None:
        """Read all requests that came in since, and have their lines written."""
        asked, self._asked, self._bytes = self._asked, [], 0
        batch: list[tuple[Asked, Request]] = []
        size = 0
        self._under_way += 1
        for each in asked:
            found = self._read(each)
            if isinstance(found, Answer):
                _tell(each, found)
                continue
            if size + len(found.lines) > WRITE_BYTES:
                self._write(batch)
                batch, size = [], 0
            batch.append((each, found))
            size += len(found.lines)
        self._write(batch)
        self._go_on()

    def _go_on(self) -> None:
        """Read what came in meanwhile, unless a write is still under way."""
        self._under_way -= 1
        if not self._under_way:
            self._is_busy = bool(self._asked)
            if self._asked:
                asyncio.get_running_loop().call_soon(self._read_all)

    def _read(self, asked: Asked) -> Request | Answer:
        headers, forwarded = {}, []
        for name, value in asked.headers:
            if word := WORDS.get(name):
                headers[word] = value.decode("utf-8", "replace")
            elif name == b"x-forwarded-for":
                forwarded.append(value.decode("latin-1"))
        try:
            return self.taking.read(asked.facts, asked.peer, headers, forwarded)
        except Exception:
            return self.taking.failed()

    def _write(self, batch: list[tuple[Asked, Request]]) -> None:
        lines = b"".join([request.lines for _, request in batch])
        self._under_way += 1
        if not lines:
            self._written(batch, None)
        elif self._gathering is None:
            self._written(batch, SpoolRefused(0, "the collector has not started"))
        else:
            self._gathering.put(lines, partial(self._written, batch))

    def _written(self, batch: list[tuple[Asked, Request]], error: SpoolRefused | None) -> None:
        """Tell all requests of a write what became of it. Must not raise."""
        why = (error.strerror or "the spool takes nothing") if error else ""
        for asked, request in batch:
            try:
                is_missed = error is not None and request.lines
                answer = self.taking.missed(request, why) if is_missed else self.taking.taken(request)
            except Exception:
                answer = self.taking.failed()
            _tell(asked, answer)
        self._go_on()

    async def _count_often(self) -> None:
        loop = asyncio.get_running_loop()
        told_at = loop.time()
        while True:
            await asyncio.sleep(min(tallies.SECONDS, tallies.REFUSED_SECONDS))
            is_time = loop.time() - told_at >= tallies.SECONDS
            told_at = loop.time() if is_time else told_at
            self._count(only_refused=not is_time)

    def _count(self, *, only_refused: bool = False) -> None:
        lines = self.taking.tallies.lines(now_micros(), only_refused=only_refused)
        if lines and self._gathering is not None:
            self._gathering.put(lines, _uncounted)


def _tell(asked: Asked, answer: Answer) -> None:
    """Pass an answer on; one that cannot be is no reason to keep the others waiting."""
    try:
        asked.told(answer)
    except Exception:
        log.exception("An answer could not be passed on.")


def _uncounted(error: SpoolRefused | None) -> None:
    if error is not None:
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
    start = {"type": "http.response.start", "status": answer.status, "headers": headers_of(answer)}
    return start, {"type": "http.response.body", "body": answer.body, "more_body": False}


def headers_of(answer: Answer) -> list[tuple[bytes, bytes]]:
    """Return the headers of an answer, its length among them."""
    headers = [(name.encode(), value.encode()) for name, value in answer.headers]
    if answer.status != 204:
        headers.append((b"content-length", b"%d" % len(answer.body)))
    return headers
