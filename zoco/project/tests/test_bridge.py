"""The bridge under uvicorn, through real sockets."""

import asyncio
import http.client
import os
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b
from typing import Any

import pytest
import uvicorn
from pytest_django import Settings

from zoco.project.serving.bridge import Bridge
from zoco.project.tests import pages

THREADS = 4
LIMIT = 30_000_000
LOGGED_IN = "sessionid=whatever"
BOUNDARY = b"not-to-be-found-in-random-bytes"


class Served:
    """A server in a thread."""

    def __init__(self, bridge: Bridge) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        config = uvicorn.Config(
            bridge, lifespan="off", log_config=None, timeout_graceful_shutdown=5, http="httptools"
        )
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)

    def _run(self) -> None:
        asyncio.run(self.server.serve(sockets=[self.listener]))

    def ask(
        self, path: str, method: str = "GET", body: Any = None, **headers: str
    ) -> tuple[int, bytes, http.client.HTTPMessage]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        try:
            return answer.status, answer.read(), answer.headers
        finally:
            connection.close()

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(10)


@pytest.fixture
def served(settings: Settings) -> Iterator[Served]:
    settings.ROOT_URLCONF = "zoco.project.tests.pages"
    settings.MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
    pages.closed.clear()
    bridge = Bridge(threads=THREADS, body_limit=LIMIT)
    server = Served(bridge)
    yield server
    server.stop()
    bridge.close(2.0)


def test_answer_has_status_body_and_length(served: Served) -> None:
    status, body, headers = served.ask("/plain")

    assert (status, body, headers["content-length"]) == (200, b"hello", "5")


def test_head_has_no_body(served: Served) -> None:
    status, body, headers = served.ask("/plain", "HEAD")

    assert (status, body, headers["content-length"]) == (200, b"", "5")


def test_large_upload_arrives_whole(served: Served) -> None:
    sent = os.urandom(20_000_000)

    status, body, _ = served.ask("/digest", "POST", sent, Cookie=LOGGED_IN)

    assert (status, body.decode()) == (200, blake2b(sent).hexdigest())


def test_file_in_a_form_arrives_whole(served: Served) -> None:
    sent = os.urandom(5_000_000)
    form = (
        b'--%b\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n' % BOUNDARY
        + sent
        + b"\r\n--%b--\r\n" % BOUNDARY
    )

    status, body, _ = served.ask(
        "/uploaded",
        "POST",
        form,
        **{"Content-Type": f"multipart/form-data; boundary={BOUNDARY.decode()}", "Cookie": LOGGED_IN},
    )

    assert (status, body.decode()) == (200, f"a.bin 5000000 {blake2b(sent).hexdigest()}")


def test_body_over_the_limit_is_refused_before_it_is_read(served: Served) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)
    connection.putrequest("POST", "/digest")
    connection.putheader("Content-Length", str(LIMIT + 1))
    connection.putheader("Cookie", LOGGED_IN)
    connection.endheaders()

    assert connection.getresponse().status == 413


def test_large_body_of_somebody_unknown_is_refused(served: Served) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)
    connection.putrequest("POST", "/digest")
    connection.putheader("Content-Length", "3000000")
    connection.endheaders()

    assert connection.getresponse().status == 413
    assert served.ask("/digest", "POST", b"x" * 3_000_000, Cookie=LOGGED_IN)[0] == 200


