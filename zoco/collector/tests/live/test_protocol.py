"""The short way for `POST /e` keeps what HTTP asks for, and leaves everything else to uvicorn."""

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from zoco.collector.live.servers import endpoint
from zoco.collector.live.servers.endpoint import Collector
from zoco.collector.live.servers.protocol import Post, short_way
from zoco.collector.tests.live.conftest import AGENT, publish
from zoco.ledger.schema import decoder
from zoco.ledger.spool import SpoolWriter

BODY = b'{"url":"https://shop.example/a"}'


@dataclass
class Line:
    """A server, and what is on its disk. `short` counts the requests that took the short way."""

    port: int
    spool: Path
    writer: SpoolWriter
    server: uvicorn.Server
    short: list[Post]

    def connect(self) -> socket.socket:
        """Open a connection."""
        return socket.create_connection(("127.0.0.1", self.port), 10)

    def facts(self) -> int:
        """Return how many page views are on the disk."""
        lines = b"".join(path.read_bytes() for path in sorted(self.spool.glob("*.ndjson*")))
        return sum(decoder.decode(line).name == "web.page.viewed" for line in lines.splitlines())


def post(body: bytes = BODY, target: str = "/e", version: str = "1.1", *headers: str) -> bytes:
    """Return a request as it goes over the line."""
    told = [f"POST {target} HTTP/{version}", "host: shop.example", f"user-agent: {AGENT}", *headers]
    if not any("chunked" in header for header in headers):
        told.append(f"content-length: {len(body)}")
    return "\r\n".join([*told, "", ""]).encode() + body


def answers(connection: socket.socket, count: int) -> list[tuple[int, bytes]]:
    """Read so many answers; return status and head of each."""
    file = connection.makefile("rb")
    found: list[tuple[int, bytes]] = []
    for _ in range(count):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = file.readline()
            assert line, f"hung up after {found} {head!r}"
            head += line
        length = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        if length:
            file.read(int(length[0].partition(b":")[2]))
        found.append((int(head.split()[1]), head))
    return found


