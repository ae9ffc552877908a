"""Which requests Django never sees: health, the collector, the tracker, the live stream, static files."""

import inspect
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings

from zoco.kit import conf
from zoco.project.serving.bridge import Bridge, Receive, Scope, Send
from zoco.project.serving.static import StaticFiles

THREADS = conf.declare("WEB_THREADS", 8, int, "How many requests a web process runs at once.")
BODY_LIMIT = conf.declare(
    "BODY_LIMIT",
    250_000_000,
    int,
    "The largest upload in bytes of somebody who is logged in; other requests may have 2.5 MB.",
)
LIVE_STREAMS = conf.declare(
    "LIVE_STREAMS",
    200,
    int,
    "How many live streams a web process holds at once, one for each browser with an open overview; "
    "further ones ask every ten seconds for people now.",
)
LIVE = "/live"
App = Callable[[Scope, Receive, Send], Awaitable[None]]


async def healthz(scope: Scope, receive: Receive, send: Send) -> None:
    """Say that this process answers."""
    headers = [(b"content-type", b"text/plain"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"ok\n", "more_body": False})


class Dispatcher:
    """Send each request to bare code or to Django. `at_start` and `at_end` run with the process."""

    def __init__(self) -> None:
        self.bridge = Bridge(threads=THREADS(), body_limit=BODY_LIMIT())
        self.prefix = settings.STATIC_URL
        self.static = StaticFiles(settings.STATIC_ROOT, self.prefix) if not settings.DEBUG else None
        self.at_start: list[Callable[[], Any]] = []
        self.at_end: list[Callable[[], Any]] = []
        self.bare: dict[str, App] = {"/healthz": healthz}
        """ASGI applications by exact path, asked before Django."""
        self._collect()
        self.ending = self._stream()
        """Ends what would last; a server calls it before it waits for its open connections."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1000})
        elif (bare := self.bare.get(scope["path"]) or self._collecting(scope["path"])) is not None:
            await bare(scope, receive, send)
        elif self.static is not None and scope["path"].startswith(self.prefix):
            await self.static(scope, receive, send)
        else:
            scope["zoco.live"] = LIVE  # a page looks for it there: other servers have no stream
            await self.bridge(scope, receive, send)

    def _collecting(self, path: str) -> App | None:
        """Return what answers under a word of this installation: /WORD.js, /WORD, /WORD.gif."""
        word, dot, ending = path[1:].partition(".")
        app = self.under_words.get(dot + ending)
        return app if app is not None and self.collector.taking.serves(word) else None

    def _collect(self) -> None:
        """Take facts at /e and /e.gif, and give the tracker at /z.js; the same under words of our own."""
        from zoco.collector.live.servers.endpoint import Collector
        from zoco.collector.live.tracker import Tracker
        from zoco.ledger.spool import process_writer
        from zoco.sites.conf import published_path

        collector = Collector(published_path(), lambda: process_writer(conf.DATA()))
        self.at_start.append(collector.start)
        self.at_end.append(collector.end)
        self.collector = collector
        tracker = Tracker()
        self.bare |= {"/e": collector, "/e.gif": collector, "/z.js": tracker}
        self.under_words: dict[str, App] = {"": collector, ".gif": collector, ".js": tracker}

    def _stream(self) -> Callable[[], None]:
        """Tell browsers what is new at /live; return what ends all streams."""
        from zoco.project.serving.live import Live

        live = Live(self.bridge.pool, streams=LIVE_STREAMS())
        self.at_end.append(live.close)
        self.bare[LIVE] = live
        return live.close

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        for call in self.at_start:
            call()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for call in self.at_end:
            ended = call()
            if inspect.isawaitable(ended):
                await ended
        self.bridge.close(1.0)
        await send({"type": "lifespan.shutdown.complete"})
