"""Static files, served by bare ASGI code from the folder into which they were collected.

Names with a hash in them never change, so browsers may keep them for a year. Only files that were
there at the start are served; a path can therefore not lead out of the folder.
"""

import mimetypes
import re
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path
from typing import Any

from zoco.project.serving.bridge import Receive, Scope, Send

HASHED = re.compile(r"\.[0-9a-f]{12}\.[a-z0-9.]+$")
FOREVER = b"public, max-age=31536000, immutable"
SHORT = b"public, max-age=300"
PIECE = 262_144


@dataclass(frozen=True, slots=True)
class Asset:
    """One file; `packed` is its gzip form, if there is one."""

    path: Path
    size: int
    packed: Path | None
    packed_size: int
    headers: tuple[tuple[bytes, bytes], ...]
    tag: bytes


class StaticFiles:
    """An ASGI application over the files of one folder, by the rest of the path after `prefix`."""

    def __init__(self, folder: Path, prefix: str) -> None:
        self.prefix = prefix
        self.assets = {
            path.relative_to(folder).as_posix(): _asset(path)
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix != ".gz"
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer GET and HEAD."""
        asset = self.assets.get(scope["path"].removeprefix(self.prefix))
        if asset is None:
            await _empty(send, 404)
        elif scope["method"] not in {"GET", "HEAD"}:
            await _empty(send, 405, (b"allow", b"GET, HEAD"))
        elif _header(scope, b"if-none-match") == asset.tag:
            await _empty(send, 304, *asset.headers)
        else:
            await _file(asset, scope, send)


def _asset(path: Path) -> Asset:
    stat = path.stat()
    packed = path.with_name(f"{path.name}.gz")
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if kind.startswith("text/") or kind in {"application/javascript", "application/json", "image/svg+xml"}:
        kind += "; charset=utf-8"
    has_packed = packed.is_file()
    tag = b'"%x-%x"' % (int(stat.st_mtime), stat.st_size)
    headers = (
        (b"content-type", kind.encode()),
        (b"cache-control", FOREVER if HASHED.search(path.name) else SHORT),
        (b"last-modified", formatdate(stat.st_mtime, usegmt=True).encode()),
        (b"etag", tag),
        (b"vary", b"Accept-Encoding"),
        (b"x-content-type-options", b"nosniff"),
        (b"access-control-allow-origin", b"*"),
    )
    return Asset(
        path=path,
        size=stat.st_size,
        packed=packed if has_packed else None,
        packed_size=packed.stat().st_size if has_packed else 0,
        headers=headers,
        tag=tag,
    )


def _header(scope: Scope, wanted: bytes) -> bytes:
    return next((value for name, value in scope["headers"] if name == wanted), b"")


async def _empty(send: Send, status: int, *headers: tuple[bytes, bytes]) -> None:
    start: list[tuple[bytes, bytes]] = [*headers]
    if status != 304:
        start.append((b"content-length", b"0"))
    await send({"type": "http.response.start", "status": status, "headers": start})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _file(asset: Asset, scope: Scope, send: Send) -> None:
    path, size = asset.path, asset.size
    extra: tuple[tuple[bytes, bytes], ...] = ()
    if asset.packed is not None and b"gzip" in _header(scope, b"accept-encoding"):
        path, size, extra = asset.packed, asset.packed_size, ((b"content-encoding", b"gzip"),)
    headers: list[Any] = [*asset.headers, *extra, (b"content-length", b"%d" % size)]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    with path.open("rb") as file:
        sent = 0
        while sent < size and scope["method"] == "GET":
            piece = file.read(PIECE)
            sent += len(piece)
            await send({"type": "http.response.body", "body": piece, "more_body": sent < size})
            if not piece:
                return
    if size == 0 or scope["method"] == "HEAD":
        await send({"type": "http.response.body", "body": b"", "more_body": False})
