"""Who sees an arm: visitors that the company had, dealt as the program deals them, on the page where it is.

Facts lie between those that were there: an arm is shown a moment after its page, and what follows is done
before the next page, so that no visit begins, ends or lasts otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from zoco.kit.ids import uuid8
from zoco.kit.periods import micros, midnight
from zoco.ledger.asking.goals import EVENT_SENT
from zoco.ledger.schema import Fact
from zoco.sites.models import Site
from zoco.testing.company.building import ORIGIN
from zoco.testing.trying.plans import Tried
from zoco.trials.facts import SHOWN

if TYPE_CHECKING:
    import pyarrow as pa

    from zoco.ledger.store.base import Store

Ints = NDArray[np.int64]
Deal = Callable[[int | str, int | None], str | None]
SECOND = 1_000_000
WAIT = (0.15, 0.9)
"""Seconds until an arm is there, under the two seconds after which the first visitors go on."""
SOON = 0.2
"""Nobody does anything within so many seconds."""
LAST_PAGE = 60
"""So many seconds somebody may look at the last page of a visit."""
ALIKE = (
    "visitor_before", "host", "path", "title", "device", "browser", "browser_version", "os", "os_version",
    "country", "region", "language", "screen",
)  # fmt: skip
"""Columns that the fact of an arm has from its page."""
_VIEWS = (
    "SELECT visitor, known, occurred_at, {columns} FROM facts WHERE site = {site} AND visitor <> 0"
    " AND name = 'web.page.viewed' AND verdict = 'human' AND occurred_at >= '{since}'"
    " AND occurred_at < '{until}' ORDER BY visitor, occurred_at, id"
)


@dataclass(frozen=True, slots=True)
class Views:
    """Page views by visitor and moment. `until` is when each visitor does the last thing on that page."""

    table: pa.Table
    at: Ints
    until: Ints
    first_of_day: Ints

    def firsts(self, page: str, begin: int, end: int) -> Ints:
        """Return the rows of each visitor's first view of a page between two moments, in order of time."""
        import pyarrow.compute as pc

        fits = np.asarray(pc.match_substring_regex(self.table["path"], page))
        rows = np.flatnonzero(fits & (self.at >= begin) & (self.at < end))
        visitors = self.table["visitor"].to_numpy()[rows]
        firsts = rows[np.unique(visitors, return_index=True)[1]]
        return firsts[np.argsort(self.at[firsts], kind="stable")]


def views_read(store: Store, site: Site, since: datetime, until: datetime) -> Views:
    """Ask the ledger for page views of people; no visitor lives longer than a local day."""
    import pyarrow as pa

    begin, end = (f"{each.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}" for each in (since, until))
    query = _VIEWS.format(columns=", ".join(ALIKE), site=site.pk, since=begin, until=end)
    table = store.query(query).combine_chunks()
    moments = table["occurred_at"].cast(pa.timestamp("us", "UTC")).cast(pa.int64())
    at, visitor = moments.to_numpy(), table["visitor"].to_numpy()
    zone = ZoneInfo(site.zone)
    first, last = (each.astimezone(zone).date() for each in (since, until))
    days = [midnight(first + timedelta(days=day), site.zone) for day in range((last - first).days + 2)]
    midnights = np.array(days, dtype=np.int64)
    day = np.searchsorted(midnights, at, side="right") - 1
    ends = np.minimum(at + LAST_PAGE * SECOND, np.minimum(midnights[day + 1], micros(until)) - 1)
    goes_on = visitor[1:] == visitor[:-1]
    ends[:-1][goes_on] = np.minimum(ends[:-1], at[1:] - SECOND // 10)[goes_on]
    return Views(table, at, ends, midnights[day])


@dataclass(slots=True)
class Exposure:
    """Somebody who sees an arm at a moment, and when he does what it is about; None for never."""

    unit: int
    arm: str
    fact: Fact
    deed: Fact | None

    @property
    def facts(self) -> Iterator[Fact]:
        """What is told of it."""
        yield self.fact
        if self.deed is not None:
            yield self.deed


def exposures(tried: Tried, site: int, views: Views, rows: Ints, deal: Deal, seed: int) -> list[Exposure]:
    """Deal whoever saw the page; a browser without an id is in no trial of browsers.

    Who leaves before the arm is there did not see it.
    """
    rng = np.random.default_rng([seed, 13, *tried.key.encode(), *views.at[rows[:1]].tolist()])
    shown = views.at[rows] + (rng.uniform(*WAIT, len(rows)) * SECOND).astype(np.int64)
    begins, ends = shown + int(SOON * SECOND), views.until[rows]
    deeds = begins + (rng.random(len(rows)) * (ends - begins)).astype(np.int64)
    drawn, told, found = rng.random(len(rows)), views.table.take(rows).to_pylist(), []
    for place in np.flatnonzero(begins < ends).tolist():
        row, at = told[place], int(shown[place])
        unit = row["known"] if tried.unit == "browser" else row["visitor"]
        arm = deal(unit, at) if unit else None
        if arm is None:
            continue
        common = _common(site, row)
        about = {"subject_kind": "trial", "subject": tried.key, "props": {"arm": arm}}
        fact = _fact(SHOWN, at, tried.key, common | about)
        deed = None
        if drawn[place] < tried.chances[arm]:
            about = {"subject_kind": "event", "subject": tried.event}
            deed = _fact(EVENT_SENT, int(deeds[place]), tried.key, common | about)
        found.append(Exposure(unit, arm, fact, deed))
    return found


def _common(site: int, row: dict[str, Any]) -> dict[str, Any]:
    alike = {name: row[name] for name in ALIKE}
    return alike | {"site": site, "origin": ORIGIN, "visitor": row["visitor"], "known": row["known"]}


def _fact(name: str, at: int, key: str, columns: dict[str, Any]) -> Fact:
    made = uuid8(b"demo trial", columns["site"], key.encode(), name.encode(), columns["visitor"], at)
    return Fact(id=made, name=name, occurred_at=at, received_at=at, origin_key="trials", **columns)