def test_body_without_length_over_the_limit_is_refused(served: Served) -> None:
    with socket.create_connection(("127.0.0.1", served.port), 10) as raw:
        raw.sendall(
            b"POST /digest HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
            b"Cookie: sessionid=whatever\r\n\r\n"
        )
        piece = b"%x\r\n%s\r\n" % (1_000_000, b"x" * 1_000_000)
        try:
            for _ in range(LIMIT // 1_000_000 + 1):
                raw.sendall(piece)
        except (BrokenPipeError, ConnectionResetError):
            pass
        answer = raw.recv(100)

    assert answer.startswith(b"HTTP/1.1 413 ")


def test_stream_comes_from_one_thread_in_its_own_language(served: Served) -> None:
    with ThreadPoolExecutor(8) as several:
        answers = list(
            several.map(lambda number: served.ask(f"/stream?language={('es', 'ru')[number % 2]}"), range(8))
        )

    for number, (status, body, _) in enumerate(answers):
        lines = [line.split() for line in body.decode().splitlines()]
        assert status == 200
        assert [int(line[0]) for line in lines] == list(range(10_000))
        assert len({line[1] for line in lines}) == 1
        assert {line[2] for line in lines} == {("es", "ru")[number % 2]}
    _until(lambda: len(pages.closed) == 8)


def test_asynchronous_stream_is_sent(served: Served) -> None:
    assert served.ask("/later")[:2] == (200, b"012")


def test_client_that_leaves_ends_its_stream(served: Served) -> None:
    with socket.create_connection(("127.0.0.1", served.port), 10) as raw:
        raw.sendall(b"GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n")
        while b"xxx" not in raw.recv(5000):
            pass

    _until(lambda: pages.closed == ["endless"])
    assert served.ask("/plain")[0] == 200


def test_client_that_leaves_while_it_waits_is_not_served(served: Served) -> None:
    with ThreadPoolExecutor(THREADS) as several:
        busy = [several.submit(served.ask, "/slow?seconds=1") for _ in range(THREADS)]
        time.sleep(0.3)
        pages.threads.clear()
        with socket.create_connection(("127.0.0.1", served.port), 10) as raw:
            raw.sendall(b"GET /thread HTTP/1.1\r\nHost: localhost\r\n\r\n")
            time.sleep(0.2)
        statuses = [one.result()[0] for one in busy]

    assert statuses == [200] * THREADS
    assert served.ask("/plain")[0] == 200
    assert pages.threads == set()


def test_exception_is_the_500_page(served: Served) -> None:
    status, body, headers = served.ask("/failing")

    assert status == 500
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert b"The page could not be made" in body
    assert b"on purpose" not in body


def test_stream_that_fails_breaks_the_connection(served: Served) -> None:
    with pytest.raises(http.client.IncompleteRead):
        served.ask("/breaking")

    assert served.ask("/plain")[0] == 200


def test_each_cookie_has_its_own_header(served: Served) -> None:
    headers = served.ask("/cookies")[2]

    assert headers.get_all("set-cookie") == ["one=1; Path=/", "two=2; Path=/"]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_hundred_requests_at_once_use_no_more_threads_than_there_are(served: Served) -> None:
    pages.threads.clear()
    pages.connections.clear()

    with ThreadPoolExecutor(200) as several:
        statuses = [status for status, _, _ in several.map(lambda _: served.ask("/thread"), range(200))]

    assert statuses == [200] * 200
    assert 1 <= len(pages.threads) <= THREADS
    assert len(pages.connections) <= THREADS


def test_requests_that_run_are_finished_when_the_server_stops(served: Served) -> None:
    with ThreadPoolExecutor(1) as one:
        answer = one.submit(served.ask, "/slow?seconds=1")
        time.sleep(0.3)
        served.stop()

    assert answer.result()[:2] == (200, b"slow")


def test_more_requests_than_may_wait_are_told_to_come_again(settings: Settings) -> None:
    settings.ROOT_URLCONF = "zoco.project.tests.pages"
    settings.MIDDLEWARE = []
    bridge = Bridge(threads=1, body_limit=LIMIT, waiting=1)
    server = Served(bridge)

    with ThreadPoolExecutor(6) as several:
        statuses = sorted(one[0] for one in several.map(lambda _: server.ask("/slow?seconds=1"), range(6)))
    server.stop()
    bridge.close(2.0)

    assert statuses[0] == 200
    assert statuses[-1] == 503


def _until(true: Any, seconds: float = 10.0) -> None:
    started = time.monotonic()
    while not true():
        assert time.monotonic() - started < seconds
        time.sleep(0.02)
