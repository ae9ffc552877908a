"""From a request to facts: the limits, then the named steps. Whatever is refused says why."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from zoco.collector.event import Event
from zoco.collector.live import page, wire
from zoco.collector.live.here import Here
from zoco.collector.live.wire import Sent
from zoco.collector.reasons import Reason, Refused
from zoco.collector.steps import device, place, site, source, through, verdict, visitor
from zoco.collector.steps.visitor import day_before, local_day
from zoco.kit.hosts import plain_host
from zoco.kit.ids import uuid7
from zoco.ledger.schema import Fact

STEPS = tuple(module.step for module in (site, verdict, device, place, source, visitor))
HINTS = (
    "sec-ch-ua", "sec-ch-ua-full-version-list", "sec-ch-ua-mobile", "sec-ch-ua-platform",
    "sec-ch-ua-platform-version", "sec-ch-ua-model",
)  # fmt: skip
LANGUAGE_LONGEST = 3


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent a request: what the facts of it have in common. `hints` are client hints by name."""

    address: str
    user_agent: str
    language: str = ""
    hints: Mapping[str, str] = field(default_factory=dict)
    host: str = ""
    """The host that was asked; tells whose refusals these are when no fact does."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One fact of a request that was not taken, counted from 0. `host` is one that no site has."""

    index: int
    reason: Reason
    site: int
    host: str = ""
    detail: str = ""


@dataclass(slots=True)
class Read:
    """What became of a request's facts."""

    facts: list[Fact] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


class Reader:
    """Turns requests into facts. One for each process; holds no state but what is published."""

    def __init__(self, here: Here, clock: Callable[[], int]) -> None:
        self._here = here
        self._clock = clock

    def read(self, body: bytes, sender: Sender) -> Read:
        """Return the facts of a request and what was refused. `here` must have been looked at."""
        found = Read()
        try:
            sent = wire.read(body)
        except Refused as refused:
            found.refused.append(self.refusal(refused, sender, 0))
            return found
        now = self._clock()
        for index, each in enumerate(sent):
            try:
                found.facts.append(self._fact(each, sender, now))
            except Refused as refused:
                found.refused.append(self.refusal(refused, sender, index, each.url))
        return found

    def refusal(self, refused: Refused, sender: Sender, index: int, url: str = "") -> Refusal:
        """Say whose refusal it is: of the page's site, else of the one that was asked, else of the first."""
        host = ""
        with contextlib.suppress(Refused):
            host = page.address(url).host if url else ""
        found = self._here.site_of(host) or self._here.site_of(sender.host)
        known = found or next(iter(self._here.sites), None)
        unknown = plain_host(host) if refused.reason is Reason.UNKNOWN_HOST else ""
        return Refusal(index, refused.reason, known.id if known else 0, unknown, refused.detail)

    def _fact(self, sent: Sent, sender: Sender, now: int) -> Fact:
        wire.check(sent)
        amount = wire.money(sent.amount)
        where = page.address(sent.url)
        found = self._here.site_of(where.host)
        if found is None:
            raise Refused(Reason.UNKNOWN_HOST)
        at = now - sent.age * 1_000
        fact = Fact(
            id=sent.id or uuid7(now),
            site=found.id,
            name="",
            origin="tracker",
            occurred_at=at,
            received_at=now,
        )
        fact.language = sender.language
        fact.amount, fact.currency = amount, sent.currency
        if sent.currency == found.currency:
            fact.amount_site = amount
        day = local_day(at, found.zone)
        salt = self._here.salt_of(found, day.on)
        if not salt:
            raise Refused(Reason.NO_SALT)
        event = Event(
            site=found,
            fact=fact,
            address=sender.address,
            user_agent=sender.user_agent,
            hints=dict(sender.hints) if sender.hints else {},
            salt=salt,
            salt_before=self._here.salt_of(found, day_before(day.on)) if day.is_early else b"",
        )
        page.fill(event, sent, where)
        through(event, STEPS)
        if sent.driven:
            page.driven(fact)
        return fact


@lru_cache(maxsize=1024)
def language_of(header: str) -> str:
    """Return the first language of an Accept-Language header as its primary tag: es of "es-MX, en"."""
    tag = header.partition(",")[0].partition(";")[0].strip().lower()
    primary = tag.partition("-")[0]
    return (
        primary if primary.isascii() and primary.isalpha() and 2 <= len(primary) <= LANGUAGE_LONGEST else ""
    )


def hints_of(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the client hints among headers (names in lower case)."""
    return {name: headers[name] for name in HINTS if name in headers}
