"""Waves that come over the simulated company in its last weeks: a dead link that is passed on, and a bot."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from zoco.kit.conf import DATA
from zoco.kit.periods import midnight, moment_at
from zoco.ledger.schema import Fact, encoder
from zoco.ledger.spool import BulkSegment
from zoco.ledger.spool.instance import instance
from zoco.ledger.store import opening
from zoco.sites.models import Site
from zoco.testing.company.building import ORIGIN
from zoco.testing.company.faults import HOUR, Fault, spoilt
from zoco.testing.company.truth import WaveTruth

DAYS_LEAST = 60
_PEOPLE = (
    "SELECT occurred_at, host, visitor FROM facts WHERE site = {site} AND name = 'web.page.viewed'"
    " AND verdict = 'human' AND occurred_at >= '{since}' AND occurred_at < '{until}' ORDER BY occurred_at, id"
)


@dataclass(frozen=True, slots=True)
class Planned:
    """A wave that begins so many days before today, at an hour of the shop's clock."""

    kind: str
    value: str
    verdict: str
    share: float
    before: int
    hour: int
    hours: int


WAVES = (
    Planned("not_found", "/es/oferta/cesta-de-otono", "human", 0.25, 5, 11, 9),
    Planned("bots", "NewBot", "bot", 1.5, 10, 1, 14),
)


def waves_let_in(*, site: Site, seed: int, until: datetime, first: str) -> list[WaveTruth]:
    """Add the waves' facts to the ledger; returns what is true of them, nothing of a young company."""
    today = until.astimezone(ZoneInfo(site.zone)).date()
    if (today - date.fromisoformat(first)).days + 1 < DAYS_LEAST:
        return []
    rng, told, lines = np.random.default_rng([seed, 14]), [], []
    for each in WAVES:
        begins = midnight(today - timedelta(days=each.before), site.zone) + each.hour * HOUR
        fault = Fault(each.kind, begins, begins + each.hours * HOUR, value=each.value, share=each.share)
        added = _wave(site, fault, rng)
        lines += [encoder.encode(fact) + b"\n" for fact in added]
        begun, over = (moment_at(moment).isoformat() for moment in (fault.begins, fault.ends))
        told.append(WaveTruth(each.kind, each.value, begun, over, each.verdict, len(added)))
    with BulkSegment(DATA() / "spool", instance(DATA())) as segment:
        segment.write(b"".join(lines))
    opening.store().drain()
    return told


def _wave(site: Site, fault: Fault, rng: np.random.Generator) -> list[Fact]:
    """Return the facts of a wave: as many as its share of the pages that people saw in the same hours."""
    since, until = (
        f"{moment_at(each).astimezone(UTC):%Y-%m-%d %H:%M:%S}" for each in (fault.begins, fault.ends)
    )
    query = _PEOPLE.format(site=site.pk, since=since, until=until)
    people = [
        Fact(
            id=str(number), site=site.pk, name="web.page.viewed", origin=ORIGIN, host=row["host"],
            occurred_at=int(row["occurred_at"].replace(tzinfo=UTC).timestamp() * 1e6),
            visitor=row["visitor"],
        )
        for number, row in enumerate(opening.store().query(query).to_pylist())
    ]  # fmt: skip
    if not people:
        return []
    own = {each.id for each in people}
    return [each for each in spoilt(people, fault, rng) if each.id not in own]
