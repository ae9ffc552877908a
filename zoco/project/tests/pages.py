"""Addresses for the bridge's tests: pages that read, stream, fail and wait."""

import threading
import time
from collections.abc import AsyncIterator, Iterator
from hashlib import blake2b
from typing import TYPE_CHECKING, cast

from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import path
from django.utils import translation

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

closed: list[str] = []
threads: set[int] = set()
connections: set[int] = set()


def plain(request: HttpRequest) -> HttpResponse:
    """Answer at once."""
    return HttpResponse("hello")


def digest(request: HttpRequest) -> HttpResponse:
    """Return the digest of the body."""
    return HttpResponse(blake2b(request.read()).hexdigest())


def uploaded(request: HttpRequest) -> HttpResponse:
    """Return name, size and digest of a file in a form."""
    file = cast("UploadedFile[bytes]", request.FILES["file"])
    return HttpResponse(f"{file.name} {file.size} {blake2b(file.read()).hexdigest()}")


def thread(request: HttpRequest) -> HttpResponse:
    """Note thread and connection, after a moment."""
    connection.ensure_connection()
    threads.add(threading.get_ident())
    connections.add(id(connection.connection))
    time.sleep(0.01)
    return HttpResponse("ok")


def slow(request: HttpRequest) -> HttpResponse:
    """Answer after a while."""
    time.sleep(float(request.GET.get("seconds", "0.5")))
    return HttpResponse("slow")


def failing(request: HttpRequest) -> HttpResponse:
    """Fail."""
    raise ValueError("on purpose")


def stream(request: HttpRequest) -> HttpResponseBase:
    """Stream ten thousand lines; each says which thread and language made it."""
    language = request.GET.get("language", "en")
    translation.activate(language)

    def lines() -> Iterator[bytes]:
        try:
            for number in range(10_000):
                yield f"{number} {threading.get_ident()} {translation.get_language()}\n".encode()
        finally:
            closed.append(language)

    return StreamingHttpResponse(lines())


def endless(request: HttpRequest) -> HttpResponseBase:
    """Stream until somebody stops it."""

    def pieces() -> Iterator[bytes]:
        try:
            while True:
                time.sleep(0.01)
                yield b"x" * 1000
        finally:
            closed.append("endless")

    return StreamingHttpResponse(pieces())


def breaking(request: HttpRequest) -> HttpResponseBase:
    """Begin to stream, then fail."""

    def pieces() -> Iterator[bytes]:
        yield b"begun"
        raise ValueError("on purpose")

    return StreamingHttpResponse(pieces())


def later(request: HttpRequest) -> HttpResponseBase:
    """Stream from an asynchronous iterator."""

    async def pieces() -> AsyncIterator[bytes]:
        for number in range(3):
            yield b"%d" % number

    return StreamingHttpResponse(pieces())


def cookies(request: HttpRequest) -> HttpResponse:
    """Set two cookies."""
    response = HttpResponse("ok")
    response.set_cookie("one", "1")
    response.set_cookie("two", "2")
    return response


urlpatterns = [
    path("plain", plain),
    path("digest", digest),
    path("uploaded", uploaded),
    path("thread", thread),
    path("slow", slow),
    path("failing", failing),
    path("stream", stream),
    path("endless", endless),
    path("breaking", breaking),
    path("later", later),
    path("cookies", cookies),
]
