"""`GET /live`: what is new, as server-sent events, to whoever may see reports. Aggregates only.

Each message is JSON: `facts`, a mark by site that changes when facts are added; `people`, the sentence
on people now by site and language. Only what changed since the last message is in it.
"""

import asyncio
import json
import logging
from collections import Counter
from functools import partial

from zoco.project.serving.bridge import Receive, Scope, Send
from zoco.project.serving.listening import Reader, Refused, reader_of
from zoco.project.serving.pool import Job, Pool, PoolFull
from zoco.project.serving.watch import Listener, News, Watch

log = logging.getLogger(__name__)

STREAMS_OF_A_USER = 8
CHECK_SECONDS = 20.0
BEAT_SECONDS = 15.0
STUCK_SECONDS = 30.0
AGAIN_MILLISECONDS = 3000
BARRED = b"event: end\ndata: access\n\n"
"""Tells a browser not to come back; it does where a stream ends without it."""
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


class Live:
    """The streams of one web process, at most so many. `pool` has threads that may ask the database."""

    def __init__(self, pool: Pool, *, streams: int) -> None:
        self.most = streams
        self.watch = Watch()
        self._pool = pool
        self._streams: Counter[int] = Counter()
        self._closing = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hold one stream, or say why not."""
        try:
            reader = await self._reader(scope)
            self._check_room(reader)
        except Refused as refused:
            await _refuse(refused, send)
            return
        self._streams[reader.user_id] += 1
        try:
            await self._hold(reader, scope, receive, send)
        finally:
            self._streams -= Counter({reader.user_id: 1})

    def close(self) -> None:
        """End all streams at once, and refuse further ones."""
        self._closing.set()

    async def _reader(self, scope: Scope) -> Reader:
        if scope["method"] != "GET":
            raise Refused(405, "Only GET.")
        job: Job[Reader] = Job(partial(reader_of, scope))
        try:
            self._pool.submit(job)
        except PoolFull as full:
            raise Refused(503, "Too many requests at once; try again.") from full
        return await job.done

    def _check_room(self, reader: Reader) -> None:
        if self._closing.is_set():
            raise Refused(503, "This process ends; try again.")
        if self._streams[reader.user_id] >= STREAMS_OF_A_USER:
            raise Refused(429, f"This account has {STREAMS_OF_A_USER} live streams already; close a browser.")
        if self._streams.total() >= self.most:
            raise Refused(503, "This server holds as many live streams as it may (ZOCO_LIVE_STREAMS).")

    async def _hold(self, reader: Reader, scope: Scope, receive: Receive, send: Send) -> None:
        """Feed until the reader has gone, may listen no longer, reads nothing, or the process ends."""
        listener = self.watch.join(reader.sites)
        fed, gone, barred, _closed = ends = (
            asyncio.ensure_future(_feed(listener, send)),
            asyncio.ensure_future(_gone(receive)),
            asyncio.ensure_future(self._barred(scope)),
            asyncio.ensure_future(self._closing.wait()),
        )
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.watch.leave(listener)
            last = barred.result() if barred.done() else b""
            has_left = gone.done() or fed.done()
            for each in ends:
                each.cancel()
            await asyncio.gather(*ends, return_exceptions=True)
        if not has_left:
            await _end(last, send)

    async def _barred(self, scope: Scope) -> bytes:
        """Return when the account may listen no longer, or nobody can tell; and what is said last."""
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            try:
                await self._reader(scope)
            except Refused as refused:
                log.info("Live stream ended. reason=%s", refused)
                return BARRED if refused.status == 403 else b""
            except Exception:
                log.exception("Live stream ended, as its account could not be asked for.")
                return b""


async def _feed(listener: Listener, send: Send) -> None:
    """Send what is new, and a comment where nothing is. Ends when nothing can be sent for long.

    Not by `wait_for`: up to Python 3.11 it swallows a cancellation that comes as its wait ends.
    """
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    piece = b"retry: %d\n\n" % AGAIN_MILLISECONDS
    while True:
        try:
            async with asyncio.timeout(STUCK_SECONDS):
                await send(_part(piece))
        except TimeoutError:
            return
        try:
            async with asyncio.timeout(BEAT_SECONDS):
                await listener.ready.wait()
            piece = _message(listener.take())
        except TimeoutError:
            piece = b":\n\n"


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _end(last: bytes, send: Send) -> None:
    """End the answer as it should; who reads nothing is not waited for."""
    try:
        async with asyncio.timeout(0.5):
            await send(_part(last, more=False))
    except TimeoutError:
        return


def _message(news: News) -> bytes:
    told = {"facts": news.facts, "people": news.people}
    return b"data: %b\n\n" % json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _part(piece: bytes, *, more: bool = True) -> dict[str, object]:
    return {"type": "http.response.body", "body": piece, "more_body": more}


async def _refuse(refused: Refused, send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    if refused.status in (429, 503):
        headers.append((b"retry-after", b"60"))
    if refused.status == 405:
        headers.append((b"allow", b"GET"))
    await send({"type": "http.response.start", "status": refused.status, "headers": headers})
    await send(_part(f"{refused}\n".encode(), more=False))
