"""From ASGI to Django: requests run in a bounded pool of reused threads.

Django's own ASGIHandler starts a thread, and so a database connection, for each request.
The loop reads the body and writes the answer; a thread only runs the view.
"""

import asyncio
import logging
import tempfile
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from dataclasses import dataclass
from functools import partial
from typing import IO, Any, cast

from django.conf import settings
from django.core import signals
from django.core.handlers.asgi import ASGIRequest, get_script_prefix
from django.core.handlers.base import BaseHandler
from django.db import connections
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.http.response import HttpResponse
from django.urls import set_script_prefix

from zoco.project.serving.pool import Job, Pool, PoolFull

log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

PIECE = 65_536
UNKNOWN_LIMIT = 2_500_000
"""Bytes of a request without a log-in."""


class BodyTooLarge(Exception):
    """The request's body is larger than allowed."""


class ClientGone(Exception):
    """The client closed the connection."""


@dataclass(slots=True)
class Answer:
    """What a thread hands to the loop: a whole body, or a response that is still to be streamed."""

    status: int
    headers: Headers
    body: bytes = b""
    stream: StreamingHttpResponse | None = None


class Bridge(BaseHandler):
    """An ASGI application that answers with Django."""

    def __init__(self, *, threads: int, body_limit: int, waiting: int = 1000) -> None:
        super().__init__()
        self.load_middleware(is_async=False)
        self.body_limit = body_limit
        self.pool = Pool(threads, waiting=waiting, at_end=connections.close_all)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            body = await self._read(scope, receive)
        except ClientGone:
            return
        except BodyTooLarge:
            await _plain(send, 413, b"The request is too large.")
            return
        try:
            await self._answer(scope, body, receive, send)
        finally:
            body.close()

    def close(self, seconds: float) -> None:
        """Stop the threads; running requests have this long."""
        self.pool.close(seconds)

    async def _read(self, scope: Scope, receive: Receive) -> IO[bytes]:
        limit = self.body_limit if _may_upload(scope) else min(UNKNOWN_LIMIT, self.body_limit)
        for name, value in scope["headers"]:
            if name == b"content-length" and value.isdigit() and int(value) > limit:
                raise BodyTooLarge
        body = tempfile.SpooledTemporaryFile(settings.FILE_UPLOAD_MAX_MEMORY_SIZE, "w+b")  # noqa: SIM115
        try:
            await self._fill(body, limit, receive)
        except BaseException:
            body.close()
            raise
        body.seek(0)
        return cast("IO[bytes]", body)

    async def _fill(self, body: "tempfile.SpooledTemporaryFile[bytes]", limit: int, receive: Receive) -> None:
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientGone
            piece = message.get("body", b"")
            size += len(piece)
            if size > limit:
                raise BodyTooLarge
            body.write(piece)
            if not message.get("more_body", False):
                return

    async def _answer(self, scope: Scope, body: IO[bytes], receive: Receive, send: Send) -> None:
        job = Job(partial(self._run, scope, body))
        try:
            free = self.pool.submit(job)
        except PoolFull:
            await _plain(send, 503, b"Too many requests at once; try again.", (b"retry-after", b"2"))
            return
        try:
            answer = await job.done if free else await _unless_gone(job, receive)
        except ClientGone:
            return
        except asyncio.CancelledError:
            job.abandon()
            raise
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        if answer.stream is None:
            await _send_whole(answer.body, send)
        else:
            await self._send_stream(answer.stream, job, receive, send)

    def _run(self, scope: Scope, body: IO[bytes]) -> Answer:
        """Run the view (in a thread)."""
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        try:
            request = ASGIRequest(scope, body)
        except UnicodeDecodeError:
            signals.request_finished.send(sender=self.__class__)
            return Answer(400, [(b"content-type", b"text/plain")], b"Bad request.")
        response = self.get_response(request)
        response._handler_class = self.__class__  # type: ignore[attr-defined]
        if response.streaming:
            if isinstance(response, FileResponse):
                response.block_size = PIECE
            stream = cast("StreamingHttpResponse", response)
            return Answer(response.status_code, _headers(response), stream=stream)
        content = cast("HttpResponse", response).content
        response.close()
        return Answer(response.status_code, _headers(response), content)

    async def _send_stream(
        self, response: StreamingHttpResponse, job: Job[Answer], receive: Receive, send: Send
    ) -> None:
        """Pull piece after piece from the thread that made the response, and send it."""
        gone = asyncio.ensure_future(_disconnect(receive))
        try:
            if response.is_async:
                async for piece in response:
                    if gone.done():
                        return
                    await _send_piece(_bytes(piece), send)
            else:
                pieces = await self._in_thread(partial(iter, response), job)
                while not gone.done():
                    piece = await self._in_thread(partial(_next_piece, cast("Iterator[bytes]", pieces)), job)
                    if piece is None:
                        break
                    await _send_piece(piece, send)
            if not gone.done():
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            gone.cancel()
            self.pool.submit(Job(response.close, job.context, job.thread))

    async def _in_thread(self, call: Callable[[], Any], job: Job[Answer]) -> Any:
        following: Job[Any] = Job(call, job.context, job.thread)
        self.pool.submit(following)
        return await following.done


async def _unless_gone(job: Job[Answer], receive: Receive) -> Answer:
    """Wait for a job that had to queue; if the client leaves before it began, it never begins."""
    gone: asyncio.Future[Any] = asyncio.ensure_future(_disconnect(receive))
    waiting: set[asyncio.Future[Any]] = {gone, job.done}
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        if not job.done.done() and job.abandon():
            raise ClientGone
        return await job.done
    finally:
        gone.cancel()


async def _disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _next_piece(pieces: Iterator[bytes]) -> bytes | None:
    """Return the next piece that is not empty; None at the end."""
    for piece in pieces:
        raw = _bytes(piece)
        if raw:
            return raw
    return None


def _bytes(piece: bytes | str | memoryview) -> bytes:
    return piece.encode() if isinstance(piece, str) else bytes(piece)


def _headers(response: HttpResponseBase) -> Headers:
    headers = [(name.lower().encode("ascii"), value.encode("latin1")) for name, value in response.items()]
    headers += [
        (b"set-cookie", c.output(header="").strip().encode("ascii")) for c in response.cookies.values()
    ]
    return headers


async def _send_whole(body: bytes, send: Send) -> None:
    for start in range(0, max(len(body), 1), PIECE):
        more = start + PIECE < len(body)
        await send({"type": "http.response.body", "body": body[start : start + PIECE], "more_body": more})


async def _send_piece(piece: bytes, send: Send) -> None:
    for start in range(0, len(piece), PIECE):
        await send({"type": "http.response.body", "body": piece[start : start + PIECE], "more_body": True})


def _may_upload(scope: Scope) -> bool:
    """Say whether a request brings a log-in, valid or not: only then can it be a large upload.

    Without one 250 MB a connection could be written to the disk before anybody asks who it is.
    """
    wanted = f"{settings.SESSION_COOKIE_NAME}=".encode()
    return any(name == b"cookie" and wanted in value for name, value in scope["headers"])


async def _plain(send: Send, status: int, text: bytes, *headers: tuple[bytes, bytes]) -> None:
    start: Headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close"), *headers]
    await send({"type": "http.response.start", "status": status, "headers": start})
    await send({"type": "http.response.body", "body": text, "more_body": False})
