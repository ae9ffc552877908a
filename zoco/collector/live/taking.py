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
from zoco.collector.live.here import Here
from zoco.collector.live.reader import Read, Reader, Refusal, Sender, hints_of, language_of
from zoco.collector.live.tallies import Tallies
from zoco.collector.reasons import Reason, Refused
from zoco.ledger.schema import encoder
from zoco.sites.published import SitesUnpublished

log = logging.getLogger(__name__)


def now_micros() -> int:
    """Return our clock as UTC microseconds."""
    return time.time_ns() // 1_000


class Request(NamedTuple):
    """A request that was read. Its lines go to the disk before anybody hears that they were taken."""

    read: Read
    address: str
    lines: bytes


class Taking:
    """The part of a collector that needs no server. One for each process."""

    def __init__(self, published: Path) -> None:
        self.here = Here(published)
        self.reader = Reader(self.here, now_micros)
        self.tallies = Tallies()

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
        sender = Sender(
            address=self.here.client(peer, forwarded) if forwarded else peer,
            user_agent=headers.get("user-agent", ""),
            language=language_of(headers.get("accept-language", "")),
            hints=hints_of(headers) if "sec-ch-ua" in headers else {},
            host=headers.get("host", ""),
        )
        if body is None:
            read = Read(refused=[self.reader.refusal(Refused(Reason.TOO_LARGE), sender, 0)])
        else:
            read = self.reader.read(body, sender)
        lines = b"".join([encoder.encode(fact) + b"\n" for fact in read.facts])
        return Request(read, sender.address, lines)

    def taken(self, request: Request) -> Answer:
        """Count and answer a request whose lines are on the disk."""
        read = request.read
        if read.facts:
            self.tallies.take(read.facts, request.address)
        if not read.refused:
            return answers.WRITTEN
        self.tallies.refuse(read.refused)
        return answers.refused(read.refused, len(read.facts))

    def missed(self, request: Request, why: str) -> Answer:
        """Count and answer a request whose lines could not be written."""
        facts = request.read.facts
        return self._missed(
            [Refusal(index, Reason.NOT_WRITTEN, fact.site) for index, fact in enumerate(facts)], why
        )

    def failed(self) -> Answer:
        """Log the error that is being handled and answer: it is ours, the sender may send again."""
        log.exception("A request to the collector failed; its sender is told to send it again.")
        return answers.not_written(1, "an error of ours, which is in the log")

    def _missed(self, refused: list[Refusal], why: str) -> Answer:
        self.tallies.refuse(refused)
        return answers.not_written(len(refused), why)
