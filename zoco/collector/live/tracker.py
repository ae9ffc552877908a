"""`GET /z.js`: the tracker, shortened, served by bare code from the host of the site."""

from __future__ import annotations

import gzip
from collections.abc import Awaitable, Callable, MutableMapping
from hashlib import blake2b
from pathlib import Path
from typing import Any

from zoco.collector.live.shortening import shortened

SOURCE = Path(__file__).resolve().parent.parent / "static" / "zoco" / "z.js"
KEPT_SECONDS = 3_600
HEADERS = {
    "content-type": "text/javascript; charset=utf-8",
    "cache-control": f"public, max-age={KEPT_SECONDS}",
    "vary": "accept-encoding",
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
    "x-content-type-options": "nosniff",
}
Headers = list[tuple[bytes, bytes]]


class Tracker:
    """An ASGI application that gives one script."""

    def __init__(self, source: Path = SOURCE) -> None:
        self.plain = shortened(source.read_text("utf-8")).encode()
        self.packed = gzip.compress(self.plain, mtime=0)
        self.tag = b'"%s"' % blake2b(self.plain, digest_size=8).hexdigest().encode()
        self._headers: Headers = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
        self._headers.append((b"etag", self.tag))

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
        send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ) -> None:
        """Answer GET and HEAD."""
        asked = dict(scope["headers"])
        status, headers, body = 200, list(self._headers), self.plain
        if scope["method"] not in {"GET", "HEAD"}:
            status, headers, body = 405, [(b"allow", b"GET, HEAD")], b""
        elif asked.get(b"if-none-match") == self.tag:
            status, body = 304, b""
        elif b"gzip" in asked.get(b"accept-encoding", b""):
            headers.append((b"content-encoding", b"gzip"))
            body = self.packed
        if status != 304:
            headers.append((b"content-length", b"%d" % len(body)))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
