"""A web server on loopback with pages of all kinds of faults, the tracker and the collector's refusal."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from zoco.collector.live.answers import WRONG_METHOD
from zoco.collector.live.tracker import HEADERS, Tracker

SCRIPT = Tracker().plain
PAGE = "<!doctype html><html><head><title>Honey</title>{}</head><body>Honey</body></html>"
TYPE = "text/html; charset=utf-8"


class Pages(ThreadingHTTPServer):
    """What is at which path: status, headers, body."""

    daemon_threads = True

    def __init__(self, word: str) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.there: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.asked: list[tuple[str, str]] = []
        for script, facts in ((f"/{word}.js", f"/{word}"), ("/z.js", "/e")):
            self.there[script] = (200, HEADERS, SCRIPT)
            self.there[facts] = (405, dict(WRONG_METHOD.headers), WRONG_METHOD.body)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def put(self, head: str, *, path: str = "/", **headers: str) -> str:
        """Put a page with this in its head at a path, and return its address."""
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        self.there[path] = (200, {"content-type": TYPE, **told}, PAGE.format(head).encode())
        return f"{self.url}{path}"


class _Answers(BaseHTTPRequestHandler):
    server: Pages

    def do_GET(self) -> None:
        """Answer."""
        self.server.asked.append((self.command, self.path))
        missing: tuple[int, dict[str, str], bytes] = (404, {"content-type": TYPE}, b"<h1>Not here</h1>")
        status, headers, body = self.server.there.get(self.path, missing)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def serving(word: str) -> Iterator[Pages]:
    """Serve until the block ends."""
    server = Pages(word)
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
