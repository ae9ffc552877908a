"""What people do on the pages: views with the touchpoint on the first of each visit, dead links."""

from collections.abc import Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray

from zoco.testing.company.assortment import GONE, pages_of
from zoco.testing.company.visits import Visits, known_ids, pseudonyms
from zoco.testing.company.ways import CAMPAIGNS, LANGUAGES, WAYS, Way
from zoco.testing.company.world import COMPANY_PARTS, Batch, Fragments, Part, World, fragment, fragments

DEAD_LINKS = 0.006
BROKEN = 0.0006


@cache
def touches() -> Fragments:
    """Return the touchpoint of each way, then of each campaign, as fragments with a comma behind."""
    pieces = []
    for row in (*WAYS, *CAMPAIGNS):
        columns = {"source": row.source, "medium": row.medium, "channel": row.channel}
        columns["referrer_host"] = row.referrer_host
        if isinstance(row, Way):
            pieces.append(_said(columns))
            continue
        columns |= {"campaign": row.code, "content": row.content, "click_id": row.click_id}
        pieces.append(_said(columns))
    return fragments(pieces)


def _said(columns: dict[str, str]) -> bytes:
    return fragment(**{name: value for name, value in columns.items() if value}) + b","


@cache
def pages() -> Fragments:
    """Return the page of each (language, number) as fragments, row by row."""
    every = [
        [fragment(path=page.path, title=page.title) for page in pages_of(n)] for n in range(len(LANGUAGES))
    ]
    return fragments([piece for row in every for piece in row]).reshape(len(LANGUAGES), -1)


def befores(before: NDArray[np.int64]) -> Fragments:
    """Return yesterday's pseudonym where there is one, as fragments with a comma behind."""
    column = fragments([b""] * len(before))
    for index in np.nonzero(before)[0]:
        column[index] = b'"visitor_before":%d,' % before[index]
    return column


@COMPANY_PARTS.plug
class PageViews(Part):
    """Page views of people, as the tracker would send them."""

    key = "web.views"

    def facts(self, world: World, visits: Visits, rng: np.random.Generator) -> Iterator[Batch]:
        """Yield a view of each page; the first of a visit carries where it came from."""
        who, views = visits.who[visits.view_visit], visits.view_page
        names, before = pseudonyms(world.plan, world.calendar, who, visits.view_at)
        came = fragments([fragment(referrer_host=world.plan.host) + b","])[np.zeros(len(who), int)]
        entries = visits.views_from[:-1]
        came[entries] = touches()[visits.way]
        name = fragment(name="web.page.viewed") + b","
        told = pages()[world.people.language[who], views]
        rest = name + came + befores(before) + world.browsers(visits)[visits.view_visit] + b"," + told
        self._count(world, visits)
        known = known_ids(world.plan, visits, visits.view_visit, visits.view_at)
        self._count_known(world, visits, known)
        yield Batch(visits.view_at, names, rest, visits.view_visit, known)

    def _count_known(self, world: World, visits: Visits, known: NDArray[np.int64]) -> None:
        seen = np.nonzero(known)[0]
        days = world.calendar.day_of(visits.view_at[seen])
        who = visits.who[visits.view_visit[seen]]
        world.truth.consent.known_days += len(np.unique(days * world.plan.visitors + who))

    def _count(self, world: World, visits: Visits) -> None:
        truth = world.truth
        truth.visits += len(visits)
        truth.bounces += int((np.diff(visits.views_from) == 1).sum())
        truth.days[visits.day].visits += len(visits)
        days, counts = np.unique(world.calendar.day_of(visits.view_at), return_counts=True)
        for day, count in zip(days.tolist(), counts.tolist(), strict=True):
            truth.days[day].page_views += count
        for way, count in zip(
            *(part.tolist() for part in np.unique(visits.way, return_counts=True)), strict=True
        ):
            channel = (*WAYS, *CAMPAIGNS)[way].channel
            truth.channel_visits[channel] = truth.channel_visits.get(channel, 0) + count


@COMPANY_PARTS.plug
class Errors(Part):
    """Dead links that people follow, and now and then a page that fails."""

    key = "web.errors"

    def facts(self, world: World, visits: Visits, rng: np.random.Generator) -> Iterator[Batch]:
        """Yield errors just before views that are not the first of their visit."""
        later = np.ones(len(visits.view_visit), bool)
        later[visits.views_from[:-1]] = False
        drawn = rng.random(len(later))
        hit = np.nonzero(later & (drawn < DEAD_LINKS + BROKEN))[0]
        at = visits.view_at[hit] - 150_000
        who = visits.who[visits.view_visit[hit]]
        names, before = pseudonyms(world.plan, world.calendar, who, at)
        language = world.people.language[who]
        gone = fragments(
            [fragment(path=f"/{spoken}/{path}", status=404) for spoken in LANGUAGES for path in GONE]
            + [fragment(path=f"/{spoken}/buscar", status=500) for spoken in LANGUAGES]
        )
        dead = language * len(GONE) + rng.integers(0, len(GONE), len(hit))
        which = np.where(drawn[hit] < DEAD_LINKS, dead, len(LANGUAGES) * len(GONE) + language)
        name = fragment(name="web.error.served", referrer_host=world.plan.host) + b","
        browsers = world.browsers(visits)[visits.view_visit[hit]]
        rest = name + befores(before) + browsers + b"," + gone[which]
        yield Batch(at, names, rest, visits.view_visit[hit])
