"""`/e` for servers whose threads wait, such as WSGI: the same steps and spool, one request a thread."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from zoco.collector.live import answers, tallies
from zoco.collector.live.answers import Answer
from zoco.collector.live.servers import pixel
from zoco.collector.live.taking import Taking, now_micros
from zoco.ledger.spool import SpoolWriter
from zoco.ledger.spool.writer import SpoolRefused

log = logging.getLogger(__name__)


class WaitingCollector:
    """One for each process; use it from any thread."""

    def __init__(self, published: Path, writer: Callable[[], SpoolWriter]) -> None:
        self.taking = Taking(published)
        self._writer = writer
        self._gate = threading.Lock()
        self._told_at = time.monotonic()

    def answer(
        self,
        method: str,
        body: bytes | None,
        peer: str,
        headers: Mapping[str, str],
        forwarded: Sequence[str] = (),
    ) -> Answer:
        """Answer one request; a 2xx means that its facts are on the disk."""
        if method != "POST":
            return answers.MAY_SEND if method == "OPTIONS" else answers.WRONG_METHOD
        try:
            return self._post(body, peer, headers, forwarded)
        except Exception:
            return self.taking.failed()

    def image(
        self, query: str, peer: str, headers: Mapping[str, str], forwarded: Sequence[str] = ()
    ) -> Answer:
        """Answer `GET /e.gif`: the image when its page view is on the disk."""
        body = pixel.facts_of(query, headers.get("referer", ""))
        return pixel.answer_to(self.answer("POST", body, peer, headers, forwarded))

    def _post(
        self, body: bytes | None, peer: str, headers: Mapping[str, str], forwarded: Sequence[str]
    ) -> Answer:
        with self._gate:
            request = self.taking.read(body, peer, headers, forwarded)
        if isinstance(request, Answer):
            return request
        try:
            self._writer().append_lines(request.lines)
        except SpoolRefused as error:
            with self._gate:
                return self.taking.missed(request, error.strerror or "the spool takes nothing")
        with self._gate:
            answer = self.taking.taken(request)
            is_time = time.monotonic() - self._told_at >= tallies.SECONDS
            lines = self.taking.tallies.lines(now_micros()) if is_time else b""
            self._told_at = time.monotonic() if is_time else self._told_at
        self._tell(lines)
        return answer

    def _tell(self, lines: bytes) -> None:
        try:
            self._writer().append_lines(lines)
        except SpoolRefused as error:
            log.warning("Counts of the collector could not be written. error=%s", error)
