"""Requests that Django answered, by status and time. Each process counts for itself and writes it down.

A file a process, every five seconds if something came, so that whoever is asked can tell of all. A process
that starts again counts from nothing, as Prometheus expects. What collectors take is counted as facts.
"""

import logging
import os
import re
import secrets
import threading
import time
from bisect import bisect_left
from collections.abc import Callable
from pathlib import Path

import msgspec
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from zoco.kit import conf
from zoco.project import env
from zoco.project.health.lines import masked, request_id

log = logging.getLogger(__name__)

LOG_REQUESTS = conf.declare(
    "LOG_REQUESTS", False, conf.flag, "Write a line for each page: method, path without query, status, time."
)
ID = re.compile(r"[\w.-]{1,64}")
WRITE_SECONDS = 5.0
BOUNDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Tally(msgspec.Struct):
    """Requests of one process. `within` counts by the upper bounds in BOUNDS, the last one is beyond all."""

    process: str
    pid: int
    statuses: dict[str, int] = {}
    within: list[int] = msgspec.field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    seconds: float = 0.0
    busy: dict[str, int] = {}
    """Answers that a busy database held up, by what it was busy with."""


class Measured:
    """The outermost middleware: count each answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self._lock = threading.Lock()
        self._tally = _fresh()
        self._writer: threading.Thread | None = None
        self._is_written = True

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        given = request.headers.get("X-Request-Id", "")
        name = given if ID.fullmatch(given) else secrets.token_hex(8)
        token = request_id.set(name)
        try:
            response = self.get_response(request)
            seconds = time.perf_counter() - started
            self._count(str(response.status_code), seconds, getattr(response, "zoco_busy", ""))
            if LOG_REQUESTS():
                _log(request, response, seconds)
        finally:
            request_id.reset(token)
        response.headers.setdefault("X-Request-Id", name)
        return response

    def _count(self, status: str, seconds: float, busy: str) -> None:
        with self._lock:
            tally = self._tally
            if tally.pid != os.getpid():
                tally = self._tally = _fresh()
                self._writer = None
            tally.statuses[status] = tally.statuses.get(status, 0) + 1
            tally.within[bisect_left(BOUNDS, seconds)] += 1
            tally.seconds += seconds
            if busy:
                tally.busy[busy] = tally.busy.get(busy, 0) + 1
            self._is_written = False
            if self._writer is None and os.environ.get("ZOCO_PROCESS"):
                self._writer = threading.Thread(target=self._write, name="requests", daemon=True)
                self._writer.start()

    def _write(self) -> None:
        while True:
            with self._lock:
                line = b"" if self._is_written else msgspec.json.encode(self._tally)
                self._is_written = True
            if line:
                _put(_folder(env.data()) / f"{self._tally.process}.json", line)
            time.sleep(WRITE_SECONDS)


def _log(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
    """Write a line without query, address or account."""
    path, milliseconds = masked(request.path), round(seconds * 1000)
    log.info(
        "Answered. method=%s path=%s status=%s ms=%s",
        request.method,
        path,
        response.status_code,
        milliseconds,
    )


def tallies(data: Path) -> list[Tally]:
    """Return what the living processes of this machine have written."""
    found = []
    for path in sorted(_folder(data).glob("*.json")):
        try:
            tally = msgspec.json.decode(path.read_bytes(), type=Tally)
        except (OSError, msgspec.MsgspecError):
            continue
        if Path(f"/proc/{tally.pid}").exists():
            found.append(tally)
    return found


def _fresh() -> Tally:
    return Tally(os.environ.get("ZOCO_PROCESS", "zoco"), os.getpid())


def _folder(data: Path) -> Path:
    return data / "tmp" / "requests"


def _put(path: Path, content: bytes) -> None:
    """Write in one go; a disk that is full costs the figures, not the process."""
    try:
        path.parent.mkdir(exist_ok=True)
        partial = path.with_suffix(".partial")
        partial.write_bytes(content)
        partial.replace(path)
    except OSError:
        path.unlink(missing_ok=True)
