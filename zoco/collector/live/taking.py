"""What every server does with a request to `/e`: read it, have it written, count it, answer.

Whoever serves waits for the disk in its own way, between `read` and `taken`.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from zoco.collector.live import answers
from zoco.collector.live.answers import Answer
from zoco.collector.live.here import Here, is_local
from zoco.collector.live.reader import Reader, Refusal, Sender, hints_of, language_of
from zoco.collector.live.tallies import Tallies
from zoco.collector.reasons import Reason, Refused
from zoco.sites.published import SitesUnpublished

log = logging.getLogger(__name__)


def now_micros() -> int:
    """Return our clock as UTC microseconds."""
    return time.time_ns() // 1_000


class Request(NamedTuple):
    """A request that was read. Its lines go to the disk before anybody hears that they were taken.

    `sites` names the site of each line; `is_near` says that it came from a local network; `noted` is what
    was left out of facts that were taken.
    """

    lines: bytes
    sites: list[int]
    refused: list[Refusal]
    is_near: bool
    noted: tuple[Refusal, ...] = ()


class Taking:
    """The part of a collector that needs no server. One for each process."""

    def __init__(self, published: Path) -> None:
        self.here = Here(published)
        self.reader = Reader(self.here, now_micros)
        self.tallies = Tallies()

    def serves(self, word: str) -> bool:
        """Say whether the tracker is served under a word of this installation."""
        try:
            self.here.look()
        except (SitesUnpublished, msgspec.MsgspecError, OSError):
            return False
        return word in self.here.words

    def read(
        self, body: bytes | None, peer: str, headers: Mapping[str, str], forwarded: Sequence[str] = ()
    ) -> Request | Answer:
        """Read a request, or answer it at once when that cannot be. No body: it was too long.

        Names of headers are in lower case; `forwarded` are the values of X-Forwarded-For.
        """
        try:
            self.here.look()
        except (SitesUnpublished, msgspec.MsgspecError, OSError) as error:
            return self._missed([Refusal(0, Reason.NOT_WRITTEN, 0)], str(error))
        address = self.here.client(peer, forwarded) if forwarded else peer
        sender = Sender(
            address,
            headers.get("user-agent", ""),
            language_of(headers.get("accept-language", "")),
            hints_of(headers) if "sec-ch-ua" in headers else {},
            headers.get("host", ""),
            asks_privacy=headers.get("sec-gpc") == "1" or headers.get("dnt") == "1",
        )
        if body is None:
            refusal = self.reader.refusal(Refused(Reason.TOO_LARGE), sender, 0)
            return Request(b"", [], [refusal], is_near=False)
        read = self.reader.read(body, sender)
        lines = "".join(read.lines).encode()
        return Request(lines, read.sites, read.refused, is_local(address), (*read.noted,))

    def taken(self, request: Request) -> Answer:
        """Count and answer a request whose lines are on the disk."""
        if request.sites:
            self.tallies.take(request.sites, is_near=request.is_near)
        if request.noted:
            self.tallies.refuse(request.noted)
        if not request.refused:
            return answers.WRITTEN
        self.tallies.refuse(request.refused)
        return answers.refused(request.refused, len(request.sites))

    def missed(self, request: Request, why: str) -> Answer:
        """Count and answer a request whose lines could not be written."""
        refused = [Refusal(index, Reason.NOT_WRITTEN, site) for index, site in enumerate(request.sites)]
        return self._missed(refused, why)

    def overloaded(self) -> Answer:
        """Count and answer a request that there was no room to read."""
        return self._missed([Refusal(0, Reason.NOT_WRITTEN, 0)], "too much waits to be written")

    def failed(self) -> Answer:
        """Log the error that is being handled and answer: it is ours, the sender may send again."""
        log.exception("A request to the collector failed; its sender is told to send it again.")
        return answers.not_written(1, "an error of ours, which is in the log")

    def _missed(self, refused: list[Refusal], why: str) -> Answer:
        self.tallies.refuse(refused)
        return answers.not_written(len(refused), why)
