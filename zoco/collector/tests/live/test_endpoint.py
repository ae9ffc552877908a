"""`/e` and `/z.js` behind a real uvicorn, in its own way and in the short one."""

import gzip
import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from zoco.collector.live import taking, tallies
from zoco.collector.live.here import LOOK_SECONDS
from zoco.collector.live.reader import Reader
from zoco.collector.live.servers.endpoint import Collector
from zoco.collector.live.servers.protocol import short_way
from zoco.collector.live.tracker import SOURCE, Tracker
from zoco.collector.tests.live.conftest import AGENT, PAGE, salts
from zoco.ledger.schema import Fact, decoder
from zoco.ledger.spool import SpoolWriter
from zoco.sites import published
from zoco.sites.published import Published, PublishedSite


@dataclass
class Served:
    """A collector that serves, and its spool."""

    port: int
    spool: Path
    writer: SpoolWriter

    def ask(self, method: str = "POST", path: str = "/e", body: Any = PAGE, **headers: str) -> HTTPResponse:
        """Send a request; the answer is read whole into `.text`."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        sent = {"user-agent": AGENT} | {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        answer.text = answer.read()  # type: ignore[attr-defined]
        connection.close()
        return answer

    def facts(self) -> list[Fact]:
        """Return what is on the disk."""
        lines = b"".join(path.read_bytes() for path in sorted(self.spool.glob("*.ndjson*")))
        return [decoder.decode(line) for line in lines.splitlines()]


@pytest.fixture(params=["uvicorn's", "short"])
def served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Served]:
    monkeypatch.setattr(tallies, "SECONDS", 0.2)
    today = datetime.now(UTC).date()
    site = PublishedSite(
        id=7, slug="shop", name="Shop", zone="UTC", currency="EUR", hostnames=("shop.example",),
        salts=salts(today),
    )  # fmt: skip
    published.write(tmp_path / "sites.json", Published(sites=(site,), trusted_proxies=("127.0.0.0/8",)))
    writer = SpoolWriter(tmp_path / "spool", "test")
    collector, tracker = Collector(tmp_path / "sites.json", lambda: writer), Tracker()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await receive()
            collector.start()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await collector.end()
            await send({"type": "lifespan.shutdown.complete"})
        else:
            await (tracker if scope["path"] == "/z.js" else collector)(scope, receive, send)

    listener = socket.create_server(("127.0.0.1", 0))
    http = short_way(collector) if request.param == "short" else "httptools"
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="on", http=http)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield Served(listener.getsockname()[1], tmp_path / "spool", writer)
    server.should_exit = True
    thread.join(10)
    assert not thread.is_alive()


def test_204_means_on_the_disk(served: Served) -> None:
    answer = served.ask(accept_language="ru-RU", content_type="text/plain")

    assert (answer.status, answer.getheader("access-control-allow-origin")) == (204, "*")
    [fact] = [fact for fact in served.facts() if fact.name == "web.page.viewed"]
    assert (fact.path, fact.language, fact.browser) == ("/a", "ru", "Firefox")


def test_the_sender_is_told_what_was_refused_and_it_is_counted(served: Served) -> None:
    answer = served.ask(body=f'[{PAGE},{{"url":"https://other.example/"}}]')

    assert answer.status == 400
    told = json.loads(answer.text)  # type: ignore[attr-defined]
    assert told["written"] == 1
    assert [(each["index"], each["reason"]) for each in told["refused"]] == [(1, "unknown_host")]
    assert "add it to the host names" in told["refused"][0]["message"]
    assert "--any-host" not in told["refused"][0]["message"]
    counted = wait_for(served, "collector.fact.refused")
    assert [(fact.site, fact.reason, fact.host, fact.quantity) for fact in counted] == [
        (0, "unknown_host", "other.example", 1)
    ]
    [taken] = wait_for(served, "collector.facts.taken")
    assert (taken.quantity, taken.props, taken.verdict) == (1, {"local": 1}, "server")


def test_the_first_request_of_a_process_believes_its_proxies_too(served: Served) -> None:
    served.ask(x_forwarded_for="81.0.32.7")
    [fact] = [fact for fact in served.facts() if fact.name == "web.page.viewed"]
    assert fact.country == "ES"


def test_an_error_of_ours_is_told_and_logged(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(Reader, "read", broken)
        assert served.ask().status == 503
    assert served.ask().status == 204


def test_a_body_over_the_limit_is_refused_with_or_without_a_length(served: Served) -> None:
    assert served.ask(body="x" * 65_537).status == 413
    assert served.ask(body=iter([b"x" * 40_000, b"y" * 40_000])).status == 413
    assert len(wait_for(served, "collector.fact.refused", times=2)) >= 1


def test_no_room_is_503_and_the_same_is_taken_when_there_is_some(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    served.ask()
    time.sleep(1.2)  # the segment is closed, so that the limit is looked at
    monkeypatch.setattr(served.writer, "limit_bytes", 10)
    body = '{"url":"https://shop.example/b","id":"0199a000-0000-7000-8000-000000000001"}'
    answer = served.ask(body=body)

    assert answer.status == 503
    assert answer.getheader("retry-after") == "5"
    assert json.loads(answer.text)["refused"][0]["reason"] == "not_written"  # type: ignore[attr-defined]
    monkeypatch.setattr(served.writer, "limit_bytes", 1_000_000)
    assert served.ask(body=body).status == 204
    assert [fact.path for fact in served.facts() if fact.name == "web.page.viewed"] == ["/a", "/b"]


@pytest.mark.parametrize(("method", "status"), [("GET", 405), ("PUT", 405), ("OPTIONS", 204)])
def test_other_methods(served: Served, method: str, status: int) -> None:
    answer = served.ask(method, body=None)
    assert answer.status == status
    if method == "OPTIONS":
        assert answer.getheader("access-control-allow-methods") == "POST, OPTIONS"


def test_without_published_sites_it_is_503(served: Served) -> None:
    (served.spool.parent / "sites.json").unlink()
    assert served.ask().status == 503


def test_the_tracker_is_served_packed_and_with_a_tag(served: Served) -> None:
    plain = served.ask("GET", "/z.js", None)
    packed = served.ask("GET", "/z.js", None, accept_encoding="gzip, br")

    assert plain.text == gzip.decompress(packed.text)  # type: ignore[attr-defined]
    assert plain.getheader("content-type") == "text/javascript; charset=utf-8"
    tag = plain.getheader("etag") or ""
    assert served.ask("GET", "/z.js", None, if_none_match=tag).status == 304
    assert served.ask("POST", "/z.js").status == 405
    size = len(packed.text)  # type: ignore[attr-defined]
    print(f"The tracker has {SOURCE.stat().st_size:,} bytes, {len(plain.text):,} as served, {size:,} packed.")  # type: ignore[attr-defined]
    assert size <= 3_072, "a tracker must be small"


def test_an_image_is_a_page_view_and_there_only_when_that_is_on_the_disk(served: Served) -> None:
    shown = served.ask(
        "GET", "/e.gif?r=https%3A//www.google.com/&t=Honey", None, referer="https://shop.example/h"
    )
    told = served.ask("GET", "/e.gif?u=https://shop.example/u%3Futm_source%3Dx", None)

    views = [fact for fact in served.facts() if fact.name == "web.page.viewed"]
    assert [(fact.path, fact.title, fact.source) for fact in views] == [
        ("/h", "Honey", "google"),
        ("/u", "", "x"),
    ]
    for answer in (shown, told):
        assert (answer.status, answer.getheader("content-type")) == (200, "image/gif")
        assert answer.getheader("cache-control") == "no-store"
        assert answer.text.startswith(b"GIF89a")  # type: ignore[attr-defined]
    assert served.ask("GET", "/e.gif", None, referer="https://other.example/").status == 400
    assert served.ask("GET", f"/e.gif?{'&'.join('a=1' for _ in range(99))}", None).status == 400
    assert served.ask("HEAD", "/e.gif", None, referer="https://shop.example/h").status == 405
    (served.spool.parent / "sites.json").unlink()
    time.sleep(LOOK_SECONDS + 0.1)
    missed = served.ask("GET", "/e.gif", None, referer="https://shop.example/h")
    assert (missed.status, b"GIF" in missed.text) == (503, False)  # type: ignore[attr-defined]


def test_somebody_who_hangs_up_in_the_middle_does_no_harm(served: Served) -> None:
    for cut in (b"POST /e HTTP/1.1\r\nhost: x\r\ncontent-length: 500\r\n\r\n{", b"POST /e HTTP/1.1\r\n"):
        with socket.create_connection(("127.0.0.1", served.port)) as half:
            half.sendall(cut)
    assert served.ask().status == 204


def wait_for(served: Served, name: str, times: int = 1) -> list[Fact]:
    """Return the facts of a name when their quantities add up."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        found = [fact for fact in served.facts() if fact.name == name]
        if sum(fact.quantity for fact in found) >= times:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{name} was not written")


def test_our_clock_is_in_microseconds() -> None:
    assert abs(taking.now_micros() / 1e6 - time.time()) < 1
