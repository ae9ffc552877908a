"""Counting what was taken and what was refused, as facts: so that a person can see it in a report.

A collector writes them a few times a minute, if there is anything to tell. They are nobody's visit.
"""

import os
from collections import Counter
from collections.abc import Sequence

from zoco.collector.live.reader import Refusal
from zoco.kit.ids import uuid7
from zoco.ledger.schema import Fact, encoder

TAKEN, REFUSED = "collector.facts.taken", "collector.fact.refused"
SECONDS = 10.0
REFUSED_SECONDS = 1.5
"""What was refused is told sooner: somebody may be looking for it."""
HOSTS_MOST = 50
OTHER_HOST = "(other)"


class Tallies:
    """Counts of one process since they were last written."""

    def __init__(self) -> None:
        self._taken: Counter[tuple[int, bool]] = Counter()
        self._refused: Counter[tuple[int, str, str]] = Counter()
        self.refused_all: Counter[str] = Counter()

    def take(self, sites: list[int], *, is_near: bool) -> None:
        """Count facts that are on the disk, by the site of each; near ones came from a local network."""
        for site in sites:
            self._taken[site, is_near] += 1

    def refuse(self, refused: Sequence[Refusal]) -> None:
        """Count what was refused."""
        for each in refused:
            key = (each.site, each.reason.value, each.host)
            if each.host and key not in self._refused and len(self._refused) >= HOSTS_MOST:
                key = (each.site, each.reason.value, OTHER_HOST)
            self._refused[key] += 1
            self.refused_all[each.reason.value] += 1

    def lines(self, now: int, *, only_refused: bool = False) -> bytes:
        """Return what was counted, or refused alone, as lines for the spool, and begin anew."""
        facts = [] if only_refused else self._facts_taken(now)
        for (site, reason, host), times in self._refused.items():
            fact = _told(now, site, REFUSED, times)
            fact.reason, fact.host = reason, host
            facts.append(fact)
        self._refused.clear()
        return b"".join(encoder.encode(fact) + b"\n" for fact in facts)

    def _facts_taken(self, now: int) -> list[Fact]:
        facts = []
        for site in {site for site, _ in self._taken}:
            local = self._taken[site, True]
            fact = _told(now, site, TAKEN, local + self._taken[site, False])
            fact.props = {"local": local} if local else {}
            facts.append(fact)
        self._taken.clear()
        return facts


def _told(now: int, site: int, name: str, times: int) -> Fact:
    return Fact(
        id=uuid7(now),
        site=site,
        name=name,
        origin="server",
        origin_key=f"collector-{os.getpid()}",
        occurred_at=now,
        received_at=now,
        verdict="server",
        quantity=times,
    )
