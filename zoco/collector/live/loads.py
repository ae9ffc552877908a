"""Page loads that a server counts itself, by the steps of a log's line and the pseudonym of the tracker.

So a load and the tracker's beacon of the same visit have the same visitor, and a report can tell which
loads sent none. They count nothing: only sites that count by tracker have them.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from zoco.collector.event import Event
from zoco.collector.live.here import Here
from zoco.collector.live.reader import hints_of, language_of
from zoco.collector.live.taking import now_micros
from zoco.collector.reasons import Refused
from zoco.collector.steps import through
from zoco.collector.steps.blocking import WISHED
from zoco.collector.steps.visitor import day_before, local_day
from zoco.kit.ids import uuid7
from zoco.ledger.schema import Fact, encoder
from zoco.ledger.spool import SpoolWriter
from zoco.ledger.spool.writer import SpoolRefused
from zoco.sites.published import PublishedSite, SitesUnpublished

log = logging.getLogger(__name__)


class Loads:
    """One for each process; use it from any thread."""

    def __init__(self, published: Path, writer: Callable[[], SpoolWriter]) -> None:
        self.here = Here(published)
        self._writer = writer
        self._gate = threading.Lock()

    def note(self, target: str, peer: str, headers: Mapping[str, str], forwarded: Sequence[str] = ()) -> bool:
        """Write a page load down, if its site counts by tracker; say whether it did. Never raises.

        Names of headers are in lower case; `forwarded` are the values of X-Forwarded-For.
        """
        try:
            with self._gate:
                self.here.look()
            site = self.here.site_of(headers.get("host", ""))
            if site is None or site.is_demo or site.counting != "tracker":
                return False
            fact = self._fact(site, target, self.here.client(peer, forwarded), headers)
            self._writer().append_lines(encoder.encode(fact) + b"\n")
        except Refused as refused:
            if refused.reason not in WISHED:
                log.warning("A page load was refused. reason=%s", refused.reason)
            return False
        except (SitesUnpublished, msgspec.MsgspecError, SpoolRefused, OSError) as error:
            log.warning("A page load could not be written down. error=%s", error)
            return False
        return True

    def _fact(self, site: PublishedSite, target: str, address: str, headers: Mapping[str, str]) -> Fact:
        """Send a load through the steps. Raises Refused."""
        now = now_micros()
        day = local_day(now, site.zone)
        salt = self.here.salt_of(site, day.on)
        fact = Fact(
            id=uuid7(now), site=site.id, name="", origin="server", origin_key="loads",
            occurred_at=now, received_at=now, language=language_of(headers.get("accept-language", "")),
        )  # fmt: skip
        event = Event(
            site=site,
            fact=fact,
            address=address if salt else "",
            user_agent=headers.get("user-agent", ""),
            hints=hints_of(headers),
            host=headers.get("host", ""),
            target=target,
            status=200,
            referrer=headers.get("referer", ""),
            mark=_mark_of(headers.get("cookie", "")),
            salt=salt,
            salt_before=self.here.salt_of(site, day_before(day.on)) if day.is_early else b"",
        )
        return through(event).fact


def _mark_of(cookies: str) -> str:
    """Return the mark of a browser of the site's own people, "" where there is none."""
    return f"; {cookies}".partition("; zoco_staff=")[2].partition(";")[0]