def app_of(collector: Collector) -> Any:
    """Return an application that has the collector at /e and says elsewhere what it was asked."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await receive()
            collector.start()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await collector.end()
            await send({"type": "lifespan.shutdown.complete"})
        elif scope["path"] == "/e":
            await collector(scope, receive, send)
        else:
            body = f"{scope['method']} {scope['path']} {dict(scope['headers'])[b'host'].decode()}".encode()
            headers = [(b"content-length", b"%d" % len(body))]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": body})

    return app


@pytest.fixture
def line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    publish(tmp_path / "sites.json", datetime.now(UTC).date())
    writer, short = SpoolWriter(tmp_path / "spool", "test"), []
    collector, begin = Collector(tmp_path / "sites.json", lambda: writer), Post.__init__

    def counted(post: Post, *arguments: Any) -> None:
        short.append(post)
        begin(post, *arguments)

    monkeypatch.setattr(Post, "__init__", counted)
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app_of(collector),
        log_config=None,
        access_log=False,
        lifespan="on",
        http=short_way(collector),
        timeout_keep_alive=1,
        timeout_graceful_shutdown=3,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield Line(listener.getsockname()[1], tmp_path / "spool", writer, server, short)
    server.should_exit = True
    thread.join(10)
    assert not thread.is_alive()


def test_a_connection_serves_many_requests_of_both_ways(line: Line) -> None:
    with line.connect() as connection:
        for _ in range(3):
            connection.sendall(post())
            [(status, head)] = answers(connection, 1)
            assert status == 204
            assert b"\r\naccess-control-allow-origin: *\r\n" in head
            assert b"\r\ndate: " in head
            assert b"connection:" not in head
            assert b"content-length" not in head
            connection.sendall(b"GET /x HTTP/1.1\r\nhost: y\r\n\r\n")
            assert answers(connection, 1)[0][0] == 200
    assert line.facts() == len(line.short) == 3


def test_requests_sent_ahead_are_answered_in_their_order(line: Line) -> None:
    with line.connect() as connection:
        connection.sendall(post() + b"GET /x HTTP/1.1\r\nhost: y\r\n\r\n" + post(b"{") + post())
        assert [status for status, _ in answers(connection, 4)] == [204, 200, 400, 204]
        connection.sendall(post())
        assert answers(connection, 1)[0][0] == 204
    assert line.facts() == 3
    assert len(line.short) == 2, "the first and the last found nothing before them"


def test_a_request_may_come_in_pieces(line: Line) -> None:
    with line.connect() as connection:
        for byte in (whole := post()):
            connection.sendall(bytes((byte,)))
        assert whole
        assert answers(connection, 1)[0][0] == 204
    assert (line.facts(), len(line.short)) == (1, 1)


def test_a_body_may_come_in_chunks(line: Line) -> None:
    half = len(BODY) // 2
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (BODY[:half], BODY[half:], b""))
    with line.connect() as connection:
        connection.sendall(post(chunks, "/e", "1.1", "transfer-encoding: chunked") + post())
        assert [status for status, _ in answers(connection, 2)] == [204, 204]
    assert line.facts() == 2


@pytest.mark.parametrize("target", ["/e", "/x"])
def test_headers_behind_the_body_are_none(line: Line, target: str) -> None:
    chunks = b"%x\r\n%b\r\n0\r\nx-forwarded-for: 6.6.6.6\r\n\r\n" % (len(BODY), BODY)
    with line.connect() as connection:
        connection.sendall(post(chunks, target, "1.1", "transfer-encoding: chunked") + post())
        assert [status for status, _ in answers(connection, 2)] == [204 if target == "/e" else 200, 204]
    if target == "/e":
        assert [name for name, _ in line.short[0].headers].count(b"x-forwarded-for") == 0


@pytest.mark.parametrize(
    "request_head",
    [
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nhost: y\r\n\r\n",
        b"POST /e HTTP/1.1\r\n" + b"".join(b"x-%d: %b\r\n" % (n, b"a" * 7_000) for n in range(10)) + b"\r\n",
    ],
)
def test_a_head_without_end_is_refused_and_hung_up(line: Line, request_head: bytes) -> None:
    with line.connect() as connection:
        connection.sendall(request_head)
        assert answers(connection, 1)[0][0] == 400
        assert connection.recv(1) == b""
    with line.connect() as connection:
        connection.sendall(post())
        assert answers(connection, 1)[0][0] == 204


def test_too_much_is_told_at_once_and_the_connection_goes_on(line: Line) -> None:
    with line.connect() as connection:
        whole = post(b"x" * 200_000)
        connection.sendall(whole[:90_000])
        assert answers(connection, 1)[0][0] == 413
        connection.sendall(whole[90_000:] + post())
        assert answers(connection, 1)[0][0] == 204
    assert line.facts() == 1


def test_who_asks_to_close_is_told_and_hung_up(line: Line) -> None:
    for request in (post(BODY, "/e", "1.1", "connection: close"), post(BODY, "/e", "1.0")):
        with line.connect() as connection:
            connection.sendall(request)
            [(status, head)] = answers(connection, 1)
            assert (status, b"\r\nconnection: close\r\n" in head) == (204, True)
            assert connection.recv(1) == b""
    assert line.facts() == len(line.short) == 2


def test_an_idle_connection_is_closed(line: Line) -> None:
    with line.connect() as connection:
        connection.sendall(post())
        answers(connection, 1)
        began = time.monotonic()
        assert connection.recv(1) == b""
        assert 0.5 < time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        (post(BODY, "/e?x=1"), 204),
        (post(BODY, "http://shop.example/e"), 204),
        (b"OPTIONS /e HTTP/1.1\r\nhost: x\r\n\r\n", 204),
        (b"HEAD /e HTTP/1.1\r\nhost: x\r\n\r\n", 405),
        (post(BODY, "/other"), 200),
        (b"POST /e HTTP/1.1\r\nbad header\r\n\r\n", 400),
        (b"nonsense\r\n\r\n", 400),
    ],
)
def test_what_is_not_plainly_a_request_to_e_goes_uvicorns_way(
    line: Line, request_text: bytes, status: int
) -> None:
    with line.connect() as connection:
        connection.sendall(request_text)
        assert int(connection.recv(4_096).split()[1]) == status
    assert not line.short


def test_who_expects_a_word_first_gets_it(line: Line) -> None:
    whole = post(BODY, "/e", "1.1", "expect: 100-continue")
    with line.connect() as connection:
        connection.sendall(whole[: -len(BODY)])
        assert answers(connection, 1)[0][0] == 100
        connection.sendall(BODY)
        assert answers(connection, 1)[0][0] == 204


def test_who_hangs_up_before_the_end_leaves_nothing_and_after_it_a_fact(line: Line) -> None:
    with line.connect() as connection:
        connection.sendall(post()[:-1])
    with line.connect() as connection:
        connection.sendall(post())
    end = time.monotonic() + 5
    while not line.facts() and time.monotonic() < end:
        time.sleep(0.02)
    with line.connect() as connection:
        connection.sendall(post())
        assert answers(connection, 1)[0][0] == 204
    assert line.facts() == 2


def test_a_request_under_way_is_answered_when_the_server_ends(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    append, under_way = line.writer.append_lines, threading.Event()

    def slow(lines: bytes) -> None:
        under_way.set()
        time.sleep(0.5)
        append(lines)

    monkeypatch.setattr(line.writer, "append_lines", slow)
    with line.connect() as connection:
        connection.sendall(post())
        assert under_way.wait(5)
        line.server.should_exit = True
        [(status, head)] = answers(connection, 1)
        assert (status, b"\r\nconnection: close\r\n" in head) == (204, True)
        assert connection.recv(1) == b""
    assert line.facts() == 1


def test_when_too_much_waits_the_next_is_told_to_come_again(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    append, under_way, may_go_on = line.writer.append_lines, threading.Event(), threading.Event()

    def slow(lines: bytes) -> None:
        under_way.set()
        may_go_on.wait(5)
        append(lines)

    monkeypatch.setattr(line.writer, "append_lines", slow)
    monkeypatch.setattr(endpoint, "WAITING_BYTES", len(BODY))
    with line.connect() as first, line.connect() as second, line.connect() as third:
        first.sendall(post())
        assert under_way.wait(5)
        second.sendall(post())
        time.sleep(0.2)
        third.sendall(post())
        [(status, head)] = answers(third, 1)
        assert (status, b"\r\nretry-after: 5\r\n" in head) == (503, True)
        may_go_on.set()
        assert [answers(each, 1)[0][0] for each in (first, second)] == [204, 204]
    assert line.facts() == 2
