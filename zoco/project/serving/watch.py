"""What a web process knows of the store while somebody listens: new facts of sites, and people now.

One thread asks for all listeners of the process. When nobody listens nobody asks.
"""

import asyncio
import logging
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from django.conf import settings
from django.db import close_old_connections, connections
from django.utils.translation import override

from zoco.kit.periods import micros
from zoco.ledger import sitebook
from zoco.ledger.asking.now import people_now
from zoco.ledger.asking.question import Question
from zoco.ledger.sitebook import SiteUnknown
from zoco.ledger.store.base import Store
from zoco.ledger.store.counting import newest_received
from zoco.ledger.store.opening import store
from zoco.ledger.views.overview import people_text
from zoco.project.serving.pool import Job, Pool

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.5
EVERY_SECONDS = 5.0
"""What is told of a site is told at most this often."""


@dataclass(slots=True)
class News:
    """By slug of the site: a mark that changes with its facts; the sentence on people now by language."""

    facts: dict[str, str] = field(default_factory=dict)
    people: dict[str, dict[str, str]] = field(default_factory=dict)

    def add(self, other: "News") -> None:
        """Take over what is newer."""
        self.facts |= other.facts
        self.people |= other.people

    def about(self, sites: Collection[str]) -> "News":
        """Return the marks of all sites, and the people of these."""
        return News(dict(self.facts), {slug: self.people[slug] for slug in sites if slug in self.people})

    def __bool__(self) -> bool:
        return bool(self.facts or self.people)


class Listener:
    """What is still to be told to one stream: newer news takes the place of older, so it never grows."""

    def __init__(self, sites: frozenset[str]) -> None:
        self.sites = sites
        self.ready = asyncio.Event()
        self._untold = News()

    def tell(self, news: News) -> None:
        """Add what concerns this listener."""
        mine = news.about(self.sites)
        if mine:
            self._untold.add(mine)
            self.ready.set()

    def take(self) -> News:
        """Return what is to be told, and forget it."""
        news, self._untold = self._untold, News()
        self.ready.clear()
        return news


@dataclass(slots=True)
class Counted:
    """How many people were on a site, when (monotonic seconds), and what the store's version was."""

    count: int
    at: float
    version: int


class Looker:
    """Asks the store, in one thread: for a twentieth of the time at most, and only what may have changed."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin anew: the next look tells everything."""
        self._marks: dict[str, str] = {}
        self._told: dict[str, float] = {}
        self._is_first, self._is_behind = True, False
        self._version, self._next = -1, 0.0
        self._people: dict[str, Counted] = {}

    def look(self, asked: Collection[str]) -> News:
        """Return what changed since the last look; people of these sites only.

        Raises StoreBusy, QueryFailed.
        """
        close_old_connections()
        opened = store()
        clock, now, version = time.monotonic(), datetime.now(UTC), opened.version()
        news = News()
        if (version != self._version or self._is_behind) and clock >= self._next:
            self._version = version
            news.facts = self._marks_changed(opened, clock, now)
            self._next = clock + max(1.0, 20 * (time.monotonic() - clock))
        self._people = {slug: counted for slug, counted in self._people.items() if slug in asked}
        for slug in asked:
            if self._is_due(slug, clock, version):
                self._count(slug, Counted(0, clock, version), now, news)
        close_old_connections()
        return news

    def _marks_changed(self, opened: Store, clock: float, now: datetime) -> dict[str, str]:
        """Return the marks that are new, but for sites of which something was told just now: they wait."""
        slugs = {info.id: info.slug for info in sitebook.sites()}
        found = newest_received(opened, now=micros(now))
        marks = {slugs[number]: mark for number, mark in found.items() if number in slugs}
        changed = {slug: mark for slug, mark in marks.items() if self._marks.get(slug) != mark}
        told = {
            slug: mark
            for slug, mark in changed.items()
            if clock - self._told.get(slug, -EVERY_SECONDS) >= EVERY_SECONDS
        }
        self._is_behind = len(told) < len(changed)
        self._marks |= told
        if not self._is_first:  # how things are is no news: what comes next need not wait
            self._told |= dict.fromkeys(told, clock)
        self._is_first = False
        return told

    def _is_due(self, slug: str, clock: float, version: int) -> bool:
        last = self._people.get(slug)
        if last is None:
            return True
        # Where nobody was and nothing came nobody is.
        return clock - last.at >= EVERY_SECONDS and (last.count > 0 or last.version != version)

    def _count(self, slug: str, counted: Counted, now: datetime, news: News) -> None:
        try:
            question = Question.from_address({"site": slug, "period": "today"}, now=now)
        except SiteUnknown:
            return
        last = self._people.get(slug)
        counted.count = people_now(question, now=now)
        self._people[slug] = counted
        if last is None or last.count != counted.count:
            news.people[slug] = in_each_language(counted.count)


def in_each_language(count: int) -> dict[str, str]:
    """Return the sentence on people now in each language: tabs of one browser share what is told."""
    said = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            said[code] = people_text(count)
    return said


class Watch:
    """The listeners of a process; use it on the event loop."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()
        self._known = News()
        self._task: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._listeners)

    def join(self, sites: frozenset[str]) -> Listener:
        """Begin to listen; what is known already is told at once."""
        listener = Listener(sites)
        listener.tell(self._known)
        self._listeners.add(listener)
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())
        return listener

    def leave(self, listener: Listener) -> None:
        """Listen no more; after the last one the store is left alone."""
        self._listeners.discard(listener)

    async def _run(self) -> None:
        pool, looker = Pool(1, at_end=connections.close_all), Looker()
        try:
            while self._listeners:
                await asyncio.sleep(await self._tell(pool, looker))
        finally:
            pool.close(0.0)
            self._known, self._task = News(), None

    async def _tell(self, pool: Pool, looker: Looker) -> float:
        """Look once and tell everybody; return how many seconds to wait."""
        asked: frozenset[str] = frozenset().union(*(listener.sites for listener in self._listeners))
        job: Job[News] = Job(partial(looker.look, asked))
        pool.submit(job)
        try:
            news = await job.done
        except Exception:
            log.exception("The store did not say what is new; asking again.")
            looker.forget()  # it may know what nobody was told
            return EVERY_SECONDS
        self._known = self._known.about(asked)
        self._known.add(news)
        for listener in self._listeners:
            listener.tell(news)
        return LOOK_SECONDS
